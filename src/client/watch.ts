/** The events of one subscription, as an async iterator: `for await (const event of session.watch(path))`. */
import type { Slot } from "../base/brand.ts"
import { deferred } from "../base/deferred.ts"
import type { ChangeKind, NodeChange, Scope } from "../contract/changes.ts"
import { CellError } from "./errors.ts"
import { EventQueue } from "./event-queue.ts"

export interface WatchOptions {
  /**
   * "node" (unless said otherwise): the node of this path, whichever instance, even before there is one. "children": the
   * nodes right below it. "subtree": itself and all below.
   */
  readonly scope?: Scope | undefined
  /** Which changes; all, unless said otherwise. */
  readonly kinds?: readonly ChangeKind[] | undefined
  /** Also those after this commit index, as far as the cell remembers. Unless said otherwise: from now on. */
  readonly after?: Slot | undefined
  /** Ends the watch: its loop throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export type WatchEvent =
  /** It has taken effect, at this commit index. Events come in order, each once, none missing in silence. */
  | { readonly kind: "change"; readonly index: Slot; readonly change: NodeChange }
  /** Changes up to the commit index `through` may have been missed: look at the nodes again, and go on from there. */
  | { readonly kind: "resync"; readonly through: Slot }

/** Of events that nobody has read yet. When it is full, a resync takes the place of all of them. */
const unreadMax = 4_096

export class Watch implements AsyncIterableIterator<WatchEvent, undefined> {
  /**
   * Resolves once every later change will be told, with the commit index from which on that is so: what is read after
   * that misses nothing. Rejects if the cell refuses, or the watch ends before.
   */
  readonly ready: Promise<Slot>
  readonly #begun = deferred<Slot>()
  readonly #queue: EventQueue<WatchEvent>
  readonly #stopListening: () => void

  /** Not for applications: `session.watch` makes watches. */
  constructor(signal: AbortSignal | undefined, onLeave: () => void) {
    this.ready = this.#begun.promise
    // Who has no use for it need not know that it failed: the loop ends as well.
    this.ready.catch(() => undefined)
    this.#queue = new EventQueue({ lengthMax: unreadMax, onFull: collapse, onLeave })
    const onAbort = (): void => {
      this.end(signal?.reason)
      onLeave()
    }
    signal?.addEventListener("abort", onAbort, { once: true })
    this.#stopListening = () => signal?.removeEventListener("abort", onAbort)
  }

  begin(index: Slot): void {
    this.#begun.resolve(index)
  }

  push(event: WatchEvent): void {
    this.#queue.push(event)
  }

  /** Announced once, however many times it happens before it is read. */
  resync(through: Slot): void {
    if (this.#queue.last?.kind === "resync") this.#queue.replaceLast({ kind: "resync", through })
    else this.push({ kind: "resync", through })
  }

  /** With a reason the loop throws it after what is left to read; without one it just ends. */
  end(reason: unknown): void {
    this.#stopListening()
    this.#begun.reject(reason ?? left())
    if (reason === undefined) this.#queue.finish()
    else this.#queue.fail(reason)
  }

  async next(): Promise<IteratorResult<WatchEvent, undefined>> {
    return await this.#queue.next()
  }

  /** Ends the watch, as leaving its loop does. */
  async return(): Promise<IteratorResult<WatchEvent, undefined>> {
    this.#stopListening()
    this.#begun.reject(left())
    return await this.#queue.return()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

function left(): CellError {
  return new CellError("CANCELLED", "the watch has ended")
}

function collapse(queue: WatchEvent[]): void {
  const through = Math.max(...queue.map((event) => (event.kind === "change" ? event.index : event.through)))
  queue.splice(0, queue.length, { kind: "resync", through })
}
