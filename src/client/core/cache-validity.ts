/**
 * Whether what is cached may be used at this very moment. A cache lease is granted with the session and with every
 * answer to a KeepAlive, and counted like the session lease: from when the call was *sent*, plus the time for which the
 * master held it, shortened by the bound on clock drift. A write that waits for a silent client waits for longer than
 * that, so no other value is ever acknowledged while this one is still in use.
 *
 * A lease that has lapsed makes the cache unusable, not worthless: invalidations are repeated until they have been
 * acknowledged, and the next answer to a KeepAlive carries them all. A new master is different: it does not know what
 * is cached here, so from its first word on the cache is frozen, until it has told what it has to say about it.
 */
import { after, type DurationMs, type Instant, shortened } from "../../base/instant.ts"
import type { LeaseGrant } from "./session-lease.ts"

export interface CacheLeaseGrant extends LeaseGrant {
  readonly cacheLeaseMs: DurationMs
}

export class CacheValidity {
  readonly #driftPerMille: number
  #validUntil: Instant = 0
  #isFrozen = false
  #isOver = false

  constructor(driftPerMille: number) {
    this.#driftPerMille = driftPerMille
  }

  isUsable(now: Instant): boolean {
    return now < this.#validUntil && !this.#isFrozen && !this.#isOver
  }

  /** Answers may overtake each other, so a lease never gets shorter. */
  extend({ sentAt, parkedMs, sessionLeaseMs, cacheLeaseMs }: CacheLeaseGrant): void {
    // The cell forgets the caches of a session that has ended, so no cache outlives its session's lease.
    const span = parkedMs + Math.min(cacheLeaseMs, sessionLeaseMs)
    this.#validUntil = Math.max(this.#validUntil, after(sentAt, shortened(span, this.#driftPerMille)))
  }

  /** Another master serves. */
  freeze(): void {
    this.#isFrozen = true
  }

  /** The present master knows what is cached, and what it had to say about it has been obeyed. */
  thaw(): void {
    this.#isFrozen = false
  }

  /** The session has ended. There is no way back. */
  end(): void {
    this.#isOver = true
  }
}
