/** Whatever an operation or an answer holds, it crosses the wire unchanged; and its size is never underestimated. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { fitAnswer } from "../../../src/wire/answer-size.ts"
import { sizeOfRequest } from "../../../src/wire/request-size.ts"
import { callToWire, resultToWire } from "../../../src/wire/to-wire.ts"
import { lockService } from "../../../src/wire/load.ts"
import { anyAnswer, anyOperation, counter, header } from "./arbitraries.ts"
import { backOverStream, backOverUnary, overStream, overUnary } from "./crossing.ts"
import { kinds } from "./samples.ts"

const place = fc.record({ epoch: counter, commitIndex: counter, cachable: fc.boolean() })
const numRuns = 60

describe.each(kinds)("any %s", (kind) => {
  test("stays what it is, by stream and by unary call", () => {
    fc.assert(
      fc.property(header, anyOperation[kind], (envelope, operation) => {
        const request = { ...envelope, operation }
        expect(overStream(request)).toEqual(request)
        expect(overUnary(kind, request)).toEqual(request)
      }),
      { numRuns },
    )
  })

  test("takes no more bytes than it is said to", () => {
    fc.assert(
      fc.property(header, anyOperation[kind], (envelope, operation) => {
        const request = { ...envelope, operation }
        const call = callToWire(2 ** 53 - 1, request)
        expect(lockService.Connect.requestSerialize({ calls: [call] }).length).toBeLessThanOrEqual(
          sizeOfRequest(request),
        )
      }),
      { numRuns },
    )
  })

  test("has an answer that stays what it is, by stream and by unary call", () => {
    fc.assert(
      fc.property(place, anyAnswer[kind], (reign, outcome) => {
        const reply = { ...reign, outcome }
        expect(backOverStream(reply)).toEqual(reply)
        expect(backOverUnary(kind, outcome, reign)).toEqual(reply)
      }),
      { numRuns },
    )
  })

  test("has an answer that takes no more bytes than it is said to", () => {
    fc.assert(
      fc.property(place, anyAnswer[kind], (reign, outcome) => {
        const { reply, bytes } = fitAnswer({ ...reign, outcome })
        const taken = lockService.Connect.responseSerialize({ results: [resultToWire(2 ** 53 - 1, reply)] }).length
        expect(taken).toBeLessThanOrEqual(bytes)
      }),
      { numRuns },
    )
  })
})
