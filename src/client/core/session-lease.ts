/**
 * What a client may believe about its own session (Chubby paper, 2.8). The belief is conservative on purpose: a lease
 * counts from when the KeepAlive was *sent*, plus the time for which the master says it held the call, and both spans
 * are shortened by the bound on clock drift. Thus the client's lease always ends before the cell's does.
 *
 * safe -> jeopardy: the local lease is over and nobody answers; the cell may or may not have given the session up.
 * jeopardy -> safe: a master answered within the grace period. jeopardy -> expired: it did not, or said "expired".
 */
import { after, never, shortened, type DurationMs, type Instant } from "../../base/instant.ts"

export type SessionStanding = "safe" | "jeopardy" | "expired"

export interface LeaseTerms {
  readonly driftPerMille: number
  readonly gracePeriodMs: DurationMs
}

/** An answer that grants a lease: to CreateSession (never held back) or to a KeepAlive. */
export interface LeaseGrant {
  readonly sentAt: Instant
  readonly parkedMs: DurationMs
  readonly sessionLeaseMs: DurationMs
}

export class SessionLease {
  readonly #terms: LeaseTerms
  #validUntil: Instant
  #standing: SessionStanding = "safe"

  constructor(terms: LeaseTerms, grant: LeaseGrant) {
    this.#terms = terms
    this.#validUntil = endOf(grant, terms)
  }

  /** The cell passes nothing on that the session holds before this instant. */
  get validUntil(): Instant {
    return this.#validUntil
  }

  /** When a session in jeopardy is given up. */
  get graceEndsAt(): Instant {
    return after(this.#validUntil, this.#terms.gracePeriodMs)
  }

  get standing(): SessionStanding {
    return this.#standing
  }

  /** When `tick` next has something to say; `never` once the session has expired. */
  get wakeAt(): Instant {
    switch (this.#standing) {
      case "safe":
        return this.#validUntil
      case "jeopardy":
        return this.graceEndsAt
      case "expired":
        return never
    }
  }

  /** Moves on with the clock. Returns the new standing if it has changed. */
  tick(now: Instant): SessionStanding | undefined {
    return this.#become(this.#standingAt(now))
  }

  /**
   * A master answered. Answers may overtake each other, so a lease never gets shorter. Nor does an answer ever make the
   * standing worse: one that is heard too late may be followed by others that lie waiting.
   */
  extend(grant: LeaseGrant, now: Instant): SessionStanding | undefined {
    if (this.#standing === "expired") return undefined
    this.#validUntil = Math.max(this.#validUntil, endOf(grant, this.#terms))
    return now < this.#validUntil ? this.#become("safe") : undefined
  }

  /** The cell has said so, or the session was closed. There is no way back. */
  expire(): SessionStanding | undefined {
    return this.#become("expired")
  }

  #standingAt(now: Instant): SessionStanding {
    if (this.#standing === "expired") return "expired"
    if (now < this.#validUntil) return "safe"
    return now < this.graceEndsAt ? "jeopardy" : "expired"
  }

  #become(standing: SessionStanding): SessionStanding | undefined {
    if (standing === this.#standing) return undefined
    this.#standing = standing
    return standing
  }
}

function endOf(grant: LeaseGrant, terms: LeaseTerms): Instant {
  return after(grant.sentAt, shortened(grant.parkedMs + grant.sessionLeaseMs, terms.driftPerMille))
}
