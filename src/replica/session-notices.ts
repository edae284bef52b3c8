/** The notices of all sessions, and who has something new to be told. Volatile: numbers begin anew in each epoch. */
import type { SessionId, Slot } from "../base/brand.ts"
import type { Notice } from "../contract/notices.ts"
import { type NoticeBatch, NoticeQueue } from "./notice-queue.ts"

export class SessionNotices {
  readonly #appliedThrough: () => Slot
  readonly #queues = new Map<SessionId, NoticeQueue>()
  #fresh = new Set<SessionId>()

  constructor(appliedThrough: () => Slot) {
    this.#appliedThrough = appliedThrough
  }

  /** Whether there is something to tell that has never been told. */
  hasNews(sessionId: SessionId): boolean {
    return this.#queues.get(sessionId)?.hasNews ?? false
  }

  /** The number of the last notice that there has been for the session; zero: none yet. */
  lastOf(sessionId: SessionId): number {
    return this.#queues.get(sessionId)?.last ?? 0
  }

  countOf(sessionId: SessionId): number {
    return this.#queues.get(sessionId)?.count ?? 0
  }

  add(sessionId: SessionId, notice: Notice): number {
    const queue = this.#queues.get(sessionId) ?? new NoticeQueue()
    this.#queues.set(sessionId, queue)
    this.#fresh.add(sessionId)
    return queue.add(notice, this.#appliedThrough())
  }

  acknowledge(sessionId: SessionId, through: number): number {
    return this.#queues.get(sessionId)?.acknowledge(through) ?? 0
  }

  batch(sessionId: SessionId): NoticeBatch {
    const toldThrough = this.#appliedThrough()
    const nothing = { firstNotice: 1, notices: [], isWhole: true, toldThrough }
    return this.#queues.get(sessionId)?.batch(toldThrough) ?? nothing
  }

  /** Who was given a notice since the last time: their parked KeepAlives are to be answered. */
  takeFresh(): Iterable<SessionId> {
    const fresh = this.#fresh
    if (fresh.size > 0) this.#fresh = new Set()
    return fresh
  }

  endSession(sessionId: SessionId): void {
    this.#queues.delete(sessionId)
    this.#fresh.delete(sessionId)
  }
}
