import { describe, expect, test } from "vitest"
import type { ErrorCode } from "../../../src/contract/errors.ts"
import { mintHandle } from "../../../src/contract/handle.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { NodeRef, Operation, Request } from "../../../src/contract/requests.ts"
import { validateOperation } from "../../../src/contract/validate-operation.ts"
import { validateRequest } from "../../../src/contract/validate.ts"

const node: NodeRef = { kind: "path", path: "/ls/local/a" }
const handle = mintHandle(
  { instance: 2, mode: "read", sessionId: 1, handleId: 1 },
  { keyId: 1, key: new Uint8Array(16) },
)
const byHandle: NodeRef = { kind: "handle", handle }
const nothing = new Uint8Array(0)
const claims = { cell: "test", path: "/ls/test/a", instance: 2, mode: "shared", lockGeneration: 1 } as const
const plainOpen = {
  kind: "open",
  path: "/ls/test/a",
  mode: "read",
  create: "mayCreate",
  nodeKind: "file",
  ephemeral: false,
  sequential: false,
  contents: nothing,
  acl: {},
} as const
const newSession = {
  kind: "createSession",
  clientName: "alice",
  host: "worker-1.example",
  processId: 4711,
  sessionLeaseMs: 12_000,
  nonce: "n",
  caching: true,
} as const
const keepAlive = { kind: "keepAlive", seen: { epoch: 0, through: 0 } } as const
const readDir = { kind: "readDir", node, afterName: "", pageSize: 1, recursive: false } as const
const acquire = { kind: "acquire", node, mode: "shared", lockDelayMs: 0, waitMs: 0 } as const
const subscription = { subscriptionId: 1, path: "/ls/local/a", scope: "node", kinds: [] } as const
const subscribe = { kind: "subscribe", subscription, after: 0 } as const
const resume = {
  kind: "resume",
  seenThrough: 9,
  cached: ["/ls/test/a", "/ls/test/a/"],
  subscriptions: [subscription],
} as const
const setContents = { kind: "setContents", node, contents: nothing } as const
const transact = {
  kind: "transact",
  guards: [
    { kind: "exists", path: "/ls/test/a", exists: true },
    { kind: "counter", path: "/ls/test/a", counter: "content", equals: 3 },
    { kind: "checksum", path: "/ls/test/a", equals: "0123456789abcdef" },
    { kind: "lockHeld", claims },
    { kind: "epoch", equals: 1 },
  ],
  then: [setContents, { kind: "delete", node }],
  otherwise: [{ kind: "getStat", node }],
} as const

function inSession(operation: Operation, rest: Partial<Request> = {}): Request {
  return {
    sessionId: 1,
    requestNumber: 5,
    answeredThrough: 4,
    stillOpen: [],
    epoch: 0,
    principal: "anonymous",
    forCache: false,
    underSequencer: undefined,
    operation,
    ...rest,
  }
}

function outside(operation: Operation): Request {
  return inSession(operation, { sessionId: 0, requestNumber: 0, answeredThrough: 0 })
}

function codeOf(request: Request): ErrorCode | "fine" {
  const refusal = validateRequest(request, "test")
  if (refusal !== undefined) expect(refusal.detail).toMatch(/^[A-Z0-9"].*\.$/)
  return refusal?.code ?? "fine"
}

const operations: readonly Operation[] = [
  keepAlive,
  { kind: "closeSession" },
  plainOpen,
  { ...plainOpen, ephemeral: true },
  { kind: "close", handle },
  { kind: "close", handle: "no handle at all" },
  { kind: "getContentsAndStat", node },
  { kind: "getStat", node: byHandle },
  readDir,
  { ...readDir, recursive: true },
  { kind: "setContents", node, contents: new Uint8Array(limits.contentsBytesMax) },
  { kind: "setContents", node, contents: nothing, ifContentGeneration: 0 },
  { kind: "delete", node },
  acquire,
  { kind: "tryAcquire", node: byHandle, mode: "exclusive", lockDelayMs: limits.lockDelayMsMax },
  { kind: "cancelAcquire", requestNumber: 4 },
  { kind: "release", node },
  { kind: "getLock", node },
  { kind: "getSequencer", node },
  { kind: "checkSequencer", claims },
  { kind: "setAcl", node, acl: { read: "anyone" } },
  { kind: "checkAccess", path: "/ls/local/a", right: "changeAcl", principal: "alice" },
  transact,
  subscribe,
  { kind: "unsubscribe", subscriptionId: 1 },
  resume,
  { kind: "listSessions", afterSessionId: 0, pageSize: 100 },
]

describe("a request that is in order", () => {
  test.each(operations)("$kind in a session passes", (operation) => {
    expect(codeOf(inSession(operation))).toBe("fine")
  })

  test("to create a session passes outside of one", () => {
    expect(codeOf(outside(newSession))).toBe("fine")
  })

  test("sent again may acknowledge later ones, if it counts itself among those still open", () => {
    expect(codeOf(inSession({ kind: "delete", node }, { answeredThrough: 9, stillOpen: [5] }))).toBe("fine")
  })

  test("to read needs no number", () => {
    expect(codeOf(inSession({ kind: "getStat", node }, { requestNumber: 0, answeredThrough: 0 }))).toBe("fine")
  })
})

describe("a request that is not in order", () => {
  test.each([
    ["a negative session id", inSession(keepAlive, { sessionId: -1 })],
    ["a number beyond exact integers", inSession(keepAlive, { requestNumber: 2 ** 53 })],
    ["half an epoch", inSession(keepAlive, { epoch: 0.5 })],
    ["a watermark that is no number", inSession(keepAlive, { answeredThrough: Number.NaN })],
    ["a number outside any session", { ...outside({ kind: "getStat", node }), requestNumber: 1 }],
    ["no number for a mutation", inSession({ kind: "delete", node }, { requestNumber: 0, answeredThrough: 0 })],
    ["no number for the handle of an Open", inSession(plainOpen, { requestNumber: 0, answeredThrough: 0 })],
    ["the claim to be answered already", inSession({ kind: "delete", node }, { answeredThrough: 5 })],
    ["a session within a session", inSession(newSession)],
    ["contents for a directory", inSession({ ...plainOpen, nodeKind: "directory", contents: Uint8Array.of(1) })],
    ["an empty page", inSession({ ...readDir, pageSize: 0 })],
    ["a huge page", inSession({ ...readDir, pageSize: limits.readDirPageMax + 1 })],
    ["a negative generation", inSession({ kind: "delete", node, ifContentGeneration: -1 })],
    [
      "a generation with a fraction",
      inSession({ kind: "setContents", node, contents: nothing, ifContentGeneration: 0.5 }),
    ],
    ["half a number to cancel", inSession({ kind: "cancelAcquire", requestNumber: 0.5 })],
    ["claims of half an instance", inSession({ kind: "checkSequencer", claims: { ...claims, instance: 0.5 } })],
    ["claims of no generation", inSession({ kind: "checkSequencer", claims: { ...claims, lockGeneration: -1 } })],
    ["a client without a name", outside({ ...newSession, clientName: "" })],
    ["a client with a long name", outside({ ...newSession, clientName: "a".repeat(limits.clientNameBytesMax + 1) })],
    ["a client's name over two lines", outside({ ...newSession, clientName: "a\nb" })],
    ["half a surrogate pair for a name", outside({ ...newSession, clientName: "\ud800" })],
    ["no nonce", outside({ ...newSession, nonce: "" })],
    ["a long nonce", outside({ ...newSession, nonce: "a".repeat(limits.nonceBytesMax + 1) })],
    ["a host's name over two lines", outside({ ...newSession, host: "a\nb" })],
    ["half a process", outside({ ...newSession, processId: 0.5 })],
    ["an open request above the watermark", inSession({ kind: "delete", node }, { stillOpen: [5] })],
    ["open requests out of order", inSession({ kind: "delete", node }, { stillOpen: [3, 2] })],
    ["an open request told twice", inSession({ kind: "delete", node }, { stillOpen: [3, 3] })],
    ["a lock-delay beyond a minute", inSession({ ...acquire, lockDelayMs: limits.lockDelayMsMax + 1 })],
    ["a negative lock-delay", inSession({ ...acquire, lockDelayMs: -1 })],
    ["a wait of half a millisecond", inSession({ ...acquire, waitMs: 0.5 })],
    ["a wait beyond a day", inSession({ ...acquire, waitMs: limits.waitMsMax + 1 })],
    ["an ACL of no name", inSession({ kind: "setAcl", node, acl: { write: "" } })],
    ["an ACL elsewhere", inSession({ kind: "setAcl", node, acl: { read: "../b" } })],
    ["an ACL named like the directory above", inSession({ ...plainOpen, acl: { changeAcl: ".." } })],
    ["a step by handle", inSession({ ...transact, then: [{ kind: "delete", node: byHandle }] })],
    ["too many steps", inSession({ ...transact, then: Array(limits.transactionStepsMax + 1).fill(setContents) })],
    ["a guard on half a generation", inSession({ ...transact, guards: [{ kind: "epoch", equals: 0.5 }] })],
    ["a notice of half a number", inSession({ ...keepAlive, seen: { epoch: 1, through: 0.5 } })],
    ["nobody as principal", inSession({ kind: "checkAccess", path: "/ls/test/a", right: "read", principal: "" })],
    [
      "more cached keys than may be resumed",
      inSession({ ...resume, cached: Array<string>(limits.resumedKeysMax + 1).fill("/ls/test/a") }),
    ],
    [
      "more kinds of changes than there are",
      inSession({ ...subscribe, subscription: { ...subscription, kinds: Array(8).fill("nodeCreated") } }),
    ],
    [
      "a checksum that is none",
      inSession({ ...transact, guards: [{ kind: "checksum", path: "/ls/test/a", equals: "0".repeat(17) }] }),
    ],
    ["too short a lease", outside({ ...newSession, sessionLeaseMs: limits.sessionLeaseMsMin - 1 })],
    ["too long a lease", outside({ ...newSession, sessionLeaseMs: limits.sessionLeaseMsMax + 1 })],
    ["a lease with a fraction", outside({ ...newSession, sessionLeaseMs: 12_000.5 })],
  ])("with %s is refused as INVALID_ARGUMENT", (_, request) => {
    expect(codeOf(request)).toBe("INVALID_ARGUMENT")
  })

  test.each([
    "keepAlive",
    "closeSession",
    "acquire",
    "tryAcquire",
    "cancelAcquire",
    "release",
    "getSequencer",
    "subscribe",
    "unsubscribe",
    "resume",
  ])("to %s outside a session is told that it needs one", (kind) => {
    const operation = operations.find((one) => one.kind === kind) as Operation
    expect(codeOf(outside(operation))).toBe("INVALID_ARGUMENT")
  })

  test("to open an ephemeral node outside a session is told that it needs one", () => {
    expect(codeOf(outside({ ...plainOpen, ephemeral: true }))).toBe("INVALID_ARGUMENT")
  })

  test("about a bad path is refused with that path's problem", () => {
    const bad: NodeRef = { kind: "path", path: "/ls/local/e\u0301" }
    expect(codeOf(inSession({ kind: "getStat", node: bad }))).toBe("INVALID_PATH")
    expect(codeOf(inSession({ ...plainOpen, path: "/ls/other/a" }))).toBe("INVALID_PATH")
    expect(codeOf(inSession({ ...subscribe, subscription: { ...subscription, path: "/ls/local//" } }))).toBe(
      "INVALID_PATH",
    )
    expect(codeOf(inSession({ ...resume, cached: ["/ls/local/a//"] }))).toBe("INVALID_PATH")
    expect(codeOf(inSession({ ...transact, then: [{ kind: "delete", node: bad }] }))).toBe("INVALID_PATH")
    const guards = [{ kind: "exists", path: "/ls/other", exists: true }] as const
    expect(codeOf(inSession({ ...transact, guards }))).toBe("INVALID_PATH")
  })

  test("to close what is far too long for a handle is refused, lest it fill the log", () => {
    expect(codeOf(inSession({ kind: "close", handle: "x".repeat(1_000) }))).toBe("HANDLE_INVALID")
  })

  test("with a handle that can't be one is refused", () => {
    expect(codeOf(inSession({ kind: "getStat", node: { kind: "handle", handle: "x" } }))).toBe("HANDLE_INVALID")
  })

  test("with too much to write is refused", () => {
    const contents = new Uint8Array(limits.contentsBytesMax + 1)
    expect(codeOf(inSession({ kind: "setContents", node, contents }))).toBe("CONTENTS_TOO_LARGE")
    expect(codeOf(inSession({ ...plainOpen, contents }))).toBe("CONTENTS_TOO_LARGE")
    const most = { ...setContents, contents: new Uint8Array(limits.contentsBytesMax) }
    expect(codeOf(inSession({ ...transact, then: Array(4).fill(most), otherwise: [] }))).toBe("fine")
    expect(codeOf(inSession({ ...transact, then: Array(4).fill(most), otherwise: [most] }))).toBe("CONTENTS_TOO_LARGE")
  })
})

test("a logged operation is checked alike, but for what depends on the engine", () => {
  const odd: NodeRef = { kind: "path", path: "/ls/local/e\u0301" }
  expect(validateOperation({ kind: "delete", node: odd }, "test")).toBeUndefined()
  expect(validateOperation({ kind: "delete", node: { kind: "path", path: "/ls/local/.." } }, "test")?.code).toBe(
    "INVALID_PATH",
  )
})
