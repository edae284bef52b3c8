/**
 * What goes into a replica and what comes out of it. A turn takes the inputs at hand and returns one `Effects`; the
 * order of safety is in its shape: `sendAfterSync` may leave only once `journal` is on stable storage, and the host
 * empties that list nowhere but in the callback of the disk.
 */
import type { Epoch, Instance, ReplicaId, SessionId, Slot } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import type { CacheKey } from "../contract/cache-key.ts"
import type { Reply, Request } from "../contract/requests.ts"
import type { JournalRecord, StateEntry } from "../journal/record.ts"
import type { PaxosTrace } from "../paxos/effects.ts"
import type { PeerMessage } from "./peer-messages.ts"

export type Input =
  | { readonly kind: "message"; readonly from: ReplicaId; readonly message: PeerMessage }
  /** `ticket` names the caller in the reply; the host draws them, never twice. */
  | { readonly kind: "request"; readonly ticket: number; readonly request: Request }
  /** The caller no longer waits for this ticket. What it asked for may still happen. */
  | { readonly kind: "abandon"; readonly ticket: number }
  | { readonly kind: "tick" }
  /** Give the mastership to an up-to-date replica: the process is about to stop. */
  | { readonly kind: "handOver" }
  /** A piece of a snapshot that an earlier `snapshotReads` asked for. */
  | { readonly kind: "snapshotRead"; readonly piece: SnapshotPiece }

/** `to` may be this very replica; the message then comes back as an input, under the same conditions. */
export interface Envelope {
  readonly to: ReplicaId
  readonly message: PeerMessage
}

export interface TicketReply {
  readonly ticket: number
  readonly reply: Reply
  /** True for answers that hold only while the master lease does: look at the clock before sending. */
  readonly underLease: boolean
}

/** Please read on in the snapshot that `to` is fetching (open a new one for `cursor` ""). */
export interface SnapshotRead {
  readonly to: ReplicaId
  /** Names the transfer: drawn by the fetching replica. */
  readonly transfer: number
  /** The key of the last entry sent so far; "" at the beginning. */
  readonly cursor: string
  readonly bytesMax: number
}

/** What was read for it: entries of the state (key and payload, without seal), in order of key. */
export interface SnapshotPiece {
  readonly to: ReplicaId
  readonly transfer: number
  /** The cursor of the `SnapshotRead`. */
  readonly after: string
  readonly entries: readonly StateEntry[]
  /** The key of the last of `entries`. */
  readonly cursor: string
  readonly last: boolean
  /** The slot whose state this is, from the snapshot's progress record. The same in all pieces of a transfer. */
  readonly appliedThrough: Slot
}

export interface Effects {
  /** Made durable in this order, all of it or nothing. */
  readonly journal: readonly JournalRecord[]
  readonly sendAfterSync: readonly Envelope[]
  readonly send: readonly Envelope[]
  readonly replies: readonly TicketReply[]
  /** Replies marked `underLease` may leave before this instant only. */
  readonly leaseUntil: Instant
  readonly snapshotReads: readonly SnapshotRead[]
  /** The replica wants a tick at this instant, at the latest. */
  readonly wakeAt: Instant
  readonly trace: readonly TraceEvent[]
  /**
   * Set when this replica must not go on with the state it has. The host makes `journal` durable (it says that the
   * replica has no vote and no state any more), does nothing else of this turn, and stops the process.
   */
  readonly quarantine: string | undefined
}

export type TraceEvent =
  | PaxosTrace
  | { readonly kind: "applied"; readonly through: Slot }
  | { readonly kind: "becameMaster"; readonly epoch: Epoch }
  | { readonly kind: "ceasedToBeMaster"; readonly epoch: Epoch }
  | { readonly kind: "sessionExpiryProposed"; readonly sessionId: SessionId }
  | { readonly kind: "sessionEnded"; readonly sessionId: SessionId; readonly reason: string }
  /** A mutation was taken in that touches these keys; these sessions may have them in their caches. */
  | { readonly kind: "invalidationSent"; readonly keys: readonly CacheKey[]; readonly sessions: readonly SessionId[] }
  /** Writes waited for a session to forget something; it was the last one. */
  | { readonly kind: "writeWaitedFor"; readonly sessionId: SessionId; readonly waitedMs: DurationMs }
  | { readonly kind: "sessionResumed"; readonly sessionId: SessionId; readonly resynced: boolean }
  | { readonly kind: "leaseFloorProposed"; readonly sessionLeaseMs: DurationMs }
  | { readonly kind: "lockDelayEndProposed"; readonly instance: Instance; readonly since: Slot }
  | { readonly kind: "waitEndProposed"; readonly sessionId: SessionId; readonly requestNumber: number }
  | { readonly kind: "snapshotFetchBegan"; readonly from: ReplicaId }
  | { readonly kind: "snapshotFetchFailed"; readonly from: ReplicaId }
  | { readonly kind: "snapshotInstalled"; readonly appliedThrough: Slot; readonly entryCount: number }
  | { readonly kind: "digestAttested"; readonly slot: Slot }
  | { readonly kind: "digestDisagreed"; readonly slot: Slot }
