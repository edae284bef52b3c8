/**
 * The one queue of everything that is going to happen, ordered by true time and, among equals, by when it was planned.
 * A run is a loop that takes the next event and lets it happen: no promises, no real clock, so that a seed replays it.
 */
import { assert } from "../../src/base/assert.ts"
import type { TrueTime } from "./clock.ts"

interface PlannedEvent {
  readonly at: TrueTime
  readonly order: number
  readonly happen: () => void
}

export class Timeline {
  #now: TrueTime = 0
  #planned = 0
  #happened = 0
  /** A binary heap: no event is earlier than its parent at (position - 1) / 2. */
  readonly #heap: PlannedEvent[] = []

  get now(): TrueTime {
    return this.#now
  }

  get happened(): number {
    return this.#happened
  }

  plan(at: TrueTime, happen: () => void): void {
    assert(Number.isSafeInteger(at) && at >= this.#now, "events are planned for whole microseconds, not in the past")
    const event = { at, order: this.#planned++, happen }
    let place = this.#heap.length
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      const parent = this.#heap[parentPlace] as PlannedEvent
      if (isBefore(parent, event)) break
      this.#heap[place] = parent
      place = parentPlace
    }
    this.#heap[place] = event
  }

  planAfter(span: TrueTime, happen: () => void): void {
    this.plan(this.#now + span, happen)
  }

  /** Lets everything happen that is planned up to and including `until`, unless `stop` says that enough has happened. */
  runUntil(until: TrueTime, stop: () => boolean = () => false): void {
    for (;;) {
      const next = this.#heap[0]
      if (next === undefined || next.at > until) break
      this.#removeFirst()
      this.#now = next.at
      this.#happened += 1
      next.happen()
      if (stop()) return
    }
    this.#now = Math.max(this.#now, until)
  }

  #removeFirst(): void {
    const last = this.#heap.pop() as PlannedEvent
    const count = this.#heap.length
    if (count === 0) return
    let place = 0
    for (;;) {
      let childPlace = place * 2 + 1
      if (childPlace >= count) break
      const right = this.#heap[childPlace + 1]
      if (right !== undefined && isBefore(right, this.#heap[childPlace] as PlannedEvent)) childPlace += 1
      const child = this.#heap[childPlace] as PlannedEvent
      if (isBefore(last, child)) break
      this.#heap[place] = child
      place = childPlace
    }
    this.#heap[place] = last
  }
}

function isBefore(left: PlannedEvent, right: PlannedEvent): boolean {
  return left.at === right.at ? left.order < right.order : left.at < right.at
}
