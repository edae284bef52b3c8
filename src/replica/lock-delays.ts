/**
 * The master's timers of lock-delays (paper, 2.4): when one has run out, its end is proposed, and the log decides. Like
 * all such timers they are volatile; a new master starts them again in full, since it can't know how much is over.
 */
import type { Instance, SessionId } from "../base/brand.ts"
import { DeadlineQueue } from "../base/deadline-queue.ts"
import { after, type DurationMs, type Instant, lengthened } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import type { LockDelay } from "../contract/requests.ts"
import type { TimedDelay } from "../state-machine/changes.ts"

export class LockDelays {
  readonly #driftPerMille: number
  readonly #byInstance = new Map<Instance, TimedDelay>()
  readonly #deadlines = new DeadlineQueue<Instance>()
  /** When sessions ended under this master, the latest last. All that a session leaves behind begins at its end. */
  readonly #endedAt = new Map<SessionId, Instant>()
  readonly #tookOverAt: Instant

  constructor(driftPerMille: number, now: Instant) {
    this.#driftPerMille = driftPerMille
    this.#tookOverAt = now
  }

  nextAt(): Instant {
    return this.#deadlines.nextAt()
  }

  begin(delay: TimedDelay, now: Instant): void {
    this.#byInstance.set(delay.instance, delay)
    this.#deadlines.set(delay.instance, this.#end(now, delay.lockDelayMs))
  }

  takeDue(now: Instant): readonly TimedDelay[] {
    return this.#deadlines.takeDue(now).flatMap((instance) => {
      const delay = this.#byInstance.get(instance)
      this.#byInstance.delete(instance)
      return delay === undefined ? [] : [delay]
    })
  }

  onSessionEnded(sessionId: SessionId, now: Instant): void {
    for (const [ended, at] of this.#endedAt) {
      if (now < this.#end(at, limits.lockDelayMsMax)) break
      this.#endedAt.delete(ended)
    }
    this.#endedAt.set(sessionId, now)
  }

  /** Fills in what the state can't know. */
  withRemaining(delay: LockDelay, now: Instant): LockDelay {
    const begunAt = this.#endedAt.get(delay.sessionId) ?? this.#tookOverAt
    return { ...delay, remainingMs: Math.max(0, this.#end(begunAt, delay.lockDelayMs) - now) }
  }

  #end(begunAt: Instant, lockDelayMs: DurationMs): Instant {
    return after(begunAt, lengthened(lockDelayMs, this.#driftPerMille))
  }
}
