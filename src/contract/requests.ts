/**
 * Every operation a cell serves, with its request and its reply. All doors (stream, unary gRPC, HTTP) translate to and
 * from these; nothing below a door knows which one a request came through. Call names are the paper's (2.6).
 */
import type { DurationMs } from "../base/instant.ts"
import type { Epoch, Generation, Instance, ReplicaId, SessionId, Slot } from "../base/brand.ts"
import type { Refusal } from "./errors.ts"
import type { LockMode } from "./lock-mode.ts"
import type { SequencerClaims } from "./sequencer.ts"

/** The node meant: by name, or by a handle that Open gave out (which fails once that instance was deleted). */
export type NodeRef =
  { readonly kind: "path"; readonly path: string } | { readonly kind: "handle"; readonly handle: string }

/** What a handle may be used for, fixed at Open. */
export type HandleMode = "read" | "write"

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
  /** Raised when the lock goes from free to held. */
  readonly lockGeneration: Generation
  readonly aclGeneration: Generation
  /** 16 hexadecimal digits over the contents, so that readers can compare without fetching. */
  readonly checksum: string
  /** Bytes of contents; zero for a directory. */
  readonly size: number
  readonly childCount: number
}

export interface DirectoryEntry {
  readonly name: string
  readonly stat: NodeStat
}

/** Who holds or waits for a lock, as introspection tells it. */
export interface LockParty {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly mode: LockMode
}

export type Operation =
  // Sessions.
  /** `nonce`: chosen by the client, so that a retried CreateSession finds the session it has already made. */
  | {
      readonly kind: "createSession"
      readonly clientName: string
      readonly sessionLeaseMs: DurationMs
      readonly nonce: string
    }
  /** Parked at the master until the session lease is half over or there is something to say. */
  | { readonly kind: "keepAlive" }
  | { readonly kind: "closeSession" }
  // Names.
  | {
      readonly kind: "open"
      readonly path: string
      readonly mode: HandleMode
      readonly create: CreateRule
      /** Of the node to create. */
      readonly nodeKind: NodeKind
      readonly ephemeral: boolean
      readonly contents: Uint8Array
    }
  /** Never fails. */
  | { readonly kind: "close"; readonly handle: string }
  | { readonly kind: "getContentsAndStat"; readonly node: NodeRef }
  | { readonly kind: "getStat"; readonly node: NodeRef }
  /** Children in order of name (by UTF-16 code unit), those after `afterName` only, at most `pageSize`. */
  | { readonly kind: "readDir"; readonly node: NodeRef; readonly afterName: string; readonly pageSize: number }
  /** By path: creates the file if it is missing, unless a generation is given. Zero as generation means "must not exist". */
  | {
      readonly kind: "setContents"
      readonly node: NodeRef
      readonly contents: Uint8Array
      readonly ifContentGeneration?: Generation | undefined
    }
  | { readonly kind: "delete"; readonly node: NodeRef; readonly ifContentGeneration?: Generation | undefined }
  // Locks. By path: the file is created if it is missing, and the reply carries a handle, which is the holder.
  /** Answered once granted; keeps its place in the queue across fail-overs. */
  | { readonly kind: "acquire"; readonly node: NodeRef; readonly mode: LockMode }
  /** Answered at once, with `acquired` telling whether. */
  | { readonly kind: "tryAcquire"; readonly node: NodeRef; readonly mode: LockMode }
  /** Takes an unanswered Acquire of this session back. If it has been granted meanwhile, it stays granted. */
  | { readonly kind: "cancelAcquire"; readonly requestNumber: number }
  /** By handle: that handle's hold. By path: every hold of this session on the node. */
  | { readonly kind: "release"; readonly node: NodeRef }
  | { readonly kind: "getLock"; readonly node: NodeRef }
  | { readonly kind: "getSequencer"; readonly node: NodeRef }
  /** The door has verified the signature; the cell says whether the lock is still held at that generation. */
  | { readonly kind: "checkSequencer"; readonly claims: SequencerClaims }

export type OperationKind = Operation["kind"]

/** One call. */
export interface Request {
  /** Zero: outside any session. Then nothing protects a retried mutation from taking effect twice. */
  readonly sessionId: SessionId
  /** Counts up from 1 within a session; a retry keeps its number. Zero outside a session. */
  readonly requestNumber: number
  /** Every request of the session up to and including this number has been answered and won't be retried. */
  readonly answeredThrough: number
  /** The epoch the client believes in; zero: none yet. A newer one than the cell's is refused. */
  readonly epoch: Epoch
  readonly operation: Operation
}

/** What came of an operation that was not refused. `kind` names the operation. */
export type Answer =
  | { readonly kind: "createSession"; readonly sessionId: SessionId; readonly sessionLeaseMs: DurationMs }
  /** The lease runs for `sessionLeaseMs` from when the reply left; `parkedMs`: how long the master held the call. */
  | { readonly kind: "keepAlive"; readonly sessionLeaseMs: DurationMs; readonly parkedMs: DurationMs }
  | { readonly kind: "closeSession" }
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
  | { readonly kind: "acquire"; readonly handle: string; readonly lockGeneration: Generation; readonly stat: NodeStat }
  | {
      readonly kind: "tryAcquire"
      readonly acquired: true
      readonly handle: string
      readonly lockGeneration: Generation
      readonly stat: NodeStat
    }
  | { readonly kind: "tryAcquire"; readonly acquired: false; readonly holders: readonly LockParty[] }
  /** `cancelled`: whether the Acquire was still waiting. */
  | { readonly kind: "cancelAcquire"; readonly cancelled: boolean }
  /** `released`: whether anything was held. */
  | { readonly kind: "release"; readonly released: boolean }
  | {
      readonly kind: "getLock"
      readonly lockGeneration: Generation
      readonly holders: readonly LockParty[]
      readonly waiters: readonly LockParty[]
    }
  /** Unsigned; the door signs. */
  | { readonly kind: "getSequencer"; readonly claims: SequencerClaims }
  | { readonly kind: "checkSequencer"; readonly valid: boolean; readonly reason: string }

export type Outcome = Answer | Refusal

/** What a caller gets back. */
export interface Reply {
  readonly outcome: Outcome
  /** Of the master that answered; zero if none did. */
  readonly epoch: Epoch
  /** The slot whose state this reply reflects. */
  readonly commitIndex: Slot
}

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
