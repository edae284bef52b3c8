/**
 * Numbers for the session calls of callers who don't count. Distinct among all doors of the cell and in the order in
 * which they were drawn, so that a caller may acknowledge what it has seen all the same. The wall clock only keeps the
 * numbers of a restarted door apart from those it drew before: nothing is decided by it.
 */
import type { ReplicaId } from "../../base/brand.ts"

/** Fits every replica's id. With four numbers to the millisecond on average they stay exact for two centuries. */
const doorsMax = 256
const numbersPerMs = 4

export class RequestNumbers {
  readonly #replicaId: ReplicaId
  readonly #now: () => number
  #last = 0

  /** `now`: milliseconds of the wall clock. */
  constructor(replicaId: ReplicaId, now: () => number) {
    this.#replicaId = replicaId
    this.#now = now
  }

  /** Greater than `answeredThrough`, whichever door has drawn that: clocks differ. */
  next(answeredThrough: number): number {
    const past = Math.floor(answeredThrough / doorsMax)
    this.#last = Math.max(this.#last, past, Math.floor(this.#now()) * numbersPerMs) + 1
    return this.#last * doorsMax + this.#replicaId
  }
}
