/**
 * What a session has been told, and how far. The master of an epoch numbers a session's notices from 1 and repeats them
 * until they are acknowledged, so notices arrive twice, and late ones of a deposed master arrive after the new one's.
 * Here each is let through once, in order, and what that means for the session's knowledge is kept in two counters.
 *
 * A new master knows nothing of the session's cache and subscriptions until it has been told (`resume`). Until all that
 * came of that has been taken in, what it says about commit indexes proves nothing: it may have had no reason to tell.
 */
import type { Epoch, Slot } from "../../base/brand.ts"
import type { Notice, NoticesSeen } from "../../contract/notices.ts"

/** What one answer to a KeepAlive carries. */
export interface NoticeBatch {
  readonly epoch: Epoch
  /** If the master knows what the session wants to hear: everything up to here has been told. */
  readonly commitIndex: Slot
  readonly firstNotice: number
  readonly notices: readonly Notice[]
}

/** How the present master was told what the session has cached and subscribed to. */
export interface Resumed {
  readonly lastNotice: number
  readonly commitIndex: Slot
}

export class NoticeInbox {
  #epoch: Epoch
  /** The last notice of this epoch that was taken in. */
  #through = 0
  #seenThrough: Slot
  /** Undefined: everything that came of it has been taken in. */
  #resumption: "awaited" | Resumed | undefined

  /** `isKnown`: whether the master of `epoch` knows that the session has neither cache nor subscriptions yet. */
  constructor(epoch: Epoch, seenThrough: Slot, isKnown: boolean) {
    this.#epoch = epoch
    this.#seenThrough = seenThrough
    this.#resumption = isKnown ? undefined : "awaited"
  }

  get epoch(): Epoch {
    return this.#epoch
  }

  /** The acknowledgement that the next KeepAlive carries. */
  get seen(): NoticesSeen {
    return { epoch: this.#epoch, through: this.#through }
  }

  /** The commit index up to which the session knows of everything it has wanted to hear of. */
  get seenThrough(): Slot {
    return this.#seenThrough
  }

  /** Whether the present master tells the session everything, and has told it what was missed. */
  get isCaughtUp(): boolean {
    return this.#resumption === undefined
  }

  /** Whether the present master has been told what the session has cached and subscribed to. */
  get isResumed(): boolean {
    return this.#resumption !== "awaited"
  }

  /** Another master serves. Returns false if that is no news. */
  enter(epoch: Epoch): boolean {
    if (epoch <= this.#epoch) return false
    this.#epoch = epoch
    this.#through = 0
    this.#resumption = "awaited"
    return true
  }

  /** The master of `epoch` has answered `resume`. Returns false if that is not the present one. */
  resumed(epoch: Epoch, resumed: Resumed): boolean {
    if (epoch !== this.#epoch) return false
    if (this.#resumption === "awaited") this.#resumption = resumed
    this.#catchUp()
    return true
  }

  /** What of it is new, in order. The caller obeys it before anything else happens. */
  take({ epoch, commitIndex, firstNotice, notices }: NoticeBatch): readonly Notice[] {
    if (epoch < this.#epoch) return []
    this.enter(epoch)
    const knownCount = this.#through + 1 - firstNotice
    const isGap = notices.length > 0 && knownCount < 0
    const fresh = notices.slice(Math.max(knownCount, 0))
    if (fresh.length > 0) this.#through = firstNotice + notices.length - 1
    this.#catchUp()
    if (this.isCaughtUp) this.#seenThrough = Math.max(this.#seenThrough, commitIndex)
    // No master skips a number. If one does all the same, nobody knows what was in between.
    return isGap ? [{ kind: "resync", through: commitIndex }, ...fresh] : fresh
  }

  #catchUp(): void {
    const resumption = this.#resumption
    if (resumption === undefined || resumption === "awaited" || this.#through < resumption.lastNotice) return
    this.#resumption = undefined
    this.#seenThrough = Math.max(this.#seenThrough, resumption.commitIndex)
  }
}
