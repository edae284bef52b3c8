/**
 * Virtual time: the one queue of everything that is going to happen, ordered by true time and, among equals, by when it
 * was planned. True time is what no machine can see, an integer count of microseconds since the beginning; each process
 * reads a clock of its own. No real clock is looked at, so that a seed replays a whole world.
 */
import { assert } from "../base/assert.ts"
import type { Instant } from "../base/instant.ts"

/** Microseconds. */
export type TrueTime = number

export const millisecond: TrueTime = 1000
export const second: TrueTime = 1_000_000

/** A process's monotonic clock, as those see it who know the true time. */
export interface ProcessClock {
  read(at: TrueTime): Instant
  /** The first true time at which it shows `instant` or more. */
  whenShows(instant: Instant): TrueTime
}

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

  /** How many events there were so far. */
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

  /** Lets the next event happen, unless it is later than `until`. Returns whether there was one. */
  step(until: TrueTime = Number.MAX_SAFE_INTEGER): boolean {
    const next = this.#heap[0]
    if (next === undefined || next.at > until) return false
    this.#removeFirst()
    this.#now = next.at
    this.#happened += 1
    next.happen()
    return true
  }

  /** Lets everything happen that is planned up to and including `until`, unless `stop` says that enough has happened. */
  runUntil(until: TrueTime, stop: () => boolean = () => false): void {
    while (this.step(until)) if (stop()) return
    this.#skipTo(until)
  }

  /** The same for a world with promises in it: after each event, everything that waited for it gets its turn. */
  async passUntil(until: TrueTime, stop: () => boolean = () => false): Promise<void> {
    for (;;) {
      await quiet()
      if (stop()) return
      if (!this.step(until)) break
    }
    this.#skipTo(until)
  }

  #skipTo(until: TrueTime): void {
    if (until < Number.MAX_SAFE_INTEGER) this.#now = Math.max(this.#now, until)
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

/** Every promise that could be settled is, and so is what that has led to: one turn of the event loop drains them all. */
export async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

function isBefore(left: PlannedEvent, right: PlannedEvent): boolean {
  return left.at === right.at ? left.order < right.order : left.at < right.at
}
