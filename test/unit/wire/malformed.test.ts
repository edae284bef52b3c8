/** What no well-meaning peer would send is refused, in whole and by name, and never half understood. */
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Refusal } from "../../../src/contract/errors.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { OperationKind } from "../../../src/contract/requests.ts"
import { validateRequest } from "../../../src/contract/validate.ts"
import { lockService } from "../../../src/wire/load.ts"
import type { OperationOf, RequestWritten } from "../../../src/wire/messages.ts"
import type { SignedOperation, SignedRequest } from "../../../src/wire/signed-forms.ts"
import { callToContract, resultToContract, unaryRequestToContract } from "../../../src/wire/to-contract.ts"
import { callToWire, resultToWire } from "../../../src/wire/to-wire.ts"
import { unaryMethods } from "../../../src/wire/unary-methods.ts"
import { overStream } from "./crossing.ts"
import { answers, kinds, operations } from "./samples.ts"

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = lockService.Connect

const envelope = {
  sessionId: 5,
  requestNumber: 6,
  answeredThrough: 5,
  stillOpen: [3],
  epoch: 4,
  forCache: false,
  underSequencer: "",
}
const place = { epoch: 3, commitIndex: 9, cachable: false }
const invalid = { kind: "refused", code: "INVALID_ARGUMENT" }

function read<Kind extends OperationKind>(kind: Kind, request: RequestWritten<Kind>): SignedRequest | Refusal {
  const method = unaryMethods[kind]
  return unaryRequestToContract(kind, method.requestDeserialize(method.requestSerialize(request)))
}

type PlainOperation = Exclude<SignedOperation, { kind: "checkSequencer" | "transact" | "rotateSigningKeys" }>

/** As the replica would take it: what the door lets through is looked at once more. */
function verdictOn(operation: PlainOperation): Refusal | undefined {
  const request = overStream({ ...envelope, operation })
  if ("kind" in request) return request
  const received = request.operation as PlainOperation
  return validateRequest({ ...request, principal: "anonymous", underSequencer: undefined, operation: received }, "test")
}

/** Message bytes that were cut anywhere, or had any byte changed. Unreadable bytes are for gRPC to refuse. */
function damaged(bytes: Buffer, cutAt: number, changedAt: number, change: number): Buffer {
  const copy = Buffer.from(bytes.subarray(0, cutAt % (bytes.length + 1)))
  if (copy.length > 0) copy[changedAt % copy.length]! ^= change
  return copy
}

function tryTo<Value>(decode: () => Value): Value | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}

describe.each(kinds)("damaged bytes of %s", (kind) => {
  const anyDamage = [fc.nat(), fc.nat(), fc.nat({ max: 255 })] as const

  test("are a request or a refusal, and raise nothing", () => {
    const sent = operations[kind].map((operation) =>
      requestSerialize({ calls: [callToWire(7, { ...envelope, operation })] }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...sent), ...anyDamage, (bytes, cutAt, changedAt, change) => {
        const message = tryTo(() => requestDeserialize(damaged(bytes, cutAt, changedAt, change)))
        for (const call of message?.calls ?? []) {
          const request = callToContract(call)
          expect("kind" in request ? request.code : "read").toMatch(/^(INVALID_ARGUMENT|read)$/)
        }
      }),
      { numRuns: 200 },
    )
  })

  test("are an answer or a refusal, and raise nothing", () => {
    const sent = answers[kind].map((outcome) =>
      responseSerialize({ results: [resultToWire(7, { ...place, outcome })] }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...sent), ...anyDamage, (bytes, cutAt, changedAt, change) => {
        const message = tryTo(() => responseDeserialize(damaged(bytes, cutAt, changedAt, change)))
        for (const result of message?.results ?? []) expect(resultToContract(result)).toHaveProperty("outcome.kind")
      }),
      { numRuns: 200 },
    )
  })
})

describe("numbers", () => {
  const tooLarge = "9007199254740992"
  const node = { path: "/ls/local/a" }

  test("above 2^53 - 1 are refused wherever they stand, not rounded", () => {
    const found = [
      read("getStat", { ...node, header: { sessionId: tooLarge } }),
      read("getStat", { ...node, header: { stillOpen: [1, tooLarge] } }),
      read("keepAlive", { seenThrough: tooLarge }),
      read("subscribe", { subscription: { subscriptionId: tooLarge, path: "/ls/local" } }),
      read("subscribe", { subscription: { path: "/ls/local" }, after: tooLarge }),
      read("resume", { seenThrough: tooLarge }),
      read("listSessions", { afterSessionId: tooLarge }),
      read("setContents", { ...node, ifContentGeneration: tooLarge }),
      read("setAcl", { ...node, ifAclGeneration: tooLarge }),
      read("transact", { guards: [{ epoch: { equals: tooLarge } }] }),
      read("transact", { then: [{ delete: { ...node, ifContentGeneration: tooLarge } }] }),
    ]
    for (const request of found) {
      expect(request).toMatchObject(invalid)
      expect(request).toHaveProperty("detail", expect.stringContaining(tooLarge))
    }
  })

  test.each([-1, 1.5, NaN, Infinity, 2 ** 53])("%s is not sent as a counter that it is not", (value) => {
    const path = { kind: "path", path: "/ls/local/a" } as const
    expect(verdictOn({ kind: "delete", node: path, ifContentGeneration: value })).toMatchObject(invalid)
    expect(verdictOn({ kind: "keepAlive", seen: { epoch: value, through: 0 } })).toMatchObject(invalid)
    expect(verdictOn({ kind: "cancelAcquire", requestNumber: value })).toMatchObject(invalid)
  })

  test.each([-1, 0.5, NaN, Infinity, 2 ** 32, 2 ** 32 + 1, 2 ** 53])("a time of %s ms is absurd, and refused", (ms) => {
    const acquire = { kind: "acquire", node: { kind: "path", path: "/ls/local/a" }, mode: "shared" } as const
    const [session] = operations.createSession as readonly [OperationOf<"createSession">, ...unknown[]]
    expect(verdictOn({ ...acquire, lockDelayMs: ms, waitMs: 0 })).toMatchObject(invalid)
    expect(verdictOn({ ...acquire, lockDelayMs: 0, waitMs: ms })).toMatchObject(invalid)
    expect(verdictOn({ ...acquire, kind: "tryAcquire", lockDelayMs: ms })).toMatchObject(invalid)
    expect(verdictOn({ ...session, sessionLeaseMs: ms })).toMatchObject(invalid)
  })

  test("a lock-delay, a wait and a session lease may be as long as their limits, and no longer", () => {
    const acquire = { kind: "acquire", node: { kind: "path", path: "/ls/local/a" }, mode: "shared" } as const
    const { lockDelayMsMax, waitMsMax } = limits
    expect(verdictOn({ ...acquire, lockDelayMs: lockDelayMsMax, waitMs: waitMsMax })).toBeUndefined()
    expect(verdictOn({ ...acquire, lockDelayMs: lockDelayMsMax + 1, waitMs: 0 })).toMatchObject(invalid)
    expect(verdictOn({ ...acquire, lockDelayMs: 0, waitMs: waitMsMax + 1 })).toMatchObject(invalid)
  })
})

describe("words of an enum that are unknown here", () => {
  // As a client of a later version would send them.
  const later = 99 as 0

  test("are refused", () => {
    const node = { path: "/ls/local/a" }
    const found = [
      read("open", { ...node, mode: later }),
      read("open", { ...node, create: later }),
      read("open", { ...node, nodeKind: later }),
      read("acquire", { ...node, mode: later }),
      read("tryAcquire", { ...node, mode: later }),
      read("checkAccess", { ...node, right: later }),
      read("subscribe", { subscription: { ...node, scope: later } }),
      read("subscribe", { subscription: { ...node, kinds: [1, later] } }),
      read("resume", { subscriptions: [{ ...node, scope: later }] }),
      read("transact", { guards: [{ counter: { ...node, counter: later } }] }),
      read("transact", { otherwise: [{ open: { ...node, mode: later } }] }),
    ]
    for (const request of found) expect(request).toMatchObject(invalid)
  })

  test("are refused where there is no meaning in leaving them out", () => {
    const node = { path: "/ls/local/a" }
    expect(read("acquire", node)).toMatchObject(invalid)
    expect(read("tryAcquire", node)).toMatchObject(invalid)
    expect(read("subscribe", { subscription: { ...node, kinds: [0] } })).toMatchObject(invalid)
    expect(read("transact", { guards: [{ counter: node }] })).toMatchObject(invalid)
  })
})

describe("parts that are missing", () => {
  test("a call without an operation is refused, and so is one with an operation of a later version", () => {
    const without = requestDeserialize(requestSerialize({ calls: [{ callId: 1 }] }))
    // Field 99, a message of length zero.
    const later = requestDeserialize(Buffer.from("0a05080a9a0600", "hex"))
    for (const { calls } of [without, later]) expect(calls.map(callToContract)).toMatchObject([invalid])
  })

  test("a node that is named neither by path nor by handle is refused", () => {
    expect(read("getStat", {})).toMatchObject(invalid)
    expect(read("transact", { then: [{ delete: {} }] })).toMatchObject(invalid)
  })

  test("guards, steps and subscriptions that say nothing are refused", () => {
    expect(read("transact", { guards: [{}] })).toMatchObject(invalid)
    expect(read("transact", { then: [{}] })).toMatchObject(invalid)
    expect(read("subscribe", {})).toMatchObject(invalid)
  })

  test("an answer that can't be read is a refusal of unknown outcome", () => {
    const results = [
      { callId: 1 },
      { callId: 2, setContents: {} },
      { callId: 3, commitIndex: "9007199254740993", delete: {} },
      { callId: 4, keepAlive: { notices: [{}] } },
      { callId: 5, keepAlive: { notices: [{ event: { change: { path: "/ls/test/a" } } }] } },
      { callId: 6, keepAlive: { notices: [{ lockWanted: { change: { nodeCreated: {} } } }] } },
      { callId: 7, transact: { answers: [{}] } },
    ]
    const found = responseDeserialize(responseSerialize({ results })).results.map(resultToContract)
    expect(found).toHaveLength(results.length)
    for (const { outcome } of found) expect(outcome).toMatchObject({ code: "INTERNAL", unknownOutcome: true })
  })
})

describe("text that is not UTF-8", () => {
  /** Latin-1 for the byte that stands for the ü. */
  function withBadByte(request: Buffer): Buffer {
    return Buffer.from(request.toString("latin1").replace("\u0001bad", "\u00fcbad"), "latin1")
  }

  test.each([
    ["getStat", { path: "/ls/local/\u0001bad" }],
    ["readDir", { path: "/ls/local", afterName: "\u0001bad" }],
    ["createSession", { clientName: "\u0001bad", nonce: "n" }],
    ["createSession", { clientName: "a", nonce: "\u0001bad" }],
    ["resume", { cached: ["/ls/local/\u0001bad"] }],
    ["subscribe", { subscription: { path: "/ls/local/\u0001bad" } }],
    ["setAcl", { path: "/ls/local/a", acl: { read: "\u0001bad" } }],
    ["checkAccess", { path: "/ls/local/a", principal: "\u0001bad" }],
    ["transact", { guards: [{ exists: { path: "/ls/local/\u0001bad" } }] }],
    ["transact", { then: [{ delete: { path: "/ls/local/\u0001bad" } }] }],
  ] satisfies [OperationKind, object][])("names nothing: %s %j", (kind, request) => {
    const { requestSerialize: serialize, requestDeserialize: deserialize } = unaryMethods[kind] as {
      requestSerialize: (request: object) => Buffer
      requestDeserialize: (bytes: Buffer) => RequestWritten<typeof kind>
    }
    const message = deserialize(withBadByte(serialize(request)))
    expect(unaryRequestToContract(kind, message as Parameters<typeof unaryRequestToContract>[1])).toMatchObject(invalid)
  })
})
