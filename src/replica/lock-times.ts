/**
 * Fills in what answers about locks say of time, which the replicated state knows nothing of: for how long a lock has
 * been held or waited for (at least), and how long a lock-delay will last (at most).
 */
import type { Instant } from "../base/instant.ts"
import type { LockDelay, LockParty, Outcome } from "../contract/requests.ts"
import type { LockDelays } from "./lock-delays.ts"
import type { SlotClock } from "./slot-clock.ts"

export class LockTimes {
  readonly #slotClock: SlotClock
  readonly #lockDelays: LockDelays

  constructor(slotClock: SlotClock, lockDelays: LockDelays) {
    this.#slotClock = slotClock
    this.#lockDelays = lockDelays
  }

  fillIn(outcome: Outcome, now: Instant): Outcome {
    if (outcome.kind === "getLock") {
      const { holders, waiters, delay } = outcome
      return {
        ...outcome,
        holders: this.#dated(holders, now),
        waiters: this.#dated(waiters, now),
        delay: this.#timed(delay, now),
      }
    }
    if (outcome.kind !== "tryAcquire" || outcome.acquired) return outcome
    return { ...outcome, holders: this.#dated(outcome.holders, now), delay: this.#timed(outcome.delay, now) }
  }

  #dated(parties: readonly LockParty[], now: Instant): readonly LockParty[] {
    return parties.map((party) => ({ ...party, forMs: this.#slotClock.ageOf(party.since, now) }))
  }

  #timed(delay: LockDelay | undefined, now: Instant): LockDelay | undefined {
    return delay === undefined ? undefined : this.#lockDelays.withRemaining(delay, now)
  }
}
