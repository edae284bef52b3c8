/**
 * Where what the cell tells a session comes in, and is passed on: invalidations to the cache, events to their readers,
 * wishes for locks to who holds them. All of it is obeyed before it is acknowledged, in the order in which it was told.
 *
 * When another master serves, this is who tells it what the session has cached and subscribed to (`resume`), again and
 * again until it answers: writes of everybody wait for that word, and until it is answered, and all that came of it has
 * been obeyed, nothing cached is used.
 */
import type { Epoch, Slot } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import type { Notice } from "../contract/notices.ts"
import type { OperationOf } from "../wire/messages.ts"
import type { SignedReply } from "../wire/signed-forms.ts"
import type { Cache } from "./cache.ts"
import { NoticeInbox } from "./core/notice-inbox.ts"
import type { LockWantedListener } from "./lock-cache.ts"
import type { Beat, Pulse } from "./pulse.ts"
import type { SessionCalls } from "./session-calls.ts"
import type { SessionEvents } from "./session-events.ts"
import type { ResumedSubscriptions, Subscriptions } from "./subscriptions.ts"
import type { Surroundings } from "./surroundings.ts"

export interface NoticeReaders {
  /** Undefined: the session keeps no cache. */
  readonly cache: Cache | undefined
  readonly subscriptions: Subscriptions
  readonly locks: LockWantedListener
  readonly events: SessionEvents
}

/** What the master of the session's birth knows of it. */
export interface Birth {
  readonly epoch: Epoch
  readonly commitIndex: Slot
  /** Whether it was certainly that master who made the session, and not one before it. */
  readonly isKnown: boolean
}

/** Names in one `resume`, of keys and of subscriptions: with all the rest it has to fit into a message. */
const resumedBytesMax = 1024 * 1024

/** Before a new master is told again that would not listen. */
const pauseAfterRefusalMs: DurationMs = 500

export class NoticeDesk {
  readonly #calls: SessionCalls
  readonly #pulse: Pulse
  readonly #surroundings: Surroundings
  readonly #readers: NoticeReaders
  readonly #inbox: NoticeInbox
  /** Fires when the master that is being told is not the master any more. */
  #resuming: AbortController | undefined
  #left: ResumedSubscriptions | undefined

  constructor(
    { calls, pulse, surroundings }: { calls: SessionCalls; pulse: Pulse; surroundings: Surroundings },
    readers: NoticeReaders,
    { epoch, commitIndex, isKnown }: Birth,
  ) {
    this.#calls = calls
    this.#pulse = pulse
    this.#surroundings = surroundings
    this.#readers = readers
    this.#inbox = new NoticeInbox(epoch, commitIndex, isKnown)
    if (!isKnown) this.#startOver(epoch)
  }

  /** Another master may serve. */
  enter(epoch: Epoch): void {
    if (!this.#inbox.enter(epoch)) return
    this.#readers.events.emit({ kind: "failOver", epoch })
    this.#startOver(epoch)
  }

  take({ epoch, commitIndex, answer }: Extract<Beat, { kind: "answered" }>): void {
    this.enter(epoch)
    const { firstNotice, notices } = answer
    for (const notice of this.#inbox.take({ epoch, commitIndex, firstNotice, notices })) this.#obey(notice)
    this.#pulse.acknowledge(this.#inbox.seen)
    this.#settle()
    if (this.#inbox.isCaughtUp && epoch === this.#inbox.epoch) this.#readers.subscriptions.toldThrough(commitIndex)
  }

  /** The session is over. */
  end(): void {
    this.#resuming?.abort()
    this.#readers.cache?.end()
  }

  #obey(notice: Notice): void {
    const { cache, subscriptions, locks, events } = this.#readers
    switch (notice.kind) {
      case "invalidate":
        cache?.invalidate(notice.keys)
        break
      case "event":
        subscriptions.deliver(notice)
        break
      case "lockWanted":
        locks.lockWanted(notice.change)
        events.emit({ kind: "lockWanted", index: notice.index, change: notice.change })
        break
      case "resync":
        cache?.invalidateAll()
        subscriptions.resync(notice.through)
        locks.mayHaveMissedWishes()
        events.emit({ kind: "resync", through: notice.through })
        break
    }
  }

  #startOver(epoch: Epoch): void {
    const { cache, subscriptions } = this.#readers
    cache?.freeze(epoch)
    this.#resuming?.abort()
    const resuming = new AbortController()
    this.#resuming = resuming
    const { seenThrough } = this.#inbox
    const left = subscriptions.enterEpoch(epoch, seenThrough, limits.subscriptionsPerSessionMax, resumedBytesMax)
    this.#left = left
    const cached = cache?.keysToResume(limits.resumedKeysMax, resumedBytesMax) ?? []
    void this.#resume({ kind: "resume", seenThrough, cached, subscriptions: left.together }, resuming.signal)
  }

  async #resume(operation: OperationOf<"resume">, signal: AbortSignal): Promise<void> {
    const onReply = ({ outcome, epoch, commitIndex }: SignedReply): void => {
      if (outcome.kind !== "resume") return
      if (this.#inbox.resumed(epoch, { lastNotice: outcome.lastNotice, commitIndex })) this.#settle()
    }
    let told = operation
    while (!this.#inbox.isResumed && !signal.aborted) {
      try {
        await this.#calls.inquire<"resume">(told, { signal }, { onReply })
      } catch {
        if (signal.aborted) return
        // Whatever it is that the master does not take: that nothing is cached can always be made true.
        this.#readers.cache?.invalidateAll()
        told = { ...told, cached: [] }
      }
      if (!this.#inbox.isResumed) await this.#pause()
    }
  }

  /** All that the new master had to say about what was cached and subscribed to has been obeyed. */
  #settle(): void {
    if (!this.#inbox.isCaughtUp || this.#resuming === undefined) return
    this.#resuming = undefined
    this.#readers.cache?.thaw()
    this.#left?.resubscribe()
    this.#left = undefined
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#surroundings.schedule(pauseAfterRefusalMs, resolve)
    })
  }
}
