/**
 * The leader's side of the master lease: the span in which it may be sure that nobody else has been elected.
 * Every answer to an accept or heartbeat grants the lease anew, counted from when the leader *sent* the message and
 * shortened by the drift bound; the granters count from when they received it, lengthened by the bound. So the leader's
 * lease ends before the first of the promises it rests on does.
 */
import type { ReplicaId } from "../base/brand.ts"
import { after, type Instant, shortened } from "../base/instant.ts"
import { type PaxosSettings, quorum } from "./settings.ts"

export class MasterLease {
  readonly #settings: PaxosSettings
  readonly #grantedFrom = new Map<ReplicaId, Instant>()
  #until: Instant = 0

  constructor(settings: PaxosSettings) {
    this.#settings = settings
  }

  /** The leader holds the lease before this instant, and not from it on. */
  get until(): Instant {
    return this.#until
  }

  /** `replicaId` answered a message that was sent at `sentAt` on this clock. */
  grant(replicaId: ReplicaId, sentAt: Instant): void {
    const earlier = this.#grantedFrom.get(replicaId)
    if (earlier !== undefined && earlier >= sentAt) return
    this.#grantedFrom.set(replicaId, sentAt)
    const latestFirst = [...this.#grantedFrom.values()].sort((left, right) => right - left)
    const weakest = latestFirst[quorum(this.#settings) - 1]
    if (weakest === undefined) return
    this.#until = after(weakest, shortened(this.#settings.masterLeaseMs, this.#settings.driftPerMille))
  }

  /** Replicas, other than `except`, that have granted within the last lease. */
  presentGranters(now: Instant, except: ReplicaId): number {
    let count = 0
    for (const [replicaId, sentAt] of this.#grantedFrom) {
      if (replicaId !== except && sentAt + this.#settings.masterLeaseMs > now) count += 1
    }
    return count
  }
}
