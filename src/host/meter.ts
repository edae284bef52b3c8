/**
 * Who watches the host at work, for metrics. Called on the way of every turn and every commit, so it should cost next to
 * nothing; what need not be watched can be read whenever somebody wants to know it, from `HostMeasures`.
 */
import type { ReplicaId } from "../base/brand.ts"
import type { ReplicaMeasures } from "../replica/measures.ts"
import type { TraceEvent } from "../replica/effects.ts"

export interface Meter {
  /** A turn has taken so many inputs at once. */
  onTurn(inputCount: number): void
  onTrace(event: TraceEvent): void
  /** One commit is on stable storage. */
  onCommit(commit: MeasuredCommit): void
}

export interface MeasuredCommit {
  readonly writeCount: number
  /** Of keys and values. */
  readonly bytes: number
  readonly tookMs: number
}

export interface HostMeasures extends ReplicaMeasures {
  /** Calls that have not been answered: waiting for the log, for a lock, or parked. */
  readonly outstandingCalls: number
  /** Requests that the next turn will take. */
  readonly waitingRequests: number
  readonly reachableReplicas: readonly ReplicaId[]
}
