/** Every operation and every outcome crosses the wire, as real bytes, and comes out as it went in. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../../../src/contract/errors.ts"
import type { NodeStat, OperationKind } from "../../../src/contract/requests.ts"
import { lockService } from "../../../src/wire/load.ts"
import type { AnswerOf, OperationOf } from "../../../src/wire/messages.ts"
import type { SignedReply, SignedRequest } from "../../../src/wire/signed-forms.ts"
import {
  callToContract,
  resultToContract,
  unaryRequestToContract,
  unaryResponseToContract,
} from "../../../src/wire/to-contract.ts"
import { callToWire, resultToWire, unaryRequestToWire, unaryResponseToWire } from "../../../src/wire/to-wire.ts"
import { unaryMethods } from "../../../src/wire/unary-methods.ts"
import { answers, bytes, fileStat, kinds, operations } from "./samples.ts"

function overStream(request: SignedRequest): SignedRequest | Refusal {
  const { requestSerialize, requestDeserialize } = lockService.Connect
  const message = requestDeserialize(requestSerialize({ calls: [callToWire(77, request)] }))
  expect(message.calls[0]?.callId).toBe("77")
  const [read] = message.calls.map(callToContract)
  return read ?? refuse("INTERNAL", "the call was lost")
}

function backOverStream(reply: SignedReply): SignedReply | undefined {
  const { responseSerialize, responseDeserialize } = lockService.Connect
  const message = responseDeserialize(responseSerialize({ results: [resultToWire(77, reply)] }))
  expect(message.results[0]?.callId).toBe("77")
  return message.results.map(resultToContract)[0]
}

function overUnary<Kind extends OperationKind>(kind: Kind, operation: OperationOf<Kind>): SignedRequest | Refusal {
  const { requestSerialize, requestDeserialize } = unaryMethods[kind]
  const message = requestDeserialize(requestSerialize(unaryRequestToWire(kind, { ...envelope, operation })))
  return unaryRequestToContract(kind, message)
}

function backOverUnary<Kind extends OperationKind>(kind: Kind, answer: AnswerOf<Kind>): SignedReply {
  const { responseSerialize, responseDeserialize } = unaryMethods[kind]
  const message = responseDeserialize(responseSerialize(unaryResponseToWire(kind, answer, place)))
  return unaryResponseToContract(kind, message)
}

const envelope = { sessionId: 5, requestNumber: 2 ** 53 - 1, answeredThrough: 8, epoch: 3 }
const place = { epoch: 3, commitIndex: 2 ** 53 - 1 }

describe.each(kinds)("%s", (kind) => {
  test("its requests survive the stream", () => {
    for (const operation of operations[kind]) {
      expect(overStream({ ...envelope, operation })).toEqual({ ...envelope, operation })
    }
  })

  test("its requests survive a unary call", () => {
    for (const operation of operations[kind]) expect(overUnary(kind, operation)).toEqual({ ...envelope, operation })
  })

  test("its answers survive the stream", () => {
    for (const outcome of answers[kind]) expect(backOverStream({ ...place, outcome })).toEqual({ ...place, outcome })
  })

  test("its answers survive a unary call", () => {
    for (const outcome of answers[kind]) expect(backOverUnary(kind, outcome)).toEqual({ ...place, outcome })
  })
})

describe("any values", () => {
  const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER })

  test("any counters in a request stay what they are", () => {
    const header = fc.record({ sessionId: counter, requestNumber: counter, answeredThrough: counter, epoch: counter })
    fc.assert(
      fc.property(
        header,
        counter,
        fc.uint8Array(),
        fc.string({ unit: "grapheme" }),
        (found, generation, contents, path) => {
          const node = { kind: "path", path } as const
          const operation = { kind: "setContents", node, contents, ifContentGeneration: generation } as const
          expect(overStream({ ...found, operation })).toEqual({ ...found, operation })
        },
      ),
      { seed: 1, numRuns: 300 },
    )
  })

  test("any stat in an answer stays what it is", () => {
    const stat: fc.Arbitrary<NodeStat> = fc.record({
      path: fc.string({ unit: "grapheme" }),
      kind: fc.constantFrom("file", "directory"),
      ephemeral: fc.boolean(),
      instance: counter,
      contentGeneration: counter,
      lockGeneration: counter,
      aclGeneration: counter,
      checksum: fc.string({ unit: "grapheme" }),
      size: fc.nat(),
      childCount: fc.nat(),
    })
    fc.assert(
      fc.property(stat, counter, counter, (found, epoch, commitIndex) => {
        const reply = { outcome: { kind: "getStat", stat: found }, epoch, commitIndex } as const
        expect(backOverStream(reply)).toEqual(reply)
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  test.each(Object.keys(errorTable) as ErrorCode[])("the refusal %s survives the stream", (code) => {
    const refusals: Refusal[] = [
      refuse(code, "a sentence"),
      { ...refuse(code, ""), masterHint: "10.0.0.1:7101", unknownOutcome: true },
    ]
    for (const outcome of refusals) expect(backOverStream({ ...place, outcome })).toEqual({ ...place, outcome })
  })
})

describe("what is malformed", () => {
  test("a number above 2^53 - 1 is refused, not rounded", () => {
    const call = { callId: 1, sessionId: "9007199254740992", getStat: { path: "/ls/local/a" } }
    const { requestSerialize, requestDeserialize } = lockService.Connect
    const [read] = requestDeserialize(requestSerialize({ calls: [call] })).calls.map(callToContract)
    expect(read).toMatchObject({ kind: "refused", code: "INVALID_ARGUMENT" })
    expect(read).toHaveProperty("detail", expect.stringContaining("9007199254740992"))
  })

  test("a call without an operation is refused", () => {
    const { requestSerialize, requestDeserialize } = lockService.Connect
    const [read] = requestDeserialize(requestSerialize({ calls: [{ callId: 1 }] })).calls.map(callToContract)
    expect(read).toMatchObject({ kind: "refused", code: "INVALID_ARGUMENT" })
  })

  test("a call with an operation of a later version is refused", () => {
    // Field 99, a message of length zero: what a newer client might send.
    const later = lockService.Connect.requestDeserialize(Buffer.from("0a05080a9a0600", "hex"))
    expect(later.calls.map(callToContract)).toMatchObject([{ kind: "refused", code: "INVALID_ARGUMENT" }])
  })

  test("a node that is named neither by path nor by handle is refused", () => {
    const { requestSerialize, requestDeserialize } = unaryMethods.getStat
    const read = unaryRequestToContract("getStat", requestDeserialize(requestSerialize({})))
    expect(read).toMatchObject({ kind: "refused", code: "INVALID_ARGUMENT" })
  })

  test("a lock mode that is missing or unknown is refused", () => {
    const { requestSerialize, requestDeserialize } = unaryMethods.acquire
    for (const mode of [0, 7]) {
      const message = requestDeserialize(requestSerialize({ path: "/ls/local/a", mode: mode as 0 }))
      expect(unaryRequestToContract("acquire", message)).toMatchObject({ kind: "refused", code: "INVALID_ARGUMENT" })
    }
  })

  test("an answer that can't be read is a refusal of unknown outcome", () => {
    const { responseSerialize, responseDeserialize } = lockService.Connect
    const results = [
      { callId: 1 },
      { callId: 2, setContents: {} },
      { callId: 3, commitIndex: "9007199254740993", delete: {} },
    ]
    const read = responseDeserialize(responseSerialize({ results })).results.map(resultToContract)
    expect(read).toHaveLength(3)
    for (const { outcome } of read) expect(outcome).toMatchObject({ code: "INTERNAL", unknownOutcome: true })
  })
})

describe("defaults", () => {
  test("a unary request without a header stands outside any session", () => {
    const { requestSerialize, requestDeserialize } = unaryMethods.getStat
    const read = unaryRequestToContract("getStat", requestDeserialize(requestSerialize({ path: "/ls/local/a" })))
    expect(read).toMatchObject({ sessionId: 0, requestNumber: 0, answeredThrough: 0, epoch: 0 })
  })

  test("a session lease of zero is the cell's default, a page of zero the largest one", () => {
    expect(
      overUnary("createSession", { kind: "createSession", clientName: "a", sessionLeaseMs: 0, nonce: "b" }),
    ).toMatchObject({ operation: { sessionLeaseMs: 12_000 } })
    const node = { kind: "path", path: "/ls/local" } as const
    expect(overUnary("readDir", { kind: "readDir", node, afterName: "", pageSize: 0 })).toMatchObject({
      operation: { pageSize: 10_000 },
    })
  })

  test("contents are copied out of the frame they came in", () => {
    const operation = { kind: "setContents", node: { kind: "path", path: "/ls/local/a" }, contents: bytes } as const
    const read = overStream({ ...envelope, operation })
    if ("kind" in read || read.operation.kind !== "setContents") throw new Error("the call came back as something else")
    expect(read.operation.contents.buffer.byteLength).toBe(bytes.length)
    expect(read.operation.contents).not.toBeInstanceOf(Buffer)
  })

  test("entries of a directory leave their paths to the reader", () => {
    const stat: NodeStat = { ...fileStat, path: "/ls/test/dir", kind: "directory" }
    const entries = [{ name: "a", stat: { ...fileStat, path: "/ls/test/dir/a" } }]
    const written = resultToWire(1, { ...place, outcome: { kind: "readDir", entries, more: false, stat } })
    expect(written.readDir?.entries?.[0]?.stat?.path).toBe("")
  })
})
