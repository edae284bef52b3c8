/**
 * Deadlines by key, earliest first: a binary heap in which a moved or removed deadline leaves a stale entry behind that
 * is skipped later. Setting and taking cost O(log n); ties come out in the order in which they were set.
 */
import { type Instant, never } from "./instant.ts"

interface Entry<Key> {
  readonly key: Key
  readonly at: Instant
  readonly order: number
}

export class DeadlineQueue<Key> {
  readonly #current = new Map<Key, Entry<Key>>()
  #heap: Entry<Key>[] = []
  #order = 0

  get size(): number {
    return this.#current.size
  }

  /** Sets the deadline of `key`, replacing an earlier one. */
  set(key: Key, at: Instant): void {
    const entry = { key, at, order: (this.#order += 1) }
    this.#current.set(key, entry)
    this.#heap.push(entry)
    this.#rise(this.#heap.length - 1)
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#current.size) this.#rebuild()
  }

  delete(key: Key): void {
    this.#current.delete(key)
  }

  clear(): void {
    this.#current.clear()
    this.#heap = []
  }

  /** The earliest deadline, or `never`. */
  nextAt(): Instant {
    this.#skipStale()
    return this.#heap[0]?.at ?? never
  }

  /** Removes and returns the keys whose deadline is at or before `now`. */
  takeDue(now: Instant): Key[] {
    const due: Key[] = []
    while (this.nextAt() <= now) {
      const { key } = this.#pop()
      this.#current.delete(key)
      due.push(key)
    }
    return due
  }

  #skipStale(): void {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || this.#current.get(top.key) === top) return
      this.#pop()
    }
  }

  #rebuild(): void {
    this.#heap = [...this.#current.values()].sort((left, right) => (isBefore(left, right) ? -1 : 1))
  }

  #pop(): Entry<Key> {
    const top = this.#heap[0] as Entry<Key>
    const last = this.#heap.pop() as Entry<Key>
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return top
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#swapIfBefore(at, parent)) return
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      if (left >= this.#heap.length) return
      const right = left + 1
      const child =
        right < this.#heap.length && isBefore(this.#heap[right] as Entry<Key>, this.#heap[left] as Entry<Key>)
          ? right
          : left
      if (!this.#swapIfBefore(child, at)) return
      at = child
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const lowerEntry = this.#heap[lower] as Entry<Key>
    const upperEntry = this.#heap[upper] as Entry<Key>
    if (!isBefore(lowerEntry, upperEntry)) return false
    this.#heap[lower] = upperEntry
    this.#heap[upper] = lowerEntry
    return true
  }
}

function isBefore<Key>(left: Entry<Key>, right: Entry<Key>): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
