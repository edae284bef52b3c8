/**
 * One reader of a name's events, over HTTP: server-sent events. What a reader has not taken yet is never more than one
 * message and the newest value: while it is slow, values come and go, and it is told where the name stands when it is
 * ready for more. The bytes of a message are made once for all readers.
 */
import type { Slot } from "../../base/brand.ts"
import type { Instant } from "../../base/instant.ts"
import type { Refusal } from "../../contract/errors.ts"
import type { Answer } from "./answer.ts"
import type { NameListener } from "./name-watch.ts"

/** The response, as far as it matters here. */
export interface EventSink {
  readonly writableNeedDrain: boolean
  write(bytes: Uint8Array): boolean
  end(): unknown
  destroy(): unknown
  on(event: "drain", listener: () => void): unknown
}

/** Reconnect after a second: a replica that restarts, or has dropped the stream, is soon back. */
const opening = Buffer.from("retry: 1000\n\n")
const resync = Buffer.from("event: resync\ndata: {}\n\n")
const comment = Buffer.from(":\n\n")

export class EventStream implements NameListener {
  readonly #onEnd: () => void
  #sink: EventSink | undefined
  /** Of the latest value that was written, or that the reader had before. */
  #index: Slot
  #etag: string | undefined
  #next: Answer | undefined
  #isResyncDue = false
  #stalledSince: Instant | undefined

  /** `knownThrough`: the reader knows the value of this commit index. `onEnd`: there is nothing more to be told. */
  constructor(knownThrough: Slot, onEnd: () => void) {
    this.#index = knownThrough
    this.#onEnd = onEnd
  }

  /** `answer`: the value to begin with, which the reader may know already. */
  begin(sink: EventSink, answer: Answer): void {
    this.#sink = sink
    sink.on("drain", () => {
      this.#stalledSince = undefined
      this.#write()
    })
    sink.write(opening)
    const later = this.#next
    const known = this.#index
    this.#index = answer.resolution.index
    if (known === this.#index) this.#etag = answer.etag
    // A cell that was restored from a backup has gone back behind what the reader knows.
    else this.tell(answer, known > this.#index)
    if (later !== undefined) this.tell(later, false)
  }

  tell(answer: Answer, isResync: boolean): void {
    this.#isResyncDue ||= isResync
    this.#next = answer
    this.#write()
  }

  end(refusal: Refusal): void {
    const told = JSON.stringify({ code: refusal.code, detail: refusal.detail })
    this.#sink?.write(Buffer.from(`event: refused\ndata: ${told}\n\n`))
    this.#sink?.end()
    this.#onEnd()
  }

  /** Shows that the stream lives; a reader that has taken nothing since `stalledBefore` is cut off. */
  beat(now: Instant, stalledBefore: Instant): void {
    const sink = this.#sink
    if (sink?.writableNeedDrain === false) {
      sink.write(comment)
      return
    }
    this.#stalledSince ??= now
    if (this.#stalledSince <= stalledBefore) sink?.destroy()
  }

  #write(): void {
    const sink = this.#sink
    const answer = this.#next
    if (answer === undefined || sink === undefined || sink.writableNeedDrain) return
    this.#next = undefined
    // Two looks at a name may be told in the other order.
    const isNew = answer.resolution.index >= this.#index && answer.etag !== this.#etag
    if (this.#isResyncDue) sink.write(resync)
    else if (!isNew) return
    this.#isResyncDue = false
    this.#index = answer.resolution.index
    this.#etag = answer.etag
    sink.write(answer.event)
  }
}
