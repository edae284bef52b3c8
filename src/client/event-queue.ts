/**
 * What one reader of a stream of events has still to read. Every reader has its own, so that a slow one delays nobody,
 * and each is bounded: when it is full, `onFull` makes room and leaves a word about what was lost.
 */
import { deferred, type Deferred } from "../base/deferred.ts"

interface QueueTerms<Event> {
  readonly lengthMax: number
  /** Called with the full queue, which it shortens. */
  readonly onFull: (queue: Event[]) => void
  /** The reader has left. Called once, unless the queue was ended before. */
  readonly onLeave: () => void
}

export class EventQueue<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #terms: QueueTerms<Event>
  readonly #queue: Event[] = []
  #waiting: Deferred<IteratorResult<Event, undefined>> | undefined
  #end: { readonly reason: unknown } | "no more" | undefined

  constructor(terms: QueueTerms<Event>) {
    this.#terms = terms
  }

  /** The last one that nobody has read yet. */
  get last(): Event | undefined {
    return this.#queue.at(-1)
  }

  push(event: Event): void {
    if (this.#end !== undefined) return
    const waiting = this.#waiting
    if (waiting !== undefined) {
      this.#waiting = undefined
      waiting.resolve({ done: false, value: event })
      return
    }
    if (this.#queue.length === this.#terms.lengthMax) this.#terms.onFull(this.#queue)
    this.#queue.push(event)
  }

  /** In the place of the last one that nobody has read yet. */
  replaceLast(event: Event): void {
    this.#queue.splice(-1, 1, event)
  }

  /** The reader's loop ends after what it has still to read. */
  finish(): void {
    if (this.#end !== undefined) return
    this.#end = "no more"
    this.#waiting?.resolve({ done: true, value: undefined })
    this.#waiting = undefined
  }

  /** As `finish`, but the loop ends with an error. */
  fail(reason: unknown): void {
    if (this.#end !== undefined) return
    if (this.#waiting === undefined) this.#end = { reason }
    else {
      this.#end = "no more"
      this.#waiting.reject(reason)
      this.#waiting = undefined
    }
  }

  async next(): Promise<IteratorResult<Event, undefined>> {
    const event = this.#queue.shift()
    if (event !== undefined) return { done: false, value: event }
    const end = this.#end
    if (end === undefined) {
      this.#waiting ??= deferred()
      return await this.#waiting.promise
    }
    if (end === "no more") return { done: true, value: undefined }
    // An iterator that has thrown is over.
    this.#end = "no more"
    throw end.reason
  }

  async return(): Promise<IteratorResult<Event, undefined>> {
    const isFirst = this.#end === undefined
    this.#queue.length = 0
    this.finish()
    if (isFirst) this.#terms.onLeave()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
