/**
 * The learner: finds out what was chosen, from what the leader says or by fetching it from a replica that knows.
 * A value accepted here counts as chosen only if it was accepted in the ballot of the leader that says so; an older
 * one may have been replaced elsewhere.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import { after, type Instant } from "../base/instant.ts"
import type { Ballot } from "./ballot.ts"
import type { Outbox } from "./effects.ts"
import type { Log } from "./log.ts"
import type { Chosen, Fetch } from "./messages.ts"
import type { PaxosSettings } from "./settings.ts"

export class Learner {
  readonly #settings: PaxosSettings
  readonly #log: Log
  #fetch: { readonly from: ReplicaId; readonly until: Instant } | undefined

  constructor(settings: PaxosSettings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  /** The leader of `ballot` says that everything through `through` is chosen. */
  hear(from: ReplicaId, ballot: Ballot, through: Slot, now: Instant, out: Outbox): void {
    while (this.#log.chosenThrough < through && this.#log.isAcceptedIn(this.#log.chosenThrough + 1, ballot)) {
      this.#log.choose(this.#log.chosenThrough + 1, out)
    }
    this.seek(from, through, now, out)
  }

  /** `from` knows everything through `through`: ask for what is missing here, one question at a time. */
  seek(from: ReplicaId, through: Slot, now: Instant, out: Outbox): void {
    if (this.#log.chosenThrough >= through || from === this.#settings.self) return
    if (this.#fetch !== undefined && now < this.#fetch.until) return
    this.#ask(from, now, out)
  }

  #ask(from: ReplicaId, now: Instant, out: Outbox): void {
    this.#fetch = { from, until: after(now, this.#settings.masterLeaseMs) }
    out.trace.push({ kind: "fetchBegan", from, above: this.#log.chosenThrough })
    out.send.push({ to: from, message: { kind: "fetch", above: this.#log.chosenThrough } })
  }

  answer(from: ReplicaId, { above }: Fetch, out: Outbox): void {
    const values = this.#log.chosenAbove(above, this.#settings.fetchBytes)
    const { chosenThrough, firstSlot } = this.#log
    out.send.push({ to: from, message: { kind: "chosen", above, values, chosenThrough, firstSlot } })
    out.trace.push({ kind: "fetchAnswered", to: from, count: values.length })
  }

  learn(from: ReplicaId, message: Chosen, now: Instant, out: Outbox): void {
    let slot = message.above
    for (const value of message.values) {
      slot += 1
      if (slot === this.#log.chosenThrough + 1) this.#log.learn({ slot, value }, out)
    }
    if (this.#fetch?.from !== from) return
    this.#fetch = undefined
    if (this.#log.chosenThrough >= message.chosenThrough) return
    if (message.firstSlot > this.#log.chosenThrough + 1) out.snapshotNeededFrom = from
    else this.#ask(from, now, out)
  }
}
