/**
 * Every operation a cell serves, with its request and its reply. All doors (stream, unary gRPC, HTTP) translate to and
 * from these; nothing below a door knows which one a request came through. Call names are the paper's (2.6).
 */
import type { DurationMs } from "../base/instant.ts"
import type { Epoch, Generation, Instance, ReplicaId, SessionId, Slot } from "../base/brand.ts"
import type { AclChange, AclNames } from "./acl.ts"
import type { CacheKey } from "./cache-key.ts"
import type { Subscription } from "./changes.ts"
import type { Refusal } from "./errors.ts"
import type { LockMode } from "./lock-mode.ts"
import type { Notice, NoticesSeen } from "./notices.ts"
import type { SequencerClaims } from "./sequencer.ts"

/** The node meant: by name, or by a handle that Open gave out (which fails once that instance was deleted). */
export type NodeRef =
  { readonly kind: "path"; readonly path: string } | { readonly kind: "handle"; readonly handle: string }

/**
 * What a handle may be used for, fixed at Open, which checks the right. "write" (and to lock, in either mode) and
 * "changeAcl" include reading, and need the right to read as well.
 */
export type HandleMode = "read" | "write" | "changeAcl"

/** What Open does about a missing node, or an existing one. */
export type CreateRule = "mustExist" | "mayCreate" | "mustCreate"

export type NodeKind = "file" | "directory"

/** The facts about a node (paper, 2.2). All counters are 64-bit on the wire, safe integers here. */
export interface NodeStat {
  /** `/ls/<cell>/...` with the cell's own name. */
  readonly path: string
  readonly kind: NodeKind
  readonly ephemeral: boolean
  readonly instance: Instance
  readonly contentGeneration: Generation
  /** Raised when the lock goes from free to held. Caches don't keep it fresh: who needs to know asks GetLock. */
  readonly lockGeneration: Generation
  readonly aclGeneration: Generation
  /** The commit index of the last change of contents, children or ACL names. */
  readonly commitIndex: Slot
  /**
   * 16 hexadecimal digits over the contents, so that readers can compare without fetching. Empty in a listing, as `size`
   * is zero, of a child that the caller may not read.
   */
  readonly checksum: string
  /** Bytes of contents; zero for a directory. */
  readonly size: number
  readonly childCount: number
  readonly acl: AclNames
}

export interface DirectoryEntry {
  /** Of a recursive listing: the path below the directory, `a/b/c`. */
  readonly name: string
  readonly stat: NodeStat
}

/** Who holds or waits for a lock, as introspection tells it. */
export interface LockParty {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly principal: string
  readonly host: string
  readonly processId: number
  readonly mode: LockMode
  /** The commit index at which the lock was granted, or the Acquire joined the queue. */
  readonly since: Slot
  /** How long ago that was, as far as the master can tell: at least so long. */
  readonly forMs: DurationMs
}

/** Why a lock that nobody holds is not free: a holder was lost, and the lock-delay it asked for is not over. */
export interface LockDelay {
  readonly lockDelayMs: DurationMs
  /** As far as the master can tell: at most so long. A fail-over starts it again in full. */
  readonly remainingMs: DurationMs
  /** Of the lost holder. */
  readonly sessionId: SessionId
  readonly clientName: string
  /** Why its session ended. */
  readonly reason: string
}

/** A session as introspection tells it. */
export interface SessionFacts {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly principal: string
  readonly host: string
  readonly processId: number
  readonly caching: boolean
  readonly sessionLeaseMs: DurationMs
  /** Until its lease runs out at the master. */
  readonly remainingMs: DurationMs
  /** Locks held or waited for, and ephemeral nodes kept alive. */
  readonly engagementCount: number
  readonly cachedKeyCount: number
  readonly subscriptionCount: number
  /** Notices sent or to be sent, and not acknowledged. */
  readonly noticeCount: number
  /** For how long a write has been waiting for this session to acknowledge an invalidation; zero: none is. */
  readonly delaysWritesForMs: DurationMs
}

export interface EndedSession {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly reason: string
  /** The commit index of its end. */
  readonly index: Slot
}

/** A condition of a transaction. One on a path fails, rather than refuses, when there is no such node. */
export type Guard =
  | { readonly kind: "exists"; readonly path: string; readonly exists: boolean }
  | { readonly kind: "counter"; readonly path: string; readonly counter: NodeCounter; readonly equals: number }
  | { readonly kind: "checksum"; readonly path: string; readonly equals: string }
  /** The lock is still held as the sequencer says. The door has verified the signature. */
  | { readonly kind: "lockHeld"; readonly claims: SequencerClaims }
  | { readonly kind: "epoch"; readonly equals: Epoch }

export type NodeCounter = "instance" | "content" | "lock" | "acl"

/** What a transaction may do, in order, each seeing what those before it did. All by path. */
export type TransactionStep = Extract<
  Operation,
  { kind: "open" | "setContents" | "setAcl" | "delete" | "getStat" | "getContentsAndStat" }
>

export type Operation =
  // Sessions.
  /** `nonce`: chosen by the client, so that a retried CreateSession finds the session it has already made. */
  | {
      readonly kind: "createSession"
      readonly clientName: string
      /** Where the client runs, for people who look at locks. */
      readonly host: string
      readonly processId: number
      readonly sessionLeaseMs: DurationMs
      readonly nonce: string
      /** Whether the session may keep a cache. After a fail-over, writes wait until such sessions have been heard. */
      readonly caching: boolean
    }
  /** Parked at the master until the session lease is half over or there is something to say. Acknowledges notices. */
  | { readonly kind: "keepAlive"; readonly seen: NoticesSeen }
  | { readonly kind: "closeSession" }
  /** Asks for events, those after commit index `after` (zero: from now on). The same id again replaces the earlier. */
  | { readonly kind: "subscribe"; readonly subscription: Subscription; readonly after: Slot }
  | { readonly kind: "unsubscribe"; readonly subscriptionId: number }
  /**
   * The first word of a session to a new master, which knows nothing of caches and subscriptions: these are mine, and I
   * know everything through commit index `seenThrough`. What has changed since comes as notices.
   */
  | {
      readonly kind: "resume"
      readonly seenThrough: Slot
      readonly cached: readonly CacheKey[]
      readonly subscriptions: readonly Subscription[]
    }
  /** Sessions after `afterSessionId` in order of id; with the last page come those that ended of late. */
  | { readonly kind: "listSessions"; readonly afterSessionId: SessionId; readonly pageSize: number }
  // Names.
  | {
      readonly kind: "open"
      readonly path: string
      readonly mode: HandleMode
      readonly create: CreateRule
      /** Of the node to create. */
      readonly nodeKind: NodeKind
      readonly ephemeral: boolean
      /** The cell appends a number of at least ten digits to the name, greater than any before in this directory. */
      readonly sequential: boolean
      readonly contents: Uint8Array
      /** What the directory's names don't say. */
      readonly acl: AclChange
    }
  /** Never fails. */
  | { readonly kind: "close"; readonly handle: string }
  | { readonly kind: "getContentsAndStat"; readonly node: NodeRef }
  | { readonly kind: "getStat"; readonly node: NodeRef }
  /**
   * Children in order of name (by UTF-16 code unit), those after `afterName` only, at most `pageSize`. Recursive: the
   * whole subtree, each directory before what lies in it; what the caller may not read is left out with what is below.
   */
  | {
      readonly kind: "readDir"
      readonly node: NodeRef
      readonly afterName: string
      readonly pageSize: number
      readonly recursive: boolean
    }
  /** By path: creates the file if it is missing, unless a generation is given. Zero as generation means "must not exist". */
  | {
      readonly kind: "setContents"
      readonly node: NodeRef
      readonly contents: Uint8Array
      readonly ifContentGeneration?: Generation | undefined
    }
  | { readonly kind: "delete"; readonly node: NodeRef; readonly ifContentGeneration?: Generation | undefined }
  | {
      readonly kind: "setAcl"
      readonly node: NodeRef
      readonly acl: AclChange
      readonly ifAclGeneration?: Generation | undefined
    }
  /** If all guards hold, `then` is done, else `otherwise`; wholly, or (one of its steps is refused) not at all. */
  | {
      readonly kind: "transact"
      readonly guards: readonly Guard[]
      readonly then: readonly TransactionStep[]
      readonly otherwise: readonly TransactionStep[]
    }
  /** Whether `principal` would be allowed this, and why. Changes nothing. */
  | { readonly kind: "checkAccess"; readonly path: string; readonly right: HandleMode; readonly principal: string }
  // Locks. By path: the file is created if it is missing, and the reply carries a handle, which is the holder.
  /**
   * Answered once granted; keeps its place in the queue across fail-overs. `lockDelayMs`: how long the lock stays barred
   * if this holder's session is lost. `waitMs`: how long to wait at most, counted by the master; zero: no limit.
   */
  | {
      readonly kind: "acquire"
      readonly node: NodeRef
      readonly mode: LockMode
      readonly lockDelayMs: DurationMs
      readonly waitMs: DurationMs
    }
  /** Answered at once, with `acquired` telling whether. */
  | { readonly kind: "tryAcquire"; readonly node: NodeRef; readonly mode: LockMode; readonly lockDelayMs: DurationMs }
  /** Takes an unanswered Acquire of this session back. If it has been granted meanwhile, it stays granted. */
  | { readonly kind: "cancelAcquire"; readonly requestNumber: number }
  /** By handle: that handle's hold. By path: every hold of this session on the node. */
  | { readonly kind: "release"; readonly node: NodeRef }
  | { readonly kind: "getLock"; readonly node: NodeRef }
  | { readonly kind: "getSequencer"; readonly node: NodeRef }
  /** The door has verified the signature; the cell says whether the lock is still held at that generation. */
  | { readonly kind: "checkSequencer"; readonly claims: SequencerClaims }
  // Keys.
  /**
   * The next key signs from now on, and a fresh one is published as the next. `revoke`: none of the present keys counts
   * any more, as if they were stolen; sequencers of held locks have to be fetched again.
   */
  | {
      readonly kind: "rotateSigningKeys"
      readonly revoke: boolean
      /** Of two fresh keys. The door draws them, for there are no dice below it: callers know nothing of them. */
      readonly seeds: readonly Uint8Array[]
      /** The cell's own doing, which takes nobody's right. No door says so of a caller's. */
      readonly isScheduled: boolean
    }

export type OperationKind = Operation["kind"]

/** One call. */
export interface Request {
  /** Zero: outside any session. Then nothing protects a retried mutation from taking effect twice. */
  readonly sessionId: SessionId
  /** Counts up from 1 within a session; a retry keeps its number. Zero outside a session. */
  readonly requestNumber: number
  /** Every request of the session up to and including this number has been answered and won't be retried. */
  readonly answeredThrough: number
  /** Except these, in ascending order: calls that may wait for ever must not hold up the memory of all later ones. */
  readonly stillOpen: readonly number[]
  /** The epoch the client believes in; zero: none yet. A newer one than the cell's is refused. */
  readonly epoch: Epoch
  /** Whom the door takes the caller for. Never the caller's word. */
  readonly principal: string
  /** The caller wants to keep what it reads: `Reply.cachable` says whether it may. */
  readonly forCache: boolean
  /** Refuse with SEQUENCER_STALE unless this lock is still held so (the paper's SetSequencer, 2.6). */
  readonly underSequencer: SequencerClaims | undefined
  readonly operation: Operation
}

/** What came of an operation that was not refused. `kind` names the operation. */
export type Answer =
  | { readonly kind: "createSession"; readonly sessionId: SessionId; readonly sessionLeaseMs: DurationMs }
  /** The lease runs for `sessionLeaseMs` from when the reply left; `parkedMs`: how long the master held the call. */
  | {
      readonly kind: "keepAlive"
      readonly sessionLeaseMs: DurationMs
      readonly parkedMs: DurationMs
      /** How long what is cached may be used, counted like the session lease. */
      readonly cacheLeaseMs: DurationMs
      /** The number of the first of `notices`; the others follow. */
      readonly firstNotice: number
      readonly notices: readonly Notice[]
    }
  | { readonly kind: "closeSession" }
  | { readonly kind: "subscribe" }
  | { readonly kind: "unsubscribe" }
  /** The number of the last notice that came of it; zero: none. The cache may be used once that has been taken in. */
  | { readonly kind: "resume"; readonly lastNotice: number }
  | {
      readonly kind: "listSessions"
      readonly sessions: readonly SessionFacts[]
      readonly more: boolean
      readonly ended: readonly EndedSession[]
    }
  | { readonly kind: "open"; readonly handle: string; readonly created: boolean; readonly stat: NodeStat }
  | { readonly kind: "close" }
  | { readonly kind: "getContentsAndStat"; readonly contents: Uint8Array; readonly stat: NodeStat }
  | { readonly kind: "getStat"; readonly stat: NodeStat }
  | {
      readonly kind: "readDir"
      readonly entries: readonly DirectoryEntry[]
      readonly more: boolean
      readonly stat: NodeStat
    }
  | { readonly kind: "setContents"; readonly stat: NodeStat }
  | { readonly kind: "delete" }
  | { readonly kind: "setAcl"; readonly stat: NodeStat }
  /** `guardsHeld`: which list was done; its answers, step by step. */
  | { readonly kind: "transact"; readonly guardsHeld: boolean; readonly answers: readonly StepAnswer[] }
  | { readonly kind: "checkAccess"; readonly allowed: boolean; readonly reason: string }
  | { readonly kind: "acquire"; readonly handle: string; readonly lockGeneration: Generation; readonly stat: NodeStat }
  | {
      readonly kind: "tryAcquire"
      readonly acquired: true
      readonly handle: string
      readonly lockGeneration: Generation
      readonly stat: NodeStat
    }
  | {
      readonly kind: "tryAcquire"
      readonly acquired: false
      readonly holders: readonly LockParty[]
      readonly waiterCount: number
      readonly delay: LockDelay | undefined
    }
  /** `cancelled`: whether the Acquire was still waiting. */
  | { readonly kind: "cancelAcquire"; readonly cancelled: boolean }
  /** `released`: whether anything was held. */
  | { readonly kind: "release"; readonly released: boolean }
  | {
      readonly kind: "getLock"
      readonly lockGeneration: Generation
      readonly holders: readonly LockParty[]
      readonly waiters: readonly LockParty[]
      readonly delay: LockDelay | undefined
    }
  /** Unsigned; the door signs. */
  | { readonly kind: "getSequencer"; readonly claims: SequencerClaims }
  | { readonly kind: "checkSequencer"; readonly valid: boolean; readonly reason: string }
  /** The door tells the keys as they are now. */
  | { readonly kind: "rotateSigningKeys" }

export type StepAnswer = Extract<Answer, { kind: TransactionStep["kind"] }>

export type Outcome = Answer | Refusal

/** What a caller gets back. */
export interface Reply {
  readonly outcome: Outcome
  /** Of the master that answered; zero if none did. */
  readonly epoch: Epoch
  /** The slot whose state this reply reflects. */
  readonly commitIndex: Slot
  /** The caller may keep what it was told, as long as its cache lease lasts, until it is told to forget it. */
  readonly cachable: boolean
}

/** What any replica can answer by itself, from a state that may be behind the cell's. */
export type LocalOperation = Extract<Operation, { kind: "getContentsAndStat" | "getStat" | "readDir" }>

export type LocalReply = Pick<Reply, "outcome" | "commitIndex">

/** How a replica describes itself and what it knows of its cell. */
export interface ReplicaStatus {
  readonly cell: string
  readonly replicaId: ReplicaId
  readonly role: ReplicaRole
  readonly epoch: Epoch
  /** Whom this replica believes to be master; zero: nobody. */
  readonly master: ReplicaId
  /** How many more voting replicas the cell can lose and still serve; as the master sees it, else -1. */
  readonly canLose: number
  readonly chosenThrough: Slot
  readonly appliedThrough: Slot
  readonly firstLogSlot: Slot
  readonly sessionCount: number
  readonly nodeCount: number
  /** Of the whole state at `appliedThrough`, 13 hexadecimal digits. */
  readonly digest: string
}

export type ReplicaRole = "master" | "replica" | "learner"
