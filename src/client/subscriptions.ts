/**
 * What a session wants to hear of: its subscriptions and their readers. A subscription lives at the master, which forgets
 * it with its mastership; so each new master is told of all of them, and from which commit index on to tell. Every event
 * reaches its reader once and in order; what may have been missed is announced by one `resync`.
 */
import type { Epoch, Slot } from "../base/brand.ts"
import type { Subscription } from "../contract/changes.ts"
import { limits } from "../contract/limits.ts"
import type { Notice } from "../contract/notices.ts"
import type { SignedReply } from "../wire/signed-forms.ts"
import { EventSequence } from "./core/event-sequence.ts"
import { CellError } from "./errors.ts"
import { enter, type SessionCalls } from "./session-calls.ts"
import { Watch, type WatchOptions } from "./watch.ts"

/** One that is in force at the master of the time, or will be once its call is answered. */
interface Standing {
  readonly subscription: Subscription
  readonly watch: Watch
  readonly sequence: EventSequence
  /** Where the telling was asked to begin; zero: at the call's answer. */
  readonly after: Slot
  /** The commit index of the answer to `subscribe`; undefined: not answered yet. */
  answeredAt: Slot | undefined
  /** Whether all that its master had to tell of earlier changes has been told. */
  isUpToDate: boolean
}

/** What a new master is to be told, at once and one by one. */
export interface ResumedSubscriptions {
  readonly together: readonly Subscription[]
  /** Called once all that the new master had to say of these has been taken in. */
  resubscribe(): void
}

export class Subscriptions {
  readonly #calls: SessionCalls
  readonly #standing = new Map<number, Standing>()
  #lastId = 0
  /** Of the master that was last heard of; zero: of the session's first one. */
  #epoch: Epoch = 0

  constructor(calls: SessionCalls) {
    this.#calls = calls
  }

  watch(path: string, options: WatchOptions): Watch {
    enter(options)
    if (this.#standing.size >= limits.subscriptionsPerSessionMax) {
      const most = limits.subscriptionsPerSessionMax
      throw new CellError("QUOTA_EXCEEDED", `the session watches ${most} paths already, the most allowed`)
    }
    this.#lastId += 1
    const subscriptionId = this.#lastId
    const { scope = "node", kinds = [], after = 0, signal } = options
    const watch = new Watch(signal, () => {
      this.#unsubscribe(subscriptionId)
    })
    const standing: Standing = {
      subscription: { subscriptionId, path, scope, kinds },
      watch,
      sequence: new EventSequence(after),
      after,
      answeredAt: undefined,
      isUpToDate: false,
    }
    this.#standing.set(subscriptionId, standing)
    void this.#subscribe(standing, after)
    return watch
  }

  deliver({ subscriptionId, index, change }: Extract<Notice, { kind: "event" }>): void {
    const standing = this.#standing.get(subscriptionId)
    if (standing?.sequence.admits(index) === true) standing.watch.push({ kind: "change", index, change })
  }

  resync(through: Slot): void {
    for (const { watch, sequence } of this.#standing.values()) {
      sequence.skipThrough(through)
      watch.resync(through)
    }
  }

  /** The master that was asked has told everything up to `index`. */
  toldThrough(index: Slot): void {
    for (const standing of this.#standing.values()) {
      // At that very index, the answer may have been given before the master knew of the subscription.
      if (standing.answeredAt !== undefined && index > standing.answeredAt) standing.isUpToDate = true
    }
  }

  /** Another master serves. It tells of all changes after `seenThrough` to those that it hears of `together`. */
  enterEpoch(epoch: Epoch, seenThrough: Slot, countMax: number, bytesMax: number): ResumedSubscriptions {
    this.#epoch = epoch
    const together: Subscription[] = []
    const alone: Standing[] = []
    let left = bytesMax
    for (const standing of this.#standing.values()) {
      const { subscription, sequence, answeredAt, isUpToDate } = standing
      sequence.beginAnew()
      // The call that is under way reaches the new master by itself.
      if (answeredAt === undefined) continue
      left -= 3 * subscription.path.length
      if (isUpToDate && together.length < countMax && left >= 0) together.push(subscription)
      else alone.push(standing)
    }
    return {
      together,
      resubscribe: () => {
        for (const standing of alone) this.#resubscribe(standing, seenThrough)
      },
    }
  }

  /** The session is over. Undefined: it was closed here. */
  end(reason: CellError | undefined): void {
    for (const { watch } of this.#standing.values()) watch.end(reason)
    this.#standing.clear()
  }

  /** What of it was told before, `sequence` will not admit again. */
  #resubscribe(standing: Standing, seenThrough: Slot): void {
    if (!this.#standing.has(standing.subscription.subscriptionId)) return
    const { isUpToDate, sequence, after } = standing
    standing.answeredAt = undefined
    standing.isUpToDate = false
    void this.#subscribe(standing, Math.max(isUpToDate ? seenThrough : after, sequence.resumesAfter))
  }

  async #subscribe(standing: Standing, after: Slot): Promise<void> {
    const { subscription, watch, sequence } = standing
    let isInForce = false
    const onReply = ({ outcome, epoch, commitIndex }: SignedReply): void => {
      // KeepAlives may have told of another master meanwhile: this answer is late, and that master knows nothing of it.
      if (outcome.kind !== "subscribe" || epoch < this.#epoch) return
      isInForce = true
      standing.answeredAt = commitIndex
      // Nothing has been asked for that is older, so there is nothing to be told of it.
      if (after === 0) {
        sequence.skipThrough(commitIndex)
        standing.isUpToDate = true
      }
      watch.begin(commitIndex)
    }
    try {
      while (!isInForce && this.#standing.has(subscription.subscriptionId)) {
        await this.#calls.inquire<"subscribe">({ kind: "subscribe", subscription, after }, {}, { onReply })
      }
    } catch (reason) {
      this.#standing.delete(subscription.subscriptionId)
      watch.end(CellError.from(reason))
    }
  }

  #unsubscribe(subscriptionId: number): void {
    this.#standing.delete(subscriptionId)
    // Events that come all the same find no reader; and a session that is over has no subscriptions.
    this.#calls.call<"unsubscribe">({ kind: "unsubscribe", subscriptionId }).catch(() => undefined)
  }
}
