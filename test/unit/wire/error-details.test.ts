/** Refusals keep their meaning on the way through a gRPC status, and failures of gRPC itself get one. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js"
import { describe, expect, test } from "vitest"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../../../src/contract/errors.ts"
import { errorTrailer, refusalFromError, statusOf } from "../../../src/wire/error-details.ts"
import { retryAfterMs } from "../../../src/wire/refusals.ts"
import { ErrorCode as WireErrorCode } from "../../../src/wire/generated/claviger/v1/ErrorCode.ts"
import { errorDetailType } from "../../../src/wire/load.ts"

const codes = Object.keys(errorTable) as ErrorCode[]

function received({ code, details, metadata }: ReturnType<typeof statusOf>): ServiceError {
  return Object.assign(new Error(details), { code, details, metadata })
}

describe("a refusal", () => {
  test.each(codes)("%s comes back from its status as it went", (code) => {
    const refusal: Refusal = {
      ...refuse(code, "a sentence"),
      masterHint: "10.0.0.1:7101",
      unknownOutcome: true,
      retryAfterMs: 7,
    }
    expect(refusalFromError(received(statusOf(refusal)))).toEqual(refusal)
    expect(refusalFromError(received(statusOf(refuse(code, ""))))).toEqual(refuse(code, ""))
  })

  test.each(codes)("%s has the status that the error table says", (code) => {
    expect(status[statusOf(refuse(code, "")).code]).toBe(errorTable[code].grpc)
  })

  test("tells programs that don't know the table whether and when to try again", () => {
    const [trailer] = statusOf(refuse("NO_QUORUM", "three of five are gone")).metadata.get(errorTrailer)
    expect(errorDetailType.deserialize(trailer as Buffer)).toMatchObject({ retryable: true, retryAfterMs: 500 })
  })

  test("is for good when an Acquire has waited as long as it asked to, but not when nobody knows what came of it", () => {
    const retryable = (refusal: Refusal): unknown => {
      const [trailer] = statusOf(refusal).metadata.get(errorTrailer)
      return errorDetailType.deserialize(trailer as Buffer).retryable
    }
    expect(retryable(refuse("DEADLINE_EXCEEDED", "still held"))).toBe(false)
    expect(retryable({ ...refuse("DEADLINE_EXCEEDED", "no answer"), unknownOutcome: true })).toBe(true)
  })

  test("is for good, too, for a call that was meant for a former epoch: sent as it is, it never gets another answer", () => {
    const [trailer] = statusOf(refuse("EPOCH_STALE", "The epoch is 5 by now.")).metadata.get(errorTrailer)
    expect(errorDetailType.deserialize(trailer as Buffer)).toMatchObject({ retryable: false, retryAfterMs: 0 })
  })

  test("says when to try again as whoever refused has said", () => {
    expect(retryAfterMs({ ...refuse("OVERLOADED", "shed"), retryAfterMs: 40 })).toBe(40)
  })

  test("with a hint is for asking elsewhere at once", () => {
    expect(retryAfterMs({ ...refuse("NOT_MASTER", ""), masterHint: "a:1" })).toBe(0)
    expect(retryAfterMs(refuse("NOT_MASTER", ""))).toBeGreaterThan(0)
  })
})

describe("the codes of the proto file", () => {
  test("are those of the error table", () => {
    const names = Object.keys(WireErrorCode).filter((name) => name !== "ERROR_CODE_UNSPECIFIED")
    expect(names.sort()).toEqual(codes.map((code) => `ERROR_CODE_${code}`).sort())
  })
})

describe("a failure without a detail", () => {
  test.each([
    [status.UNAVAILABLE, "FAIL_OVER_IN_PROGRESS"],
    [status.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"],
    [status.CANCELLED, "CANCELLED"],
    [status.UNIMPLEMENTED, "INVALID_ARGUMENT"],
    [status.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED"],
    [status.UNKNOWN, "INTERNAL"],
  ])("of status %i leaves the outcome unknown, and is called %s", (code, expected) => {
    const error = received({ code, details: "what gRPC said", metadata: new Metadata() })
    expect(refusalFromError(error)).toEqual({
      ...refuse(expected as ErrorCode, "what gRPC said"),
      unknownOutcome: true,
    })
  })

  test("a trailer that is cut short counts as none", () => {
    const [whole] = statusOf(refuse("NODE_EXISTS", "a sentence")).metadata.get(errorTrailer)
    for (const length of [0, 1]) {
      const metadata = new Metadata()
      metadata.set(errorTrailer, (whole as Buffer).subarray(0, length))
      const error = received({ code: status.UNAVAILABLE, details: "cut", metadata })
      expect(refusalFromError(error)).toMatchObject({ code: "FAIL_OVER_IN_PROGRESS", unknownOutcome: true })
    }
  })

  test("a code of a later version is INTERNAL, which nobody retries", () => {
    const metadata = new Metadata()
    metadata.set(errorTrailer, errorDetailType.serialize({ code: 999 as 0, detail: "from the future" }))
    const error = received({ code: status.ABORTED, details: "", metadata })
    expect(refusalFromError(error)).toEqual(refuse("INTERNAL", "from the future"))
  })
})
