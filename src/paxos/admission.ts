/**
 * How a replica that has lost its records gets its vote back. It may have promised and accepted what it no longer knows,
 * so any vote of its own could contradict an earlier one (Paxos Made Live, 5.1). The leader therefore begins a new
 * ballot for it:
 *
 * 1. A majority *without the rejoining replica* promises that ballot and remembers that earlier votes of the rejoining
 *    one are void. So no lower ballot can be completed any more, neither with its old votes nor with new ones, and no
 *    higher one can count its old promises: any quorum for it includes someone who knows better.
 * 2. The leader finishes everything that may have been chosen in lower ballots, through slot `through`.
 * 3. The replica votes from that ballot on, as soon as it has learned everything through that slot. It has been told whose
 *    earlier votes are void, since it may have been among those who knew.
 *
 * The idea of incarnations that void older votes is that of crash vectors (Michael, Ports, Sharma and Szekeres,
 * "Recovering Shared Objects Without Stable Storage", DISC 2017).
 */
import type { ReplicaId } from "../base/brand.ts"
import { type Ballot, compareBallots } from "./ballot.ts"
import type { Acceptor } from "./acceptor.ts"
import type { Outbox } from "./effects.ts"
import type { Instant } from "../base/instant.ts"
import type { Log } from "./log.ts"
import type { Admitted, Incarnation } from "./messages.ts"

/**
 * The leader's side: whom the present reign admits. The incarnation is numbered one above the round of the reign that was
 * asked, not of the new ballot: that one may be far above all that later leaders use. Were such a ballot to fail, whoever
 * has promised it would hold the votes of every later incarnation for void.
 */
export interface Admission {
  readonly incarnation: Incarnation
  readonly nonce: number
}

/** The learner's side. */
export class Rejoining {
  readonly #nonce: number
  #granted: Admitted | undefined

  /** `nonce`: drawn anew by every process, so that an answer meant for an earlier one is not taken. */
  constructor(nonce: number) {
    this.#nonce = nonce
  }

  /** Answers a leader's heartbeat. */
  ask(leader: ReplicaId, ballot: Ballot, out: Outbox): void {
    if (this.#granted !== undefined) return
    out.send.push({ to: leader, message: { kind: "rejoin", ballot, nonce: this.#nonce } })
  }

  /**
   * `promised`: the highest ballot heard of. A leader of a later reign has been asked as well and may be about to void
   * what was voted under this admission, so only the latest counts.
   */
  onAdmitted(message: Admitted, promised: Ballot): void {
    if (message.nonce !== this.#nonce || compareBallots(message.ballot, promised) < 0) return
    this.#granted = message
  }

  /** Takes the vote back as soon as everything is known that lower ballots may have chosen. */
  complete(acceptor: Acceptor, log: Log, now: Instant, out: Outbox): void {
    if (this.#granted === undefined || log.chosenThrough < this.#granted.through) return
    acceptor.admit(this.#granted, now, out)
  }
}
