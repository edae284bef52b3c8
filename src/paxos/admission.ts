/**
 * How a replica that has lost its records gets its vote back. It may have promised and accepted what it no longer knows,
 * so any vote of its own could contradict an earlier one (Paxos Made Live, 5.1). The leader therefore begins a new
 * ballot for it:
 *
 * 1. A majority *without the rejoining replica* promises that ballot and remembers that earlier votes of the rejoining
 *    one are void. So no lower ballot can be completed any more, neither with its old votes nor with new ones, and no
 *    higher one can count its old promises: any quorum for it includes someone who knows better.
 * 2. The leader finishes everything that may have been chosen in lower ballots, through slot `through`.
 * 3. The replica votes from that ballot on, as soon as it has learned everything through that slot.
 *
 * The idea of incarnations that void older votes is that of crash vectors (Michael, Ports, Sharma and Szekeres,
 * "Recovering Shared Objects Without Stable Storage", DISC 2017).
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import type { Ballot } from "./ballot.ts"
import type { Acceptor } from "./acceptor.ts"
import type { Outbox } from "./effects.ts"
import type { Instant } from "../base/instant.ts"
import type { Log } from "./log.ts"
import type { Admitted } from "./messages.ts"

/** The leader's side: whom the present reign admits. */
export interface Admission {
  readonly replicaId: ReplicaId
  readonly nonce: number
}

/** The learner's side. */
export class Rejoining {
  readonly #nonce: number
  #granted: { readonly ballot: Ballot; readonly through: Slot } | undefined

  /** `nonce`: drawn anew by every process, so that an answer meant for an earlier one is not taken. */
  constructor(nonce: number) {
    this.#nonce = nonce
  }

  /** Answers a leader's heartbeat. */
  ask(leader: ReplicaId, ballot: Ballot, out: Outbox): void {
    if (this.#granted !== undefined) return
    out.send.push({ to: leader, message: { kind: "rejoin", ballot, nonce: this.#nonce } })
  }

  onAdmitted({ ballot, nonce, through }: Admitted): void {
    if (nonce === this.#nonce) this.#granted = { ballot, through }
  }

  /** Takes the vote back as soon as everything is known that lower ballots may have chosen. */
  complete(acceptor: Acceptor, log: Log, now: Instant, out: Outbox): void {
    if (this.#granted === undefined || log.chosenThrough < this.#granted.through) return
    acceptor.admit(this.#granted.ballot, now, out)
  }
}
