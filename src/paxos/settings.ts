/** What a replica's Paxos must be told. Equal on all replicas of a cell, but for `self`. */
import type { ReplicaId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"

export interface PaxosSettings {
  readonly self: ReplicaId
  /** Every member of the cell, `self` included. */
  readonly replicas: readonly ReplicaId[]
  readonly heartbeatMs: DurationMs
  /** For how long an acceptor that hears from a leader elects nobody else. */
  readonly masterLeaseMs: DurationMs
  /** Candidates wait up to this long after the lease has run out, so that seldom two stand at once. */
  readonly electionJitterMs: DurationMs
  /** By how much the rates of two clocks may differ. */
  readonly driftPerMille: number
  /** Slots that may be proposed and not yet chosen. */
  readonly windowSlots: number
  /**
   * Bytes of such slots, after which no further one is proposed. A promise reports no more than four times as much, and
   * one value: it must fit in a frame, or nobody could be elected.
   */
  readonly windowBytes: number
  /** Chosen slots that are kept for replicas that lag; one further behind fetches a snapshot. */
  readonly retainedSlots: number
  readonly retainedBytes: number
  /** Size of one answer to a fetch. */
  readonly fetchBytes: number
}

export function quorum(settings: PaxosSettings): number {
  return Math.floor(settings.replicas.length / 2) + 1
}
