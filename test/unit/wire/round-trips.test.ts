/** Every operation and every outcome crosses the wire, as real bytes, and comes out as it went in. */
import { describe, expect, test } from "vitest"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../../../src/contract/errors.ts"
import type { NodeStat, OperationKind } from "../../../src/contract/requests.ts"
import type { RequestWritten } from "../../../src/wire/messages.ts"
import type { SignedRequest } from "../../../src/wire/signed-forms.ts"
import { unaryRequestToContract } from "../../../src/wire/to-contract.ts"
import { resultToWire } from "../../../src/wire/to-wire.ts"
import { unaryMethods } from "../../../src/wire/unary-methods.ts"
import { backOverStream, backOverUnary, overStream, overUnary } from "./crossing.ts"
import { answers, bytes, fileStat, kinds, operations } from "./samples.ts"

const envelope = {
  sessionId: 5,
  requestNumber: 2 ** 53 - 1,
  answeredThrough: 8,
  stillOpen: [2, 7],
  epoch: 3,
  forCache: true,
  underSequencer: "a.b.c",
}
const place = { epoch: 3, commitIndex: 2 ** 53 - 1, cachable: true }

describe.each(kinds)("%s", (kind) => {
  test("its requests survive the stream", () => {
    for (const operation of operations[kind]) {
      expect(overStream({ ...envelope, operation })).toEqual({ ...envelope, operation })
    }
  })

  test("its requests survive a unary call", () => {
    for (const operation of operations[kind])
      expect(overUnary(kind, { ...envelope, operation })).toEqual({ ...envelope, operation })
  })

  test("its answers survive the stream", () => {
    for (const outcome of answers[kind]) expect(backOverStream({ ...place, outcome })).toEqual({ ...place, outcome })
  })

  test("its answers survive a unary call", () => {
    for (const outcome of answers[kind]) expect(backOverUnary(kind, outcome, place)).toEqual({ ...place, outcome })
  })
})

const outside = {
  sessionId: 0,
  requestNumber: 0,
  answeredThrough: 0,
  stillOpen: [],
  epoch: 0,
  forCache: false,
  underSequencer: "",
}

describe("refusals", () => {
  test.each(Object.keys(errorTable) as ErrorCode[])("the refusal %s survives the stream", (code) => {
    const refusals: Refusal[] = [
      refuse(code, "a sentence"),
      { ...refuse(code, ""), masterHint: "10.0.0.1:7101", unknownOutcome: true, retryAfterMs: 250 },
    ]
    for (const outcome of refusals) expect(backOverStream({ ...place, outcome })).toEqual({ ...place, outcome })
  })
})

describe("defaults", () => {
  const newSession = {
    kind: "createSession",
    clientName: "a",
    host: "",
    processId: 0,
    sessionLeaseMs: 1000,
    nonce: "b",
    caching: false,
  } as const

  function readBack<Kind extends OperationKind>(kind: Kind, request: RequestWritten<Kind>): SignedRequest | Refusal {
    const { requestSerialize, requestDeserialize } = unaryMethods[kind]
    return unaryRequestToContract(kind, requestDeserialize(requestSerialize(request)))
  }

  test("what a new session leaves out is empty: no host, no process, no cache", () => {
    expect(readBack("createSession", { clientName: "a", nonce: "b" })).toMatchObject({
      operation: { host: "", processId: 0, caching: false },
    })
  })

  test("a lock that is asked for without more is waited for without limit, and has no lock-delay", () => {
    expect(readBack("acquire", { path: "/ls/local/a", mode: "LOCK_MODE_SHARED" })).toMatchObject({
      operation: { lockDelayMs: 0, waitMs: 0 },
    })
    expect(readBack("tryAcquire", { path: "/ls/local/a", mode: "LOCK_MODE_SHARED" })).toMatchObject({
      operation: { lockDelayMs: 0 },
    })
  })

  test("a node is opened for reading, must exist, and inherits its ACL names", () => {
    expect(readBack("open", { path: "/ls/local/a" })).toMatchObject({
      operation: { mode: "read", create: "mustExist", nodeKind: "file", ephemeral: false, sequential: false, acl: {} },
    })
  })

  test("a subscription looks at the node itself and at all kinds of changes, from now on", () => {
    const subscription = { subscriptionId: 1, path: "/ls/local/a" }
    expect(readBack("subscribe", { subscription })).toMatchObject({
      operation: { subscription: { ...subscription, scope: "node", kinds: [] }, after: 0 },
    })
  })

  test("a KeepAlive acknowledges nothing, and a listing stays in its directory", () => {
    expect(readBack("keepAlive", {})).toMatchObject({ operation: { seen: { epoch: 0, through: 0 } } })
    expect(readBack("readDir", { path: "/ls/local" })).toMatchObject({ operation: { recursive: false } })
  })

  test("a unary request without a header stands outside any session", () => {
    const { requestSerialize, requestDeserialize } = unaryMethods.getStat
    const read = unaryRequestToContract("getStat", requestDeserialize(requestSerialize({ path: "/ls/local/a" })))
    expect(read).toMatchObject({ ...outside, operation: { kind: "getStat" } })
  })

  test("a session lease of zero is the cell's default, a page of zero the largest one", () => {
    expect(overUnary("createSession", { ...envelope, operation: { ...newSession, sessionLeaseMs: 0 } })).toMatchObject({
      operation: { sessionLeaseMs: 12_000 },
    })
    expect(readBack("readDir", { path: "/ls/local" })).toMatchObject({ operation: { pageSize: 10_000 } })
    expect(readBack("listSessions", {})).toMatchObject({
      operation: { pageSize: 1_000 },
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
