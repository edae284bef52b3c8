/**
 * At least one sample of every operation and of every answer. The tables are complete by their types: an operation
 * added to the contract breaks the build here until it has a sample, and with it a round trip.
 */
import type { NodeStat, OperationKind } from "../../../src/contract/requests.ts"
import type { AnswerOf, OperationOf } from "../../../src/wire/messages.ts"

export const bytes: Uint8Array = new Uint8Array([0, 1, 127, 128, 255])

export const fileStat: NodeStat = {
  path: "/ls/test/häuser/№1",
  kind: "file",
  ephemeral: true,
  instance: Number.MAX_SAFE_INTEGER,
  contentGeneration: 3,
  lockGeneration: 2 ** 40,
  aclGeneration: 0,
  checksum: "0123456789abcdef",
  size: 5,
  childCount: 0,
}

const directoryStat: NodeStat = {
  ...fileStat,
  path: "/ls/test/dir",
  kind: "directory",
  ephemeral: false,
  childCount: 2,
}

const byPath = { kind: "path", path: "/ls/local/a" } as const
const byHandle = { kind: "handle", handle: "a-handle" } as const

export const operations: { readonly [Kind in OperationKind]: readonly OperationOf<Kind>[] } = {
  createSession: [{ kind: "createSession", clientName: "worker 7 (über)", sessionLeaseMs: 12_000, nonce: "once" }],
  keepAlive: [{ kind: "keepAlive" }],
  closeSession: [{ kind: "closeSession" }],
  open: [
    {
      kind: "open",
      path: "/ls/local/a",
      mode: "write",
      create: "mustCreate",
      nodeKind: "file",
      ephemeral: true,
      contents: bytes,
    },
    {
      kind: "open",
      path: "/ls/local/d",
      mode: "read",
      create: "mayCreate",
      nodeKind: "directory",
      ephemeral: false,
      contents: new Uint8Array(),
    },
    {
      kind: "open",
      path: "/ls/local/d",
      mode: "read",
      create: "mustExist",
      nodeKind: "file",
      ephemeral: false,
      contents: new Uint8Array(),
    },
  ],
  close: [{ kind: "close", handle: "a-handle" }],
  getContentsAndStat: [
    { kind: "getContentsAndStat", node: byPath },
    { kind: "getContentsAndStat", node: byHandle },
  ],
  getStat: [
    { kind: "getStat", node: byPath },
    { kind: "getStat", node: { kind: "path", path: "" } },
  ],
  readDir: [
    { kind: "readDir", node: byPath, afterName: "", pageSize: 1 },
    { kind: "readDir", node: byHandle, afterName: "zebra", pageSize: 10_000 },
  ],
  setContents: [
    { kind: "setContents", node: byPath, contents: bytes },
    { kind: "setContents", node: byHandle, contents: new Uint8Array(), ifContentGeneration: 0 },
    { kind: "setContents", node: byPath, contents: bytes, ifContentGeneration: 2 ** 52 },
  ],
  delete: [
    { kind: "delete", node: byPath },
    { kind: "delete", node: byHandle, ifContentGeneration: 7 },
  ],
  acquire: [
    { kind: "acquire", node: byPath, mode: "exclusive" },
    { kind: "acquire", node: byHandle, mode: "shared" },
  ],
  tryAcquire: [{ kind: "tryAcquire", node: byPath, mode: "shared" }],
  cancelAcquire: [{ kind: "cancelAcquire", requestNumber: 12 }],
  release: [{ kind: "release", node: byHandle }],
  getLock: [{ kind: "getLock", node: byPath }],
  getSequencer: [{ kind: "getSequencer", node: byPath }],
  checkSequencer: [{ kind: "checkSequencer", sequencer: "a.b.c" }],
}

export const answers: { readonly [Kind in OperationKind]: readonly AnswerOf<Kind>[] } = {
  createSession: [{ kind: "createSession", sessionId: 2 ** 50, sessionLeaseMs: 12_000 }],
  keepAlive: [{ kind: "keepAlive", sessionLeaseMs: 12_000, parkedMs: 7001 }],
  closeSession: [{ kind: "closeSession" }],
  open: [{ kind: "open", handle: "a-handle", created: true, stat: fileStat }],
  close: [{ kind: "close" }],
  getContentsAndStat: [
    { kind: "getContentsAndStat", contents: bytes, stat: fileStat },
    { kind: "getContentsAndStat", contents: new Uint8Array(), stat: { ...fileStat, size: 0 } },
  ],
  getStat: [{ kind: "getStat", stat: directoryStat }],
  readDir: [
    {
      kind: "readDir",
      entries: [
        { name: "a", stat: { ...fileStat, path: "/ls/test/dir/a" } },
        { name: "b", stat: { ...directoryStat, path: "/ls/test/dir/b" } },
      ],
      more: true,
      stat: directoryStat,
    },
    { kind: "readDir", entries: [], more: false, stat: directoryStat },
  ],
  setContents: [{ kind: "setContents", stat: fileStat }],
  delete: [{ kind: "delete" }],
  acquire: [{ kind: "acquire", handle: "holder", lockGeneration: 4, stat: fileStat }],
  tryAcquire: [
    { kind: "tryAcquire", acquired: true, handle: "holder", lockGeneration: 4, stat: fileStat },
    {
      kind: "tryAcquire",
      acquired: false,
      holders: [
        { sessionId: 3, clientName: "other", mode: "shared" },
        { sessionId: 4, clientName: "", mode: "exclusive" },
      ],
    },
  ],
  cancelAcquire: [
    { kind: "cancelAcquire", cancelled: true },
    { kind: "cancelAcquire", cancelled: false },
  ],
  release: [
    { kind: "release", released: true },
    { kind: "release", released: false },
  ],
  getLock: [
    {
      kind: "getLock",
      lockGeneration: 9,
      holders: [{ sessionId: 3, clientName: "one", mode: "exclusive" }],
      waiters: [{ sessionId: 5, clientName: "two", mode: "shared" }],
    },
    { kind: "getLock", lockGeneration: 0, holders: [], waiters: [] },
  ],
  getSequencer: [{ kind: "getSequencer", sequencer: "a.b.c" }],
  checkSequencer: [
    { kind: "checkSequencer", valid: true, reason: "" },
    { kind: "checkSequencer", valid: false, reason: "The lock has moved on." },
  ],
}

export const kinds: readonly OperationKind[] = Object.keys(operations) as OperationKind[]
