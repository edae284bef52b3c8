/**
 * At least one sample of every operation and of every answer. The tables are complete by their types: an operation
 * added to the contract breaks the build here until it has a sample, and with it a round trip.
 */
import { type NodeChange, changeKinds } from "../../../src/contract/changes.ts"
import type { LockRequested } from "../../../src/contract/notices.ts"
import type { LockParty, NodeStat, OperationKind } from "../../../src/contract/requests.ts"
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
  commitIndex: 2 ** 45,
  checksum: "0123456789abcdef",
  size: 5,
  childCount: 0,
  acl: { read: "anyone", write: "schreiber-ä", changeAcl: "administrators" },
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

const lockRequested: LockRequested = {
  kind: "lockRequested",
  path: "/ls/test/a",
  instance: 7,
  mode: "exclusive",
  sessionId: 8,
  clientName: "impatient",
  holders: [1, 2 ** 53 - 1],
}

const changes: readonly NodeChange[] = [
  { kind: "nodeCreated", path: "/ls/test/a", instance: 1 },
  { kind: "nodeDeleted", path: "/ls/test/a", instance: 2 ** 53 - 1 },
  { kind: "contentsChanged", path: "/ls/test/ä", instance: 3, contentGeneration: 2 ** 50 },
  { kind: "aclChanged", path: "/ls/test", instance: 4 },
  {
    kind: "lockAcquired",
    path: "/ls/test/a",
    instance: 5,
    mode: "shared",
    lockGeneration: 6,
    sessionId: 7,
    clientName: "who",
  },
  { kind: "lockFreed", path: "/ls/test/a", instance: 6, lost: true },
  { kind: "lockFreed", path: "/ls/test/a", instance: 6, lost: false },
  lockRequested,
]

const holder: LockParty = {
  sessionId: 3,
  clientName: "one",
  principal: "CN=one",
  host: "host-1",
  processId: 4711,
  mode: "exclusive",
  since: 2 ** 50,
  forMs: 2 ** 40,
}
const waiter: LockParty = {
  sessionId: 5,
  clientName: "",
  principal: "anonymous",
  host: "",
  processId: 0,
  mode: "shared",
  since: 8,
  forMs: 0,
}
const delay = { lockDelayMs: 60_000, remainingMs: 23_000, sessionId: 9, clientName: "lost", reason: "lease ran out" }

const someAcl = { read: "anyone", changeAcl: "owners" }
const openFile = {
  kind: "open",
  path: "/ls/local/a",
  mode: "write",
  create: "mustCreate",
  nodeKind: "file",
  ephemeral: true,
  sequential: true,
  contents: bytes,
  acl: { read: "anyone", write: "writers", changeAcl: "owners" },
} as const
const openDirectory = {
  kind: "open",
  path: "/ls/local/d",
  mode: "changeAcl",
  create: "mayCreate",
  nodeKind: "directory",
  ephemeral: false,
  sequential: false,
  contents: new Uint8Array(),
  acl: someAcl,
} as const
const openOld = { ...openDirectory, mode: "read", create: "mustExist", nodeKind: "file", acl: {} } as const
const setContents = { kind: "setContents", node: byPath, contents: bytes, ifContentGeneration: 2 ** 52 } as const
const setAcl = { kind: "setAcl", node: byPath, acl: someAcl, ifAclGeneration: 3 } as const
const deletion = { kind: "delete", node: byPath } as const

export const operations: { readonly [Kind in OperationKind]: readonly OperationOf<Kind>[] } = {
  createSession: [
    {
      kind: "createSession",
      clientName: "worker 7 (über)",
      host: "wörker.example",
      processId: 4_194_304,
      sessionLeaseMs: 12_000,
      nonce: "once",
      caching: true,
    },
    {
      kind: "createSession",
      clientName: "a",
      host: "",
      processId: 0,
      sessionLeaseMs: 3_600_000,
      nonce: "b",
      caching: false,
    },
  ],
  keepAlive: [
    { kind: "keepAlive", seen: { epoch: 3, through: 2 ** 53 - 1 } },
    { kind: "keepAlive", seen: { epoch: 0, through: 0 } },
  ],
  closeSession: [{ kind: "closeSession" }],
  subscribe: [
    {
      kind: "subscribe",
      subscription: { subscriptionId: 1, path: "/ls/local/a", scope: "subtree", kinds: ["lockFreed", "aclChanged"] },
      after: 2 ** 53 - 1,
    },
    { kind: "subscribe", subscription: { subscriptionId: 2, path: "/ls/local", scope: "node", kinds: [] }, after: 0 },
  ],
  unsubscribe: [{ kind: "unsubscribe", subscriptionId: 2 ** 53 - 1 }],
  resume: [
    {
      kind: "resume",
      seenThrough: 77,
      cached: ["/ls/test/a", "/ls/test/d/", "/ls/test/ü"],
      subscriptions: [
        { subscriptionId: 0, path: "/ls/test/d", scope: "children", kinds: changeKinds },
        { subscriptionId: 1, path: "/ls/test", scope: "subtree", kinds: [] },
      ],
    },
    { kind: "resume", seenThrough: 0, cached: [], subscriptions: [] },
  ],
  listSessions: [{ kind: "listSessions", afterSessionId: 2 ** 40, pageSize: 1000 }],
  open: [openFile, openDirectory, openOld],
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
    { kind: "readDir", node: byPath, afterName: "", pageSize: 1, recursive: true },
    { kind: "readDir", node: byHandle, afterName: "zebra", pageSize: 10_000, recursive: false },
  ],
  setContents: [
    { kind: "setContents", node: byPath, contents: bytes },
    { kind: "setContents", node: byHandle, contents: new Uint8Array(), ifContentGeneration: 0 },
    setContents,
  ],
  delete: [deletion, { kind: "delete", node: byHandle, ifContentGeneration: 7 }],
  setAcl: [setAcl, { kind: "setAcl", node: byHandle, acl: {} }],
  checkAccess: [{ kind: "checkAccess", path: "/ls/local/a", right: "changeAcl", principal: "CN=one" }],
  transact: [
    {
      kind: "transact",
      guards: [
        { kind: "exists", path: "/ls/local/a", exists: true },
        { kind: "exists", path: "/ls/local/b", exists: false },
        { kind: "counter", path: "/ls/local/a", counter: "instance", equals: 1 },
        { kind: "counter", path: "/ls/local/a", counter: "content", equals: 2 ** 53 - 1 },
        { kind: "counter", path: "/ls/local/a", counter: "lock", equals: 0 },
        { kind: "counter", path: "/ls/local/a", counter: "acl", equals: 4 },
        { kind: "checksum", path: "/ls/local/a", equals: "0123456789abcdef" },
        { kind: "epoch", equals: 9 },
      ],
      then: [openFile, setContents, setAcl],
      otherwise: [deletion, { kind: "getStat", node: byPath }, { kind: "getContentsAndStat", node: byPath }],
    },
    { kind: "transact", guards: [{ kind: "lockHeld", sequencer: "a.b.c" }], then: [], otherwise: [] },
  ],
  acquire: [
    { kind: "acquire", node: byPath, mode: "exclusive", lockDelayMs: 60_000, waitMs: 86_400_000 },
    { kind: "acquire", node: byHandle, mode: "shared", lockDelayMs: 0, waitMs: 0 },
  ],
  tryAcquire: [{ kind: "tryAcquire", node: byPath, mode: "shared", lockDelayMs: 1 }],
  cancelAcquire: [{ kind: "cancelAcquire", requestNumber: 12 }],
  release: [{ kind: "release", node: byHandle }],
  getLock: [{ kind: "getLock", node: byPath }],
  getSequencer: [{ kind: "getSequencer", node: byPath }],
  checkSequencer: [{ kind: "checkSequencer", sequencer: "a.b.c" }],
  rotateSigningKeys: [
    { kind: "rotateSigningKeys", revoke: false },
    { kind: "rotateSigningKeys", revoke: true },
  ],
}

const opened = { kind: "open", handle: "a-handle", created: true, stat: fileStat } as const
const contents = { kind: "getContentsAndStat", contents: bytes, stat: fileStat } as const

export const answers: { readonly [Kind in OperationKind]: readonly AnswerOf<Kind>[] } = {
  createSession: [{ kind: "createSession", sessionId: 2 ** 50, sessionLeaseMs: 12_000 }],
  keepAlive: [
    {
      kind: "keepAlive",
      sessionLeaseMs: 12_000,
      parkedMs: 7001,
      cacheLeaseMs: 5_000,
      firstNotice: 2 ** 52,
      notices: [
        { kind: "invalidate", keys: ["/ls/test/a", "/ls/test/"] },
        { kind: "invalidate", keys: [] },
        ...changes.map((change) => ({ kind: "event", subscriptionId: 4, index: 2 ** 53 - 1, change }) as const),
        { kind: "lockWanted", index: 18, change: lockRequested },
        { kind: "resync", through: 19 },
      ],
    },
    { kind: "keepAlive", sessionLeaseMs: 1, parkedMs: 0, cacheLeaseMs: 0, firstNotice: 1, notices: [] },
  ],
  closeSession: [{ kind: "closeSession" }],
  subscribe: [{ kind: "subscribe" }],
  unsubscribe: [{ kind: "unsubscribe" }],
  resume: [
    { kind: "resume", lastNotice: 2 ** 53 - 1 },
    { kind: "resume", lastNotice: 0 },
  ],
  listSessions: [
    {
      kind: "listSessions",
      sessions: [
        {
          sessionId: 2 ** 53 - 1,
          clientName: "one",
          principal: "CN=one",
          host: "host-1",
          processId: 4711,
          caching: true,
          sessionLeaseMs: 12_000,
          remainingMs: 11_000,
          engagementCount: 1,
          cachedKeyCount: 2,
          subscriptionCount: 3,
          noticeCount: 4,
          delaysWritesForMs: 5,
        },
      ],
      more: false,
      ended: [{ sessionId: 1, clientName: "gone", reason: "its lease ran out", index: 2 ** 50 }],
    },
    { kind: "listSessions", sessions: [], more: true, ended: [] },
  ],
  open: [opened],
  close: [{ kind: "close" }],
  getContentsAndStat: [
    contents,
    { kind: "getContentsAndStat", contents: new Uint8Array(), stat: { ...fileStat, size: 0 } },
  ],
  getStat: [{ kind: "getStat", stat: directoryStat }],
  readDir: [
    {
      kind: "readDir",
      entries: [
        { name: "a", stat: { ...fileStat, path: "/ls/test/dir/a" } },
        { name: "b/c", stat: { ...directoryStat, path: "/ls/test/dir/b/c" } },
      ],
      more: true,
      stat: directoryStat,
    },
    { kind: "readDir", entries: [], more: false, stat: directoryStat },
  ],
  setContents: [{ kind: "setContents", stat: fileStat }],
  delete: [{ kind: "delete" }],
  setAcl: [{ kind: "setAcl", stat: fileStat }],
  checkAccess: [
    { kind: "checkAccess", allowed: true, reason: "CN=one is on owners" },
    { kind: "checkAccess", allowed: false, reason: "CN=one is not on owners" },
  ],
  transact: [
    {
      kind: "transact",
      guardsHeld: true,
      answers: [opened, { kind: "setContents", stat: fileStat }, { kind: "setAcl", stat: fileStat }],
    },
    {
      kind: "transact",
      guardsHeld: false,
      answers: [{ kind: "delete" }, { kind: "getStat", stat: directoryStat }, contents],
    },
  ],
  acquire: [
    { kind: "acquire", handle: "holder", lockGeneration: 4, stat: fileStat, sequencer: "a.b.c" },
    { kind: "acquire", handle: "holder", lockGeneration: 4, stat: fileStat, sequencer: "" },
  ],
  tryAcquire: [
    { kind: "tryAcquire", acquired: true, handle: "holder", lockGeneration: 4, stat: fileStat, sequencer: "a.b.c" },
    { kind: "tryAcquire", acquired: false, holders: [holder, waiter], waiterCount: 12, delay: undefined },
    { kind: "tryAcquire", acquired: false, holders: [], waiterCount: 0, delay },
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
    { kind: "getLock", lockGeneration: 9, holders: [holder], waiters: [waiter], delay: undefined },
    { kind: "getLock", lockGeneration: 0, holders: [], waiters: [], delay },
  ],
  getSequencer: [{ kind: "getSequencer", sequencer: "a.b.c" }],
  checkSequencer: [
    { kind: "checkSequencer", valid: true, reason: "" },
    { kind: "checkSequencer", valid: false, reason: "The lock has moved on." },
  ],
  rotateSigningKeys: [
    {
      kind: "rotateSigningKeys",
      keys: [{ keyId: "a-thumbprint", state: "retired", since: 2 ** 50, publicKey: new Uint8Array(32).fill(3) }],
    },
  ],
}

export const kinds: readonly OperationKind[] = Object.keys(operations) as OperationKind[]

/** Whose sequencers the door signs or verifies, or whose keys it draws and tells, so that the cell behind it sees something else. */
const signedKinds: ReadonlySet<OperationKind> = new Set([
  ...(["acquire", "tryAcquire", "getSequencer", "checkSequencer", "rotateSigningKeys"] as const),
])

export const plainKinds: readonly OperationKind[] = kinds.filter((kind) => !signedKinds.has(kind))
