import { describe, expect, test } from "vitest"
import type { ErrorCode } from "../../../src/contract/errors.ts"
import { mintHandle } from "../../../src/contract/handle.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { NodeRef, Operation, Request } from "../../../src/contract/requests.ts"
import { validateOperation, validateRequest } from "../../../src/contract/validate.ts"

const node: NodeRef = { kind: "path", path: "/ls/local/a" }
const handle = mintHandle({ instance: 2, mode: "read", sessionId: 1, handleId: 1 }, new Uint8Array(16))
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
  contents: nothing,
} as const
const newSession = { kind: "createSession", clientName: "alice", sessionLeaseMs: 12_000, nonce: "n" } as const

function inSession(operation: Operation, rest: Partial<Request> = {}): Request {
  return { sessionId: 1, requestNumber: 5, answeredThrough: 4, epoch: 0, operation, ...rest }
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
  { kind: "keepAlive" },
  { kind: "closeSession" },
  plainOpen,
  { ...plainOpen, ephemeral: true },
  { kind: "close", handle },
  { kind: "close", handle: "no handle at all" },
  { kind: "getContentsAndStat", node },
  { kind: "getStat", node: byHandle },
  { kind: "readDir", node, afterName: "", pageSize: 1 },
  { kind: "setContents", node, contents: new Uint8Array(limits.contentsBytesMax) },
  { kind: "setContents", node, contents: nothing, ifContentGeneration: 0 },
  { kind: "delete", node },
  { kind: "acquire", node, mode: "shared" },
  { kind: "tryAcquire", node: byHandle, mode: "exclusive" },
  { kind: "cancelAcquire", requestNumber: 4 },
  { kind: "release", node },
  { kind: "getLock", node },
  { kind: "getSequencer", node },
  { kind: "checkSequencer", claims },
]

describe("a request that is in order", () => {
  test.each(operations)("$kind in a session passes", (operation) => {
    expect(codeOf(inSession(operation))).toBe("fine")
  })

  test("to create a session passes outside of one", () => {
    expect(codeOf(outside(newSession))).toBe("fine")
  })

  test("to read needs no number", () => {
    expect(codeOf(inSession({ kind: "getStat", node }, { requestNumber: 0, answeredThrough: 0 }))).toBe("fine")
  })
})

describe("a request that is not in order", () => {
  test.each([
    ["a negative session id", inSession({ kind: "keepAlive" }, { sessionId: -1 })],
    ["a number beyond exact integers", inSession({ kind: "keepAlive" }, { requestNumber: 2 ** 53 })],
    ["half an epoch", inSession({ kind: "keepAlive" }, { epoch: 0.5 })],
    ["a watermark that is no number", inSession({ kind: "keepAlive" }, { answeredThrough: Number.NaN })],
    ["a number outside any session", { ...outside({ kind: "getStat", node }), requestNumber: 1 }],
    ["no number for a mutation", inSession({ kind: "delete", node }, { requestNumber: 0, answeredThrough: 0 })],
    ["no number for the handle of an Open", inSession(plainOpen, { requestNumber: 0, answeredThrough: 0 })],
    ["the claim to be answered already", inSession({ kind: "delete", node }, { answeredThrough: 5 })],
    ["a session within a session", inSession(newSession)],
    ["contents for a directory", inSession({ ...plainOpen, nodeKind: "directory", contents: Uint8Array.of(1) })],
    ["an empty page", inSession({ kind: "readDir", node, afterName: "", pageSize: 0 })],
    ["a huge page", inSession({ kind: "readDir", node, afterName: "", pageSize: limits.readDirPageMax + 1 })],
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
    ["too short a lease", outside({ ...newSession, sessionLeaseMs: limits.sessionLeaseMsMin - 1 })],
    ["too long a lease", outside({ ...newSession, sessionLeaseMs: limits.sessionLeaseMsMax + 1 })],
    ["a lease with a fraction", outside({ ...newSession, sessionLeaseMs: 12_000.5 })],
  ])("with %s is refused as INVALID_ARGUMENT", (_, request) => {
    expect(codeOf(request)).toBe("INVALID_ARGUMENT")
  })

  test.each(["keepAlive", "closeSession", "acquire", "tryAcquire", "cancelAcquire", "release", "getSequencer"])(
    "to %s outside a session is told to open one",
    (kind) => {
      const operation = operations.find((one) => one.kind === kind) as Operation
      expect(codeOf(outside(operation))).toBe("SESSION_EXPIRED")
    },
  )

  test("to open an ephemeral node outside a session is told to open one", () => {
    expect(codeOf(outside({ ...plainOpen, ephemeral: true }))).toBe("SESSION_EXPIRED")
  })

  test("about a bad path is refused with that path's problem", () => {
    const bad: NodeRef = { kind: "path", path: "/ls/local/e\u0301" }
    expect(codeOf(inSession({ kind: "getStat", node: bad }))).toBe("INVALID_PATH")
    expect(codeOf(inSession({ ...plainOpen, path: "/ls/other/a" }))).toBe("INVALID_PATH")
  })

  test("with a handle that can't be one is refused", () => {
    expect(codeOf(inSession({ kind: "getStat", node: { kind: "handle", handle: "x" } }))).toBe("HANDLE_INVALID")
  })

  test("with too much to write is refused", () => {
    const contents = new Uint8Array(limits.contentsBytesMax + 1)
    expect(codeOf(inSession({ kind: "setContents", node, contents }))).toBe("CONTENTS_TOO_LARGE")
    expect(codeOf(inSession({ ...plainOpen, contents }))).toBe("CONTENTS_TOO_LARGE")
  })
})

test("a logged operation is checked alike, but for what depends on the engine", () => {
  const odd: NodeRef = { kind: "path", path: "/ls/local/e\u0301" }
  expect(validateOperation({ kind: "delete", node: odd }, "test")).toBeUndefined()
  expect(validateOperation({ kind: "delete", node: { kind: "path", path: "/ls/local/.." } }, "test")?.code).toBe(
    "INVALID_PATH",
  )
})
