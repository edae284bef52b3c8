/**
 * The acceptor: the memory of the cell. It promises ballots and accepts values, never goes back on either, and answers
 * only once what it answers would survive a crash (`sendAfterSync`). Beside votes it grants *master leases*: who has
 * answered a leader elects nobody else for a while, so that the leader may read locally (Paxos Made Live, 5.2).
 */
import { assert } from "../base/assert.ts"
import type { ReplicaId, Slot } from "../base/brand.ts"
import { after, type Instant, lengthened } from "../base/instant.ts"
import { type Ballot, compareBallots, noBallot } from "./ballot.ts"
import type { Outbox } from "./effects.ts"
import type { Log } from "./log.ts"
import type { Accept, Admitted, Heartbeat, Incarnation, PreVote, Prepare, Promised } from "./messages.ts"
import type { PaxosSettings } from "./settings.ts"

export interface AcceptorMemory {
  readonly promised: Ballot
  readonly incarnations: readonly Incarnation[]
  /** Of this replica itself: raised each time that it is admitted after a loss of records; zero at birth. */
  readonly incarnation: number
  /** False: this replica has lost records, and any vote might contradict one it has forgotten. */
  readonly voting: boolean
}

export class Acceptor {
  readonly #settings: PaxosSettings
  readonly #log: Log
  #promised: Ballot
  #incarnation: number
  readonly #incarnations: Map<ReplicaId, number>
  #voting: boolean
  /** Until when nobody but the owner of `ballot` is elected. */
  #masterLease: { readonly ballot: Ballot; readonly until: Instant }

  constructor(settings: PaxosSettings, log: Log, memory: AcceptorMemory, now: Instant) {
    this.#settings = settings
    this.#log = log
    this.#promised = memory.promised
    this.#incarnation = memory.incarnation
    this.#incarnations = new Map(memory.incarnations.map(({ replicaId, round }) => [replicaId, round]))
    this.#voting = memory.voting
    // A process that has just started may have granted a lease that it no longer remembers, though only to the owner
    // of the ballot on its disk. So it behaves as if it had granted one this instant. At birth there is nothing to forget.
    const newborn = compareBallots(memory.promised, noBallot) === 0
    this.#masterLease = { ballot: memory.promised, until: newborn ? now : this.#leaseEnd(now) }
  }

  get promised(): Ballot {
    return this.#promised
  }

  get voting(): boolean {
    return this.#voting
  }

  /** Until then only the owner of the last granted lease gets a promise. */
  get leaseUntil(): Instant {
    return this.#masterLease.until
  }

  #leaseEnd(now: Instant): Instant {
    return after(now, lengthened(this.#settings.masterLeaseMs, this.#settings.driftPerMille))
  }

  #leaseForbids(candidate: ReplicaId, now: Instant): boolean {
    return now < this.#masterLease.until && this.#masterLease.ballot.replicaId !== candidate
  }

  /** Why this acceptor would not promise, if it would not. */
  objection({ ballot, chosenThrough }: PreVote, now: Instant): "lease" | "ballot" | "behind" | undefined {
    if (this.#leaseForbids(ballot.replicaId, now)) return "lease"
    if (compareBallots(ballot, this.#promised) <= 0) return "ballot"
    // A candidate far behind could be elected safely, but nobody would be served until it has caught up.
    if (this.#log.chosenThrough > chosenThrough + this.#settings.windowSlots) return "behind"
    return undefined
  }

  /** Phase 1b: promise to ignore lower ballots, and tell what was accepted. Returns whether it promised. */
  prepare(message: Prepare, now: Instant, out: Outbox): boolean {
    const { ballot, chosenThrough, admits } = message
    const candidate = ballot.replicaId
    if (!this.#voting) {
      out.trace.push({ kind: "prepareIgnored", candidate, reason: "learner" })
      return false
    }
    if (this.#leaseForbids(candidate, now)) {
      out.trace.push({ kind: "prepareIgnored", candidate, reason: "lease" })
      return false
    }
    if (compareBallots(ballot, this.#promised) < 0) {
      out.send.push({ to: candidate, message: { kind: "nack", ballot, promised: this.#promised } })
      return false
    }
    this.#promised = ballot
    // From here on this acceptor testifies that earlier votes of the admitted replica count no longer.
    if (admits !== undefined) this.#remember(admits)
    const incarnations = this.#knownIncarnations()
    out.records.push({ kind: "promised", ballot, incarnations })
    out.trace.push({ kind: "promised", ballot })
    const promise: Promised = {
      kind: "promise",
      ballot,
      chosenThrough: this.#log.chosenThrough,
      accepted: this.#log.acceptedAbove(Math.max(this.#log.chosenThrough, chosenThrough)),
      incarnation: this.#incarnation,
      incarnations,
    }
    out.sendAfterSync.push({ to: candidate, message: promise })
    return true
  }

  /** Phase 2b. Returns whether the sender's ballot is still good here. */
  accept(message: Accept, now: Instant, out: Outbox): boolean {
    const { ballot, slot, value, sentAt } = message
    if (!this.#follows(ballot, now, out)) return false
    if (slot > this.#log.chosenThrough) {
      // Someone this far behind learns slots by fetching; what it holds, and reports in a promise, stays bounded.
      if (this.#isTooFarAhead(slot)) {
        out.trace.push({ kind: "acceptIgnored", slot })
        return true
      }
      this.#log.accept({ slot, ballot, value }, out)
    }
    // A slot known to be chosen can only be proposed with the chosen value: "accepted" is true, whatever the ballot.
    if (this.#voting) {
      const answer = { kind: "accepted", ballot, slot, sentAt } as const
      out.sendAfterSync.push({ to: ballot.replicaId, message: answer })
    }
    return true
  }

  /**
   * The first open slot is taken in any case, and so is one that holds a value already: were all acceptors full, a new
   * leader could otherwise never finish what they hold, and nothing would ever be chosen again.
   */
  #isTooFarAhead(slot: Slot): boolean {
    const { windowSlots, windowBytes } = this.#settings
    const ahead = slot - this.#log.chosenThrough
    if (ahead > 4 * windowSlots) return true
    return ahead > 1 && !this.#log.has(slot) && this.#log.openBytes > 4 * windowBytes
  }

  heartbeat({ ballot, sentAt }: Heartbeat, now: Instant, out: Outbox): boolean {
    if (!this.#follows(ballot, now, out)) return false
    if (this.#voting) {
      const answer = { kind: "heartbeatAnswer", ballot, sentAt, chosenThrough: this.#log.chosenThrough } as const
      out.sendAfterSync.push({ to: ballot.replicaId, message: answer })
    }
    return true
  }

  /** The leader of `ballot` has renounced: the lease granted to it binds no more. */
  releaseLease(ballot: Ballot, now: Instant): void {
    const { ballot: granted } = this.#masterLease
    if (granted.replicaId !== ballot.replicaId || compareBallots(granted, ballot) > 0) return
    this.#masterLease = { ballot: granted, until: now }
  }

  /**
   * This replica votes again. It is safe from `ballot` on, which was promised by a majority that did not count this
   * replica, and because everything that it may have helped to choose in lower ballots is chosen and known (admission.ts).
   */
  admit({ ballot, incarnations }: Pick<Admitted, "ballot" | "incarnations">, now: Instant, out: Outbox): void {
    assert(!this.#voting, "only a learner is admitted")
    if (compareBallots(ballot, this.#promised) > 0) this.#promised = ballot
    for (const incarnation of incarnations) this.#remember(incarnation)
    this.#incarnation = this.#incarnations.get(this.#settings.self) ?? 0
    this.#voting = true
    this.#masterLease = { ballot: this.#promised, until: this.#leaseEnd(now) }
    out.records.push({ kind: "promised", ballot: this.#promised, incarnations: this.#knownIncarnations() })
    out.records.push({ kind: "admitted", incarnation: this.#incarnation })
    out.trace.push({ kind: "votingAgain", incarnation: this.#incarnation })
  }

  /** A leader spoke: raise the promise to its ballot and grant it a lease, or tell it that it was superseded. */
  #follows(ballot: Ballot, now: Instant, out: Outbox): boolean {
    const order = compareBallots(ballot, this.#promised)
    if (order < 0) {
      out.send.push({ to: ballot.replicaId, message: { kind: "nack", ballot, promised: this.#promised } })
      return false
    }
    if (order > 0) {
      this.#promised = ballot
      out.records.push({ kind: "promised", ballot, incarnations: this.#knownIncarnations() })
    }
    this.#masterLease = { ballot, until: this.#leaseEnd(now) }
    return true
  }

  #remember({ replicaId, round }: Incarnation): void {
    this.#incarnations.set(replicaId, Math.max(round, this.#incarnations.get(replicaId) ?? 0))
  }

  #knownIncarnations(): Incarnation[] {
    return [...this.#incarnations]
      .map(([replicaId, round]) => ({ replicaId, round }))
      .sort((left, right) => left.replicaId - right.replicaId)
  }
}
