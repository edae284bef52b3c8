/**
 * The request numbers of one session. A number is drawn once per call and kept in every retry: the cell remembers the
 * outcome under it, which is what makes a call that was sent twice take effect once. `answeredThrough` tells the cell
 * which outcomes it may forget; it never passes a call that may still be sent again.
 */
import { assert } from "../../base/assert.ts"

export class RequestWindow {
  readonly #sizeMax: number
  /** In ascending order, because a Map keeps the order of insertion and numbers only grow. */
  readonly #unsettled = new Set<number>()
  #last = 0

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  /** Every number up to and including this one has been answered, or will never be sent again. */
  get answeredThrough(): number {
    const [lowest] = this.#unsettled
    return lowest === undefined ? this.#last : lowest - 1
  }

  /** How many numbers may be drawn yet: the cell remembers outcomes from the oldest open call on, and not for ever. */
  get room(): number {
    return this.#sizeMax - (this.#last - this.answeredThrough)
  }

  draw(): number {
    assert(this.room > 0, "a request number is drawn only while the cell can remember its outcome")
    this.#last += 1
    this.#unsettled.add(this.#last)
    return this.#last
  }

  /** The call was answered, or its caller has given it up for good. */
  settle(requestNumber: number): void {
    assert(this.#unsettled.delete(requestNumber), "a request number is settled once")
  }
}
