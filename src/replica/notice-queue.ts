/**
 * What the master has to tell one session (paper, 2.5 and 2.7): numbered from 1, sent with every KeepAlive answer, and
 * repeated until acknowledged. In one reign nothing is lost: what overflows is replaced by a notice that says so, and
 * that stands for everything it replaces, invalidations included.
 */
import { unreachable } from "../base/assert.ts"
import type { Slot } from "../base/brand.ts"
import { limits } from "../contract/limits.ts"
import type { Notice } from "../contract/notices.ts"

interface Queued {
  readonly notice: Notice
  /** What is known to whoever has taken in all notices before this one. */
  readonly toldThrough: Slot
  readonly bytes: number
}

type LockWanted = Extract<Notice, { kind: "lockWanted" }>

/** A notice that stands for an earlier one as well, which is to be taken from its place. */
interface Merged extends Omit<Queued, "bytes"> {
  readonly place: number
}

export interface NoticeBatch {
  /** The number of the first one; the others follow. Of an empty batch, the number that comes next. */
  readonly firstNotice: number
  readonly notices: readonly Notice[]
  /** Whether this is everything there is to tell. */
  readonly isWhole: boolean
  /** Everything through here has been told, in this batch or before it. */
  readonly toldThrough: Slot
}

/** Of one KeepAlive answer. Well below what a message may hold. */
const batchCountMax = 512
const batchBytesMax = 512 * 1024

export class NoticeQueue {
  #queued: Queued[] = []
  /** The number of the first one queued, or of the next one to be. */
  #first = 1
  #sentThrough = 0

  /** Those that have not been acknowledged. */
  get count(): number {
    return this.#queued.length
  }

  /** The number of the last one there has been; zero: none yet. */
  get last(): number {
    return this.#first + this.#queued.length - 1
  }

  /** Whether there is any that has never been sent. */
  get hasNews(): boolean {
    return this.last > this.#sentThrough
  }

  /** To be called when everything through `appliedThrough` was applied. Returns the number under which it is told. */
  add(notice: Notice, appliedThrough: Slot): number {
    const merged = notice.kind === "lockWanted" ? this.#mergedWithEarlier(notice) : this.#mergedWithLast(notice)
    if (merged === undefined && this.#queued.length >= limits.noticesPerSessionMax)
      return this.#overflow(appliedThrough)
    const isChange = notice.kind === "event" || notice.kind === "lockWanted"
    const toldThrough = merged?.toldThrough ?? (isChange ? notice.index - 1 : appliedThrough)
    if (merged !== undefined) this.#queued.splice(merged.place, 1)
    const told = merged?.notice ?? notice
    this.#queued.push({ notice: told, toldThrough, bytes: bytesOf(told) })
    return this.last
  }

  /** Returns how many are taken as acknowledged: nobody can have seen what was never sent. */
  acknowledge(through: number): number {
    const seen = Math.min(through, this.#sentThrough)
    if (seen >= this.#first) {
      this.#queued.splice(0, seen - this.#first + 1)
      this.#first = seen + 1
    }
    return seen
  }

  /** What the next KeepAlive answer tells. `appliedThrough`: what has been applied, so that nothing else is to be told. */
  batch(appliedThrough: Slot): NoticeBatch {
    let count = 0
    let bytes = 0
    for (const queued of this.#queued) {
      bytes += queued.bytes
      if (count > 0 && (count >= batchCountMax || bytes > batchBytesMax)) break
      count += 1
    }
    const unsent = this.#queued.slice(count)
    this.#sentThrough = Math.max(this.#sentThrough, this.#first + count - 1)
    return {
      firstNotice: this.#first,
      notices: this.#queued.slice(0, count).map(({ notice }) => notice),
      isWhole: unsent.length === 0,
      toldThrough: unsent.reduce((told, { toldThrough }) => Math.min(told, toldThrough), appliedThrough),
    }
  }

  /** A burst of writes makes many invalidations: those that have not been sent yet become one. */
  #mergedWithLast(notice: Notice): Merged | undefined {
    const last = this.#queued.at(-1)
    if (notice.kind !== "invalidate" || last?.notice.kind !== "invalidate" || this.last <= this.#sentThrough) return
    if (last.notice.keys.length >= keysPerNoticeMax) return
    return {
      place: this.#queued.length - 1,
      notice: { kind: "invalidate", keys: [...last.notice.keys, ...notice.keys] },
      toldThrough: last.toldThrough,
    }
  }

  /**
   * Many may want one lock, again and again: of what has not been sent yet, the holder is told the latest. What stood
   * between them moves up by a number. Whoever waits for the number that it had waits for one that is still to come, and
   * stands for no less.
   */
  #mergedWithEarlier(notice: LockWanted): Merged | undefined {
    const unsent = Math.max(0, this.#sentThrough - this.#first + 1)
    for (let place = this.#queued.length - 1; place >= unsent; place -= 1) {
      const earlier = this.#queued[place]
      if (earlier?.notice.kind !== "lockWanted" || earlier.notice.change.instance !== notice.change.instance) continue
      return { place, notice, toldThrough: earlier.toldThrough }
    }
    return undefined
  }

  /** Takes the next number, so that whoever acknowledges it has acknowledged what it stands for. */
  #overflow(appliedThrough: Slot): number {
    const toldThrough = this.#queued.reduce((told, queued) => Math.min(told, queued.toldThrough), appliedThrough)
    const notice: Notice = { kind: "resync", through: appliedThrough }
    this.#first = this.last + 1
    this.#queued = [{ notice, toldThrough, bytes: bytesOf(notice) }]
    return this.#first
  }
}

const keysPerNoticeMax = 64

/** Roughly, as on the wire. */
function bytesOf(notice: Notice): number {
  switch (notice.kind) {
    case "invalidate":
      return notice.keys.reduce((sum, key) => sum + 2 * key.length + 4, 16)
    case "event":
    case "lockWanted":
      return 2 * notice.change.path.length + ("holders" in notice.change ? 8 * notice.change.holders.length : 0) + 256
    case "resync":
      return 16
    default:
      return unreachable(notice)
  }
}
