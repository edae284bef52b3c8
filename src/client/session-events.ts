/**
 * The life of a session as a stream of events. Every reader has its own queue, so that a slow one delays nobody. A
 * queue is bounded: what matters of a session's past is where it stands now, so the oldest events go first.
 */
import type { Epoch } from "../base/brand.ts"
import { deferred, type Deferred } from "../base/deferred.ts"
import type { Instant } from "../base/instant.ts"

export type SessionEvent =
  /** The local lease is over and nobody answers. Locks are lost; the session may still be saved until `graceEndsAt`. */
  | { readonly kind: "jeopardy"; readonly graceEndsAt: Instant }
  /** The cell answered again in time: the session goes on. */
  | { readonly kind: "safe" }
  /** The session is gone, and with it every lock and ephemeral node. The last event. */
  | { readonly kind: "expired"; readonly reason: string }
  /** Another master serves now. Nothing was lost. */
  | { readonly kind: "failOver"; readonly epoch: Epoch }

const queueLengthMax = 256

export class SessionEvents {
  readonly #readers = new Set<Reader>()
  #isOver = false

  emit(event: SessionEvent): void {
    for (const reader of this.#readers) reader.push(event)
  }

  /** No more events: every reader's loop ends after what it has still to read. */
  end(): void {
    this.#isOver = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }

  /** Events from now on. The reader is registered at once, not when the loop first turns. */
  read(): AsyncIterableIterator<SessionEvent> {
    const reader = new Reader(() => this.#readers.delete(reader))
    if (this.#isOver) reader.end()
    else this.#readers.add(reader)
    return reader
  }
}

class Reader implements AsyncIterableIterator<SessionEvent> {
  readonly #queue: SessionEvent[] = []
  readonly #leave: () => void
  #waiting: Deferred<IteratorResult<SessionEvent, undefined>> | undefined
  #isOver = false

  constructor(leave: () => void) {
    this.#leave = leave
  }

  push(event: SessionEvent): void {
    if (this.#waiting !== undefined) {
      this.#waiting.resolve({ done: false, value: event })
      this.#waiting = undefined
      return
    }
    if (this.#queue.length === queueLengthMax) this.#queue.shift()
    this.#queue.push(event)
  }

  end(): void {
    this.#isOver = true
    this.#waiting?.resolve({ done: true, value: undefined })
    this.#waiting = undefined
  }

  async next(): Promise<IteratorResult<SessionEvent, undefined>> {
    const event = this.#queue.shift()
    if (event !== undefined) return { done: false, value: event }
    if (this.#isOver) return { done: true, value: undefined }
    this.#waiting ??= deferred()
    return await this.#waiting.promise
  }

  async return(): Promise<IteratorResult<SessionEvent, undefined>> {
    this.#leave()
    this.end()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
