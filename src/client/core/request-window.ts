/**
 * The request numbers of one session. A number is drawn once per call and kept in every retry: the cell remembers the
 * outcome under it, which is what makes a call that was sent twice take effect once. With every numbered request the
 * client acknowledges what the cell may forget; never a call that may still be sent again.
 *
 * Mostly that is a low watermark. But an Acquire may wait for days, and must not make the cell remember all that the
 * session did since: once the watermark lags by half the window, it is passed, and what is open below it is listed.
 */
import { assert } from "../../base/assert.ts"

/** What a request says of those before it. */
export interface Acknowledgement {
  /** Every number up to and including this one has been answered, or will never be sent again... */
  readonly answeredThrough: number
  /** ...except these, in ascending order. */
  readonly stillOpen: readonly number[]
}

export class RequestWindow {
  readonly #sizeMax: number
  /** In ascending order, because a Set keeps the order of insertion and numbers only grow. */
  readonly #open = new Set<number>()
  #last = 0

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  /** How many numbers may be drawn yet: the cell remembers as many open calls, and no more. */
  get room(): number {
    return this.#sizeMax - this.#open.size
  }

  draw(): number {
    assert(this.room > 0, "a request number is drawn only while the cell can remember its outcome")
    this.#last += 1
    this.#open.add(this.#last)
    return this.#last
  }

  /** The call was answered, or its caller has given it up for good. */
  settle(requestNumber: number): void {
    assert(this.#open.delete(requestNumber), "a request number is settled once")
  }

  /** What the request of this number, which is open, has to say now. Zero: a request without a number. */
  acknowledgementFor(requestNumber: number): Acknowledgement {
    const watermark = this.#watermark
    const isFarBehind = this.#last - watermark > this.#sizeMax / 2
    if (requestNumber === 0 || !isFarBehind) return { answeredThrough: watermark, stillOpen: [] }
    // A request that is sent again speaks of those before it only: of itself it can't say that it was answered.
    const answeredThrough = requestNumber - 1
    return { answeredThrough, stillOpen: [...this.#openThrough(answeredThrough)] }
  }

  get #watermark(): number {
    const [lowest] = this.#open
    return lowest === undefined ? this.#last : lowest - 1
  }

  *#openThrough(through: number): Generator<number, void, undefined> {
    for (const number of this.#open) {
      if (number > through) return
      yield number
    }
  }
}
