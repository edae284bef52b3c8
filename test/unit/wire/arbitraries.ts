/** Any operation and any answer, of every kind, as fast-check draws them. Complete by their types, as the samples are. */
import fc from "fast-check"
import type { AclChange, AclNames } from "../../../src/contract/acl.ts"
import { type NodeChange, type Subscription, changeKinds, scopes } from "../../../src/contract/changes.ts"
import { lockModes } from "../../../src/contract/lock-mode.ts"
import type { LockRequested, Notice } from "../../../src/contract/notices.ts"
import type {
  HandleMode,
  LockDelay,
  LockParty,
  NodeRef,
  NodeStat,
  OperationKind,
  SessionFacts,
  StepAnswer,
  TransactionStep,
} from "../../../src/contract/requests.ts"
import type { AnswerOf, OperationOf } from "../../../src/wire/messages.ts"
import type { SignedGuard, SignedRequest } from "../../../src/wire/signed-forms.ts"

export const counter: fc.Arbitrary<number> = fc.maxSafeNat()
/** What a field of 32 bits holds, but for the greatest, which stands for everything beyond. */
const small = fc.nat({ max: 2 ** 32 - 2 })
const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((drawn) => !drawn.includes("\uFFFD"))
const contents = fc.uint8Array({ maxLength: 300 })
const flag = fc.boolean()

const acl: fc.Arbitrary<AclNames> = fc.record({ read: text, write: text, changeAcl: text })
const aclChange: fc.Arbitrary<AclChange> = fc.record({ read: text, write: text, changeAcl: text }, { requiredKeys: [] })
const node: fc.Arbitrary<NodeRef> = fc.oneof(
  fc.record({ kind: fc.constant("path"), path: text }),
  fc.record({ kind: fc.constant("handle"), handle: text }),
)
const path = fc.record({ kind: fc.constant("path"), path: text })
const mode = fc.constantFrom(...lockModes)
const handleMode = fc.constantFrom<HandleMode[]>("read", "write", "changeAcl")
const generation = fc.option(counter, { nil: undefined })

const stat: fc.Arbitrary<NodeStat> = fc.record({
  path: text,
  kind: fc.constantFrom("file", "directory"),
  ephemeral: flag,
  instance: counter,
  contentGeneration: counter,
  lockGeneration: counter,
  aclGeneration: counter,
  commitIndex: counter,
  checksum: fc.stringMatching(/^[0-9a-f]{16}$/),
  size: small,
  childCount: small,
  acl,
})

const party: fc.Arbitrary<LockParty> = fc.record({
  sessionId: counter,
  clientName: text,
  principal: text,
  host: text,
  processId: small,
  mode,
  since: counter,
  forMs: counter,
})
const delay: fc.Arbitrary<LockDelay | undefined> = fc.option(
  fc.record({ lockDelayMs: small, remainingMs: small, sessionId: counter, clientName: text, reason: text }),
  { nil: undefined },
)

const subscription: fc.Arbitrary<Subscription> = fc.record({
  subscriptionId: counter,
  path: text,
  scope: fc.constantFrom(...scopes),
  kinds: fc.subarray([...changeKinds]),
})

const place = { path: text, instance: counter }
const lockRequested: fc.Arbitrary<LockRequested> = fc.record({
  ...place,
  kind: fc.constant("lockRequested"),
  mode,
  sessionId: counter,
  clientName: text,
  holders: fc.array(counter, { maxLength: 5 }),
})
const change: fc.Arbitrary<NodeChange> = fc.oneof(
  fc.record({ ...place, kind: fc.constantFrom("nodeCreated", "nodeDeleted", "aclChanged") }),
  fc.record({ ...place, kind: fc.constant("contentsChanged"), contentGeneration: counter }),
  fc.record({
    ...place,
    kind: fc.constant("lockAcquired"),
    mode,
    lockGeneration: counter,
    sessionId: counter,
    clientName: text,
  }),
  fc.record({ ...place, kind: fc.constant("lockFreed"), lost: flag }),
  lockRequested,
)
const notice: fc.Arbitrary<Notice> = fc.oneof(
  fc.record({ kind: fc.constant("invalidate"), keys: fc.array(text, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant("event"), subscriptionId: counter, index: counter, change }),
  fc.record({ kind: fc.constant("lockWanted"), index: counter, change: lockRequested }),
  fc.record({ kind: fc.constant("resync"), through: counter }),
)

function of<Kind extends string>(kind: Kind): { readonly kind: fc.Arbitrary<Kind> } {
  return { kind: fc.constant(kind) }
}

const open = fc.record({
  ...of("open"),
  path: text,
  mode: handleMode,
  create: fc.constantFrom("mustExist" as const, "mayCreate" as const, "mustCreate" as const),
  nodeKind: fc.constantFrom("file" as const, "directory" as const),
  ephemeral: flag,
  sequential: flag,
  contents,
  acl: aclChange,
})
const step: fc.Arbitrary<TransactionStep> = fc.oneof(
  open,
  fc.record({ ...of("setContents"), node: path, contents, ifContentGeneration: generation }),
  fc.record({ ...of("delete"), node: path, ifContentGeneration: generation }),
  fc.record({ ...of("setAcl"), node: path, acl: aclChange, ifAclGeneration: generation }),
  fc.record({ ...of("getStat"), node: path }),
  fc.record({ ...of("getContentsAndStat"), node: path }),
)
const guard: fc.Arbitrary<SignedGuard> = fc.oneof(
  fc.record({ ...of("exists"), path: text, exists: flag }),
  fc.record({
    ...of("counter"),
    path: text,
    counter: fc.constantFrom("instance" as const, "content" as const, "lock" as const, "acl" as const),
    equals: counter,
  }),
  fc.record({ ...of("checksum"), path: text, equals: text }),
  fc.record({ ...of("lockHeld"), sequencer: text }),
  fc.record({ ...of("epoch"), equals: counter }),
)
const steps = fc.array(step, { maxLength: 4 })

export const header: fc.Arbitrary<Omit<SignedRequest, "operation">> = fc.record({
  sessionId: counter,
  requestNumber: counter,
  answeredThrough: counter,
  stillOpen: fc.array(counter, { maxLength: 4 }),
  epoch: counter,
  forCache: flag,
  underSequencer: text,
})

export const anyOperation: { readonly [Kind in OperationKind]: fc.Arbitrary<OperationOf<Kind>> } = {
  createSession: fc.record({
    ...of("createSession"),
    clientName: text,
    host: text,
    processId: small,
    sessionLeaseMs: fc.integer({ min: 1, max: 2 ** 32 - 2 }),
    nonce: text,
    caching: flag,
  }),
  keepAlive: fc.record({ ...of("keepAlive"), seen: fc.record({ epoch: counter, through: counter }) }),
  closeSession: fc.record(of("closeSession")),
  subscribe: fc.record({ ...of("subscribe"), subscription, after: counter }),
  unsubscribe: fc.record({ ...of("unsubscribe"), subscriptionId: counter }),
  resume: fc.record({
    ...of("resume"),
    seenThrough: counter,
    cached: fc.array(text, { maxLength: 5 }),
    subscriptions: fc.array(subscription, { maxLength: 3 }),
  }),
  listSessions: fc.record({
    ...of("listSessions"),
    afterSessionId: counter,
    pageSize: fc.integer({ min: 1, max: 1_000 }),
  }),
  open,
  close: fc.record({ ...of("close"), handle: text }),
  getContentsAndStat: fc.record({ ...of("getContentsAndStat"), node }),
  getStat: fc.record({ ...of("getStat"), node }),
  readDir: fc.record({
    ...of("readDir"),
    node,
    afterName: text,
    pageSize: fc.integer({ min: 1, max: 10_000 }),
    recursive: flag,
  }),
  setContents: fc.record({ ...of("setContents"), node, contents, ifContentGeneration: generation }),
  delete: fc.record({ ...of("delete"), node, ifContentGeneration: generation }),
  setAcl: fc.record({ ...of("setAcl"), node, acl: aclChange, ifAclGeneration: generation }),
  checkAccess: fc.record({ ...of("checkAccess"), path: text, right: handleMode, principal: text }),
  transact: fc.record({
    ...of("transact"),
    guards: fc.array(guard, { maxLength: 5 }),
    then: steps,
    otherwise: steps,
  }),
  acquire: fc.record({ ...of("acquire"), node, mode, lockDelayMs: small, waitMs: small }),
  tryAcquire: fc.record({ ...of("tryAcquire"), node, mode, lockDelayMs: small }),
  cancelAcquire: fc.record({ ...of("cancelAcquire"), requestNumber: counter }),
  release: fc.record({ ...of("release"), node }),
  getLock: fc.record({ ...of("getLock"), node }),
  getSequencer: fc.record({ ...of("getSequencer"), node }),
  checkSequencer: fc.record({ ...of("checkSequencer"), sequencer: text }),
  rotateSigningKeys: fc.record({ ...of("rotateSigningKeys"), revoke: flag }),
}

const session: fc.Arbitrary<SessionFacts> = fc.record({
  sessionId: counter,
  clientName: text,
  principal: text,
  host: text,
  processId: small,
  caching: flag,
  sessionLeaseMs: small,
  remainingMs: small,
  engagementCount: small,
  cachedKeyCount: small,
  subscriptionCount: small,
  noticeCount: small,
  delaysWritesForMs: small,
})
const ended = fc.record({ sessionId: counter, clientName: text, reason: text, index: counter })
const parties = fc.array(party, { maxLength: 4 })

const opened = fc.record({ ...of("open"), handle: text, created: flag, stat })
const written = fc.record({ ...of("setContents"), stat })
const deleted = fc.record(of("delete"))
const aclSet = fc.record({ ...of("setAcl"), stat })
const statGot = fc.record({ ...of("getStat"), stat })
const contentsGot = fc.record({ ...of("getContentsAndStat"), contents, stat })
const stepAnswer: fc.Arbitrary<StepAnswer> = fc.oneof(opened, written, deleted, aclSet, statGot, contentsGot)

/** The paths of entries follow from the directory's, and are not sent. */
const listing: fc.Arbitrary<AnswerOf<"readDir">> = fc
  .record({ more: flag, stat, named: fc.array(fc.record({ name: text, stat }), { maxLength: 4 }) })
  .map(({ more, stat: directory, named }) => ({
    kind: "readDir",
    entries: named.map(({ name, stat: facts }) => ({ name, stat: { ...facts, path: `${directory.path}/${name}` } })),
    more,
    stat: directory,
  }))

export const anyAnswer: { readonly [Kind in OperationKind]: fc.Arbitrary<AnswerOf<Kind>> } = {
  createSession: fc.record({ ...of("createSession"), sessionId: counter, sessionLeaseMs: small }),
  keepAlive: fc.record({
    ...of("keepAlive"),
    sessionLeaseMs: small,
    parkedMs: small,
    cacheLeaseMs: small,
    firstNotice: counter,
    notices: fc.array(notice, { maxLength: 6 }),
  }),
  closeSession: fc.record(of("closeSession")),
  subscribe: fc.record(of("subscribe")),
  unsubscribe: fc.record(of("unsubscribe")),
  resume: fc.record({ ...of("resume"), lastNotice: counter }),
  listSessions: fc.record({
    ...of("listSessions"),
    sessions: fc.array(session, { maxLength: 3 }),
    more: flag,
    ended: fc.array(ended, { maxLength: 3 }),
  }),
  open: opened,
  close: fc.record(of("close")),
  getContentsAndStat: contentsGot,
  getStat: statGot,
  readDir: listing,
  setContents: written,
  delete: deleted,
  setAcl: aclSet,
  checkAccess: fc.record({ ...of("checkAccess"), allowed: flag, reason: text }),
  transact: fc.record({ ...of("transact"), guardsHeld: flag, answers: fc.array(stepAnswer, { maxLength: 4 }) }),
  acquire: fc.record({ ...of("acquire"), handle: text, lockGeneration: counter, stat, sequencer: text }),
  tryAcquire: fc.oneof(
    fc.record({
      ...of("tryAcquire"),
      acquired: fc.constant(true as const),
      handle: text,
      lockGeneration: counter,
      stat,
      sequencer: text,
    }),
    fc.record({
      ...of("tryAcquire"),
      acquired: fc.constant(false as const),
      holders: parties,
      waiterCount: small,
      delay,
    }),
  ),
  cancelAcquire: fc.record({ ...of("cancelAcquire"), cancelled: flag }),
  release: fc.record({ ...of("release"), released: flag }),
  getLock: fc.record({ ...of("getLock"), lockGeneration: counter, holders: parties, waiters: parties, delay }),
  getSequencer: fc.record({ ...of("getSequencer"), sequencer: text }),
  checkSequencer: fc.record({ ...of("checkSequencer"), valid: flag, reason: text }),
  rotateSigningKeys: fc.record({
    ...of("rotateSigningKeys"),
    keys: fc.array(
      fc.record({
        keyId: fc.string({ unit: fc.constantFrom("a", "Z", "9", "_", "-"), minLength: 43, maxLength: 43 }),
        state: fc.constantFrom("retired" as const, "current" as const, "next" as const),
        since: counter,
        publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      }),
      { maxLength: 4 },
    ),
  }),
}
