/**
 * Lets each event of a subscription through once. Events come in the order of their commit indexes, several may share
 * one, and after a fail-over the new master tells again what may not have arrived: then they begin anew at an earlier
 * index, in the same order. So it is enough to remember the last index and how many events of it were let through.
 */
import type { Slot } from "../../base/brand.ts"

export class EventSequence {
  /** Of the last event that was let through. */
  #index: Slot
  /** How many of that index were let through. */
  #toldCount = Infinity
  /** How many of that index have come since the telling last began anew. */
  #heardCount = 0

  /** Nothing up to `index` is wanted. */
  constructor(index: Slot) {
    this.#index = index
  }

  /** After which index to ask for what has not been told: of the last one there may be more. */
  get resumesAfter(): Slot {
    return this.#toldCount === Infinity ? this.#index : this.#index - 1
  }

  /** Nothing up to `index` is wanted any more. */
  skipThrough(index: Slot): void {
    if (index < this.#index) return
    this.#index = index
    this.#toldCount = Infinity
  }

  /** Another master tells, from some earlier event on. */
  beginAnew(): void {
    this.#heardCount = 0
  }

  /** Whether the next event, of this index, has not been told before. */
  admits(index: Slot): boolean {
    if (index < this.#index) {
      this.beginAnew()
      return false
    }
    if (index > this.#index) {
      this.#index = index
      this.#toldCount = 0
      this.#heardCount = 0
    }
    this.#heardCount += 1
    if (this.#heardCount <= this.#toldCount) return false
    this.#toldCount = this.#heardCount
    return true
  }
}
