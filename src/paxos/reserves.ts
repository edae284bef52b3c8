/**
 * Whom a leader asks, and whom only later. A slot is chosen by a quorum; to ask all followers at once has every disk and
 * processor of the cell work on each slot by itself, though the last answers change nothing. So the leader asks those
 * who answered soonest, as many as a quorum needs, and holds the accepts for the others, the *reserves*, back for a
 * moment: they get many at a time, for one frame and one commit. (Moraru, Andersen and Kaminsky, "There Is More Consensus
 * in Egalitarian Parliaments", SOSP 2013, call it thrifty.)
 *
 * For safety it is nothing but a slow network. And when one who was asked fails, the reserves are about to be told anyway.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import { after, type Instant, never } from "../base/instant.ts"
import type { PaxosEnvelope } from "./effects.ts"
import type { Accept } from "./messages.ts"
import { type PaxosSettings, quorum } from "./settings.ts"

/** How long a reserve waits for an accept, at most. */
const heldBackMs = 10
/** Every so many slots everybody is asked at once, to see who answers soonest by now. */
const slotsPerTrial = 128
/** One who was asked and has had no part in so many slots, one after the other, is too slow, or gone. */
const missedSlotsMax = 4

export class Reserves {
  readonly #settings: PaxosSettings
  #reserves: readonly ReplicaId[] = []
  readonly #heldBack: Accept[] = []
  #heldBackBytes = 0
  #dueAt: Instant = never
  /** Chosen in a row without one of those who were asked. */
  #missedSlots = 0

  constructor(settings: PaxosSettings) {
    this.#settings = settings
  }

  /** When the reserves are to be told. */
  get dueAt(): Instant {
    return this.#dueAt
  }

  /** Sends `accept` to all that are to be asked now. */
  ask(accept: Accept, envelopes: PaxosEnvelope[]): void {
    const { replicas, windowSlots, windowBytes } = this.#settings
    for (const to of replicas) if (!this.#reserves.includes(to)) envelopes.push({ to, message: accept })
    if (this.#reserves.length === 0) return
    if (this.#heldBack.length === 0) this.#dueAt = after(accept.sentAt, heldBackMs)
    this.#heldBack.push(accept)
    this.#heldBackBytes += accept.value.length
    const isMuch = this.#heldBack.length > windowSlots / 4 || this.#heldBackBytes > windowBytes / 4
    if (isMuch || isTrial(accept.slot)) this.tell(accept.chosenThrough, envelopes)
  }

  /** The reserves get what was held back for them, in order. The last one says how far slots are chosen by now. */
  tell(chosenThrough: Slot, envelopes: PaxosEnvelope[]): void {
    const last = this.#heldBack.pop()
    if (last === undefined) return
    // Each of the others tells of no slot that the reserves haven't got: they would fetch it.
    for (const message of [...this.#heldBack, { ...last, chosenThrough }]) {
      for (const to of this.#reserves) envelopes.push({ to, message })
    }
    this.#heldBack.length = 0
    this.#heldBackBytes = 0
    this.#dueAt = never
  }

  /** `slot` is chosen, and these have accepted it, in the order of their answers. */
  noteChosen(slot: Slot, voters: ReadonlySet<ReplicaId>, envelopes: PaxosEnvelope[]): void {
    const { self, replicas } = this.#settings
    const isMissed = replicas.some((replicaId) => !voters.has(replicaId) && !this.#reserves.includes(replicaId))
    this.#missedSlots = isMissed ? this.#missedSlots + 1 : 0
    if (this.#reserves.length > 0 && this.#missedSlots < missedSlotsMax && !isTrial(slot)) return
    this.#missedSlots = 0
    // Before anything else is sent to one of them, or it would seem to have lost something, and fetch it.
    this.tell(slot, envelopes)
    const soonest = [...voters].filter((replicaId) => replicaId !== self).slice(0, quorum(this.#settings) - 1)
    this.#reserves = replicas.filter((replicaId) => replicaId !== self && !soonest.includes(replicaId))
  }
}

function isTrial(slot: Slot): boolean {
  return slot % slotsPerTrial === 0
}
