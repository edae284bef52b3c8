/**
 * Rounds of invalidations: what a write waits for (paper, 2.7). A round is over when each of its sessions has
 * acknowledged its notice, or its cache lease *as it was when the notice was made* is over, or it has ended. Later
 * leases need not be waited for: they ride on answers that carry the notice too. So no client, however it misbehaves,
 * delays a write for longer than one cache lease.
 */
import type { SessionId } from "../base/brand.ts"
import { DeadlineQueue } from "../base/deadline-queue.ts"
import type { DurationMs, Instant } from "../base/instant.ts"

interface Wait {
  readonly sessionId: SessionId
  readonly round: Round
  readonly since: Instant
  /** Of the notice to be acknowledged; undefined: the session has yet to say what it caches. */
  notice: number | undefined
}

export class Round {
  waitCount = 0
  /** Called when the round is over. */
  readonly whenOver: (() => void)[] = []

  get isOver(): boolean {
    return this.waitCount === 0
  }
}

/** A round that has just come to its end, and who was the last to be waited for. */
export interface RoundEnd {
  readonly sessionId: SessionId
  readonly waitedMs: DurationMs
}

export class Rounds {
  readonly #waits = new Map<SessionId, Wait[]>()
  readonly #deadlines = new DeadlineQueue<Wait>()

  nextAt(): Instant {
    return this.#deadlines.nextAt()
  }

  /** `until`: when the cache lease of the session is over. */
  await(round: Round, sessionId: SessionId, notice: number | undefined, now: Instant, until: Instant): void {
    const wait: Wait = { sessionId, round, since: now, notice }
    round.waitCount += 1
    const waits = this.#waits.get(sessionId)
    if (waits === undefined) this.#waits.set(sessionId, [wait])
    else waits.push(wait)
    this.#deadlines.set(wait, until)
  }

  acknowledge(sessionId: SessionId, through: number, now: Instant): readonly RoundEnd[] {
    return this.#settle(sessionId, ({ notice }) => notice !== undefined && notice <= through, now)
  }

  /** The session has said what it caches. `notice`: of what it must first forget. */
  hear(sessionId: SessionId, notice: number | undefined, now: Instant): readonly RoundEnd[] {
    if (notice === undefined) return this.#settle(sessionId, (wait) => wait.notice === undefined, now)
    for (const wait of this.#waits.get(sessionId) ?? []) wait.notice ??= notice
    return []
  }

  endSession(sessionId: SessionId, now: Instant): readonly RoundEnd[] {
    return this.#settle(sessionId, () => true, now)
  }

  takeDue(now: Instant): readonly RoundEnd[] {
    const due = new Set(this.#deadlines.takeDue(now))
    const sessions = new Set([...due].map(({ sessionId }) => sessionId))
    return [...sessions].flatMap((sessionId) => this.#settle(sessionId, (wait) => due.has(wait), now))
  }

  /** For how long something has been waiting for this session. */
  waitedFor(sessionId: SessionId, now: Instant): DurationMs {
    const oldest = this.#waits.get(sessionId)?.[0]
    return oldest === undefined ? 0 : now - oldest.since
  }

  #settle(sessionId: SessionId, isSettled: (wait: Wait) => boolean, now: Instant): readonly RoundEnd[] {
    const waits = this.#waits.get(sessionId)
    if (waits === undefined) return []
    const left: Wait[] = []
    const settled: Wait[] = []
    for (const wait of waits) (isSettled(wait) ? settled : left).push(wait)
    if (left.length === 0) this.#waits.delete(sessionId)
    else this.#waits.set(sessionId, left)
    const ends: RoundEnd[] = []
    for (const { round, since } of settled) {
      round.waitCount -= 1
      if (!round.isOver) continue
      ends.push({ sessionId, waitedMs: now - since })
      for (const callBack of round.whenOver) callBack()
    }
    for (const wait of settled) this.#deadlines.delete(wait)
    return ends
  }
}
