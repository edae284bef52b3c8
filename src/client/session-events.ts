/**
 * The life of a session as a stream of events. Every reader has its own queue, so that a slow one delays nobody. A
 * queue is bounded: what matters of a session's past is where it stands now, so the oldest events go first.
 */
import type { Epoch, Slot } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import type { LockRequested } from "../contract/notices.ts"
import { EventQueue } from "./event-queue.ts"

export type SessionEvent =
  /** The local lease is over and nobody answers. Locks are lost; the session may still be saved until `graceEndsAt`. */
  | { readonly kind: "jeopardy"; readonly graceEndsAt: Instant }
  /** The cell answered again in time: the session goes on. */
  | { readonly kind: "safe" }
  /** The session is gone, and with it every lock and ephemeral node. The last event. `reason`: one sentence. */
  | { readonly kind: "expired"; readonly reason: string }
  /** Another master serves now. Nothing was lost. */
  | { readonly kind: "failOver"; readonly epoch: Epoch }
  /** Changes up to the commit index `through` may have gone unheard. Every watch says so too; the cache was emptied. */
  | { readonly kind: "resync"; readonly through: Slot }
  /** Somebody else asked, at the commit index `index`, for a lock that this session holds. It need not give way. */
  | { readonly kind: "lockWanted"; readonly index: Slot; readonly change: LockRequested }

const unreadMax = 256

export class SessionEvents {
  readonly #readers = new Set<EventQueue<SessionEvent>>()
  #isOver = false

  emit(event: SessionEvent): void {
    for (const reader of this.#readers) reader.push(event)
  }

  /** No more events: every reader's loop ends after what it has still to read. */
  end(): void {
    this.#isOver = true
    for (const reader of this.#readers) reader.finish()
    this.#readers.clear()
  }

  /** Events from now on. The reader is registered at once, not when the loop first turns. */
  read(): AsyncIterableIterator<SessionEvent, undefined> {
    const reader = new EventQueue<SessionEvent>({
      lengthMax: unreadMax,
      onFull: (queue) => queue.shift(),
      onLeave: () => this.#readers.delete(reader),
    })
    if (this.#isOver) reader.finish()
    else this.#readers.add(reader)
    return reader
  }
}
