/**
 * The master's timers of Acquires that ask to wait no longer than some time: when one has run out, the end of the wait
 * is proposed, and the log says whether the lock was granted before. A new master starts them again in full.
 */
import type { SessionId } from "../base/brand.ts"
import { DeadlineQueue } from "../base/deadline-queue.ts"
import { after, type Instant } from "../base/instant.ts"
import type { TimedWait } from "../state-machine/changes.ts"

export class TimedWaits {
  readonly #waits = new Map<string, TimedWait>()
  readonly #deadlines = new DeadlineQueue<string>()

  nextAt(): Instant {
    return this.#deadlines.nextAt()
  }

  begin(wait: TimedWait, now: Instant): void {
    const name = nameOf(wait.sessionId, wait.requestNumber)
    this.#waits.set(name, wait)
    this.#deadlines.set(name, after(now, wait.waitMs))
  }

  /** The Acquire has been answered. */
  settle(sessionId: SessionId, requestNumber: number): void {
    if (this.#waits.size === 0) return
    const name = nameOf(sessionId, requestNumber)
    if (this.#waits.delete(name)) this.#deadlines.delete(name)
  }

  takeDue(now: Instant): readonly TimedWait[] {
    return this.#deadlines.takeDue(now).flatMap((name) => {
      const wait = this.#waits.get(name)
      this.#waits.delete(name)
      return wait === undefined ? [] : [wait]
    })
  }
}

function nameOf(sessionId: SessionId, requestNumber: number): string {
  return `${sessionId}/${requestNumber}`
}
