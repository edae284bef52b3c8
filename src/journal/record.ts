/**
 * The kinds of records a replica makes durable, and the primitive writes and entries they become on a disk, which is an
 * ordered map from keys to sealed bytes. All writes of a turn go into one commit.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"

/** A ballot as it is stored: the same shape as that of Paxos, of which this floor knows nothing. */
export interface StoredBallot {
  readonly round: number
  readonly replicaId: ReplicaId
}

/** Votes that `replicaId` cast in an incarnation of a lower `round` count no longer. */
export interface StoredIncarnation {
  readonly replicaId: ReplicaId
  readonly round: number
}

export interface Identity {
  /** Random, drawn when the cell was founded. */
  readonly cellId: string
  /** The `<cell>` of `/ls/<cell>/...`. */
  readonly cellName: string
  readonly replicaId: ReplicaId
  /** Whether it votes. A replica that lost its records is a learner until it is safe for it to vote. */
  readonly voting: boolean
  /** Raised each time that this replica is admitted after it had lost its records; zero at birth. */
  readonly incarnation: number
}

export interface StoredPromise {
  readonly ballot: StoredBallot
  readonly incarnations: readonly StoredIncarnation[]
}

export interface StoredAccept {
  readonly ballot: StoredBallot
  readonly value: Uint8Array
}

/** How far the stored state reaches, with its digest: state entries that are stale or missing don't add up to it. */
export interface Progress {
  readonly appliedThrough: Slot
  readonly digest: number
}

export interface StateEntry {
  readonly key: string
  readonly payload: Uint8Array
}

export type JournalRecord =
  /** Written at a replica's birth, and again when it gains or loses its vote. */
  | { readonly kind: "identity"; readonly identity: Identity }
  | ({ readonly kind: "promised" } & StoredPromise)
  | ({ readonly kind: "accepted"; readonly slot: Slot } & StoredAccept)
  /** In the same commit as the state entries it stands for. */
  | ({ readonly kind: "progress" } & Progress)
  /** Log slots from `from` to `through` are no longer needed. */
  | { readonly kind: "trimmed"; readonly from: Slot; readonly through: Slot }
  /** An entry of the replicated state; without payload: the entry is gone. */
  | { readonly kind: "state"; readonly key: string; readonly payload: Uint8Array | undefined }
  /** All state entries go; those of a snapshot follow. */
  | { readonly kind: "stateCleared" }
  /** All log slots go. */
  | { readonly kind: "logCleared" }

export type DiskWrite =
  | { readonly kind: "put"; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: "remove"; readonly key: string }
  /** Removes every key that begins with `prefix`. */
  | { readonly kind: "removeAll"; readonly prefix: string }

export interface DiskEntry {
  readonly key: string
  readonly value: Uint8Array
}
