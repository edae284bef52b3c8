/**
 * The slots a replica knows: accepted or chosen values above what was trimmed. `chosenThrough` is inclusive and without
 * gaps; entries above it were accepted and may yet be replaced by a higher ballot.
 */
import { assert, present } from "../base/assert.ts"
import type { Slot } from "../base/brand.ts"
import { equalBytes } from "../base/bytes.ts"
import { type Ballot, compareBallots, noBallot } from "./ballot.ts"
import type { ChosenSlot, Outbox } from "./effects.ts"
import type { AcceptedSlot } from "./messages.ts"

interface Entry {
  readonly ballot: Ballot
  readonly value: Uint8Array
}

export class Log {
  readonly #entries = new Map<Slot, Entry>()
  #firstSlot: Slot
  #lastSlot: Slot
  #chosenThrough: Slot
  #bytes = 0
  /** Of the values above `chosenThrough`. */
  #openBytes = 0

  constructor(chosenThrough: Slot, accepted: readonly AcceptedSlot[]) {
    this.#chosenThrough = chosenThrough
    this.#lastSlot = chosenThrough
    this.#firstSlot = chosenThrough + 1
    for (const { slot, ballot, value } of accepted) {
      this.#firstSlot = Math.min(this.#firstSlot, slot)
      this.#set(slot, { ballot, value })
    }
  }

  get chosenThrough(): Slot {
    return this.#chosenThrough
  }

  /** The lowest slot kept; one above `chosenThrough` when none is. */
  get firstSlot(): Slot {
    return this.#firstSlot
  }

  /** The highest slot with a value, or `chosenThrough`. */
  get lastSlot(): Slot {
    return this.#lastSlot
  }

  get slotCount(): number {
    return this.#entries.size
  }

  /** Of all values kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** How much a promise would have to report. */
  get openBytes(): number {
    return this.#openBytes
  }

  /** Whether a value stands there, chosen or not. */
  has(slot: Slot): boolean {
    return this.#entries.has(slot)
  }

  accept(entry: AcceptedSlot, out: Outbox): void {
    assert(entry.slot > this.#chosenThrough, "a chosen slot is not accepted again")
    const earlier = this.#entries.get(entry.slot)
    assert(
      earlier === undefined || compareBallots(entry.ballot, earlier.ballot) >= 0,
      "an acceptor never goes back to a lower ballot",
    )
    this.#set(entry.slot, entry)
    out.records.push({ kind: "accepted", slot: entry.slot, ballot: entry.ballot, value: entry.value })
  }

  /** The value accepted for `slot` in exactly this ballot. */
  isAcceptedIn(slot: Slot, ballot: Ballot): boolean {
    const entry = this.#entries.get(slot)
    return entry !== undefined && compareBallots(entry.ballot, ballot) === 0
  }

  holds(slot: Slot, value: Uint8Array): boolean {
    const entry = this.#entries.get(slot)
    return entry !== undefined && equalBytes(entry.value, value)
  }

  /** The next slot is chosen with the value that stands there. */
  choose(slot: Slot, out: Outbox): void {
    assert(slot === this.#chosenThrough + 1, "slots become chosen in order")
    const { value } = present(this.#entries.get(slot), "a chosen slot has a value")
    this.#passOver(slot, value)
    out.chosen.push({ slot, value })
  }

  /** The next slot is chosen with a value learned from another replica. */
  learn({ slot, value }: ChosenSlot, out: Outbox): void {
    assert(slot === this.#chosenThrough + 1, "slots are learned in order")
    // No ballot is needed any more: a slot at or below chosenThrough is never reported in a promise.
    this.#set(slot, { ballot: noBallot, value })
    out.records.push({ kind: "accepted", slot, ballot: noBallot, value })
    this.#passOver(slot, value)
    out.chosen.push({ slot, value })
  }

  acceptedAbove(above: Slot): AcceptedSlot[] {
    const found: AcceptedSlot[] = []
    for (let slot = above + 1; slot <= this.#lastSlot; slot += 1) {
      const entry = this.#entries.get(slot)
      if (entry !== undefined) found.push({ slot, ...entry })
    }
    return found
  }

  /** Chosen values above `above`, as many as fit in `bytesMax`, but at least one. */
  chosenAbove(above: Slot, bytesMax: number): Uint8Array[] {
    const values: Uint8Array[] = []
    let total = 0
    if (above + 1 < this.#firstSlot) return values
    for (let slot = above + 1; slot <= this.#chosenThrough; slot += 1) {
      const { value } = present(this.#entries.get(slot), "chosen slots are kept until they are trimmed")
      total += value.length
      if (values.length > 0 && total > bytesMax) break
      values.push(value)
    }
    return values
  }

  /** Forgets chosen slots beyond what is kept for others; in lots, so that trimming costs next to nothing per slot. */
  trim(keep: { readonly slots: number; readonly bytes: number }, out: Outbox): void {
    const lot = Math.ceil(keep.slots / 8)
    const tooMany = this.#chosenThrough - this.#firstSlot + 1 > keep.slots + lot
    if (!tooMany && this.#bytes <= keep.bytes + keep.bytes / 8) return
    const from = this.#firstSlot
    while (
      this.#firstSlot < this.#chosenThrough &&
      (this.#chosenThrough - this.#firstSlot + 1 > keep.slots || this.#bytes > keep.bytes)
    ) {
      this.#drop(this.#firstSlot)
      this.#firstSlot += 1
    }
    if (this.#firstSlot === from) return
    out.records.push({ kind: "trimmed", from, through: this.#firstSlot - 1 })
    out.trace.push({ kind: "logTrimmed", through: this.#firstSlot - 1 })
  }

  /** A snapshot stands for everything through `slot`; what was accepted above it stays. */
  installSnapshot(slot: Slot, out: Outbox): void {
    if (slot <= this.#chosenThrough) return
    const from = this.#firstSlot
    for (let old = from; old <= Math.min(slot, this.#lastSlot); old += 1) this.#drop(old)
    if (this.#lastSlot >= from) out.records.push({ kind: "trimmed", from, through: Math.min(slot, this.#lastSlot) })
    this.#firstSlot = slot + 1
    this.#chosenThrough = slot
    this.#lastSlot = Math.max(this.#lastSlot, slot)
  }

  #passOver(slot: Slot, value: Uint8Array): void {
    this.#chosenThrough = slot
    this.#openBytes -= value.length
  }

  #set(slot: Slot, entry: Entry): void {
    const growth = entry.value.length - (this.#entries.get(slot)?.value.length ?? 0)
    this.#bytes += growth
    if (slot > this.#chosenThrough) this.#openBytes += growth
    this.#entries.set(slot, { ballot: entry.ballot, value: entry.value })
    this.#lastSlot = Math.max(this.#lastSlot, slot)
  }

  #drop(slot: Slot): void {
    const length = this.#entries.get(slot)?.value.length ?? 0
    this.#bytes -= length
    if (slot > this.#chosenThrough) this.#openBytes -= length
    this.#entries.delete(slot)
  }
}
