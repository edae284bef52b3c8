/**
 * Elections: when to suspect that nobody leads, and the question before the question. A replica that would not be
 * promised to must not disturb those who are served, so a candidate first asks "would you?" (pre-vote) and stands only
 * if a quorum would.
 */
import type { ReplicaId } from "../base/brand.ts"
import { after, type Instant, lengthened } from "../base/instant.ts"
import type { Prng } from "../base/prng.ts"
import { type Ballot, compareBallots, nextBallot } from "./ballot.ts"
import type { Outbox } from "./effects.ts"
import type { PreVoteAnswer } from "./messages.ts"
import { type PaxosSettings, quorum } from "./settings.ts"

interface Poll {
  readonly ballot: Ballot
  readonly grantedBy: Set<ReplicaId>
}

export class Election {
  readonly #settings: PaxosSettings
  readonly #dice: Prng
  #suspectAt: Instant
  #poll: Poll | undefined
  /** The highest round heard of; one's next ballot is above it. */
  #highest: Ballot

  /** `quietUntil`: when a lease that may have been granted before the start runs out. */
  constructor(settings: PaxosSettings, dice: Prng, highest: Ballot, quietUntil: Instant) {
    this.#settings = settings
    this.#dice = dice
    this.#highest = highest
    this.#suspectAt = after(quietUntil, this.#jitter())
  }

  get suspectAt(): Instant {
    return this.#suspectAt
  }

  #jitter(): number {
    return this.#dice.between(1, this.#settings.electionJitterMs)
  }

  noteBallot(ballot: Ballot): void {
    if (compareBallots(ballot, this.#highest) > 0) this.#highest = ballot
  }

  /** The lowest ballot of one's own above all that were heard of. */
  freshBallot(promised: Ballot): Ballot {
    this.noteBallot(promised)
    return nextBallot(this.#highest, this.#settings.self)
  }

  /** Someone leads, or has just been promised to: no suspicion for a lease from now. */
  trust(now: Instant): void {
    const { masterLeaseMs, driftPerMille } = this.#settings
    this.#suspectAt = after(now, lengthened(masterLeaseMs, driftPerMille) + this.#jitter())
    this.#poll = undefined
  }

  /** The leader has said that it leaves: stand soon, unless its chosen successor is quicker. */
  doubt(now: Instant): void {
    this.#suspectAt = after(now, 2 * this.#settings.electionJitterMs + this.#jitter())
  }

  /** Asks everybody "would you?". */
  poll(ballot: Ballot, chosenThrough: number, now: Instant, out: Outbox): void {
    this.#suspectAt = after(now, this.#settings.electionJitterMs + this.#jitter())
    this.#poll = { ballot, grantedBy: new Set() }
    out.trace.push({ kind: "preVoteBegan", ballot })
    for (const to of this.#settings.replicas) out.send.push({ to, message: { kind: "preVote", ballot, chosenThrough } })
  }

  /** Returns the ballot to stand with once a quorum would promise it. */
  onPreVoteAnswer(from: ReplicaId, answer: PreVoteAnswer): Ballot | undefined {
    this.noteBallot(answer.promised)
    const poll = this.#poll
    if (poll === undefined || compareBallots(answer.ballot, poll.ballot) !== 0 || !answer.granted) return undefined
    poll.grantedBy.add(from)
    if (poll.grantedBy.size < quorum(this.#settings)) return undefined
    this.#poll = undefined
    return poll.ballot
  }
}
