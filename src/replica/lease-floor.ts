/**
 * Longer session leases under load (paper, 2.8): with many sessions the master grants more than was asked for, so that
 * KeepAlives stay under some rate. What it may grant stands in the replicated state, as the *lease floor*, because the
 * next master must reckon with it: raised in the log before the first such lease is granted, lowered only when the last
 * one is over.
 */
import { after, type DurationMs, type Instant, lengthened, never } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"

/** Up to here the leases that clients ask for will do. */
const calmSessionCount = 10_000
/** Each session sends two KeepAlives per lease. */
const keepAlivesPerSecondMax = 1_700
/** Small steps would put a command into the log for every few sessions. */
const stepMs: DurationMs = 1_000

export class LeaseFloor {
  readonly #driftPerMille: number
  /** What is in the log and has not been applied. */
  #proposedMs: DurationMs | undefined
  /** Since when no lease above `sessionLeaseMs` has been granted that its client had not asked for. */
  #lowering: { readonly sessionLeaseMs: DurationMs; readonly since: Instant } | undefined
  #dueAt: Instant = never

  constructor(driftPerMille: number) {
    this.#driftPerMille = driftPerMille
  }

  /** When to ask `next` again although no session has come or gone. */
  nextAt(): Instant {
    return this.#dueAt
  }

  /** The lease for a session that asked for `askedMs`, while the log allows `floorMs`. */
  granted(askedMs: DurationMs, sessionCount: number, floorMs: DurationMs): DurationMs {
    // A lower floor that stands in the log may be the one that the next master finds.
    const allowedMs = Math.min(desired(sessionCount), floorMs, this.#proposedMs ?? floorMs)
    if (this.#lowering !== undefined && allowedMs > this.#lowering.sessionLeaseMs) this.#lowering = undefined
    return Math.max(askedMs, allowedMs)
  }

  /** The floor to propose now, if another one than `floorMs` is due. */
  next(sessionCount: number, floorMs: DurationMs, now: Instant): DurationMs | undefined {
    if (this.#proposedMs !== undefined && this.#proposedMs !== floorMs) return undefined
    this.#proposedMs = undefined
    const wantedMs = desired(sessionCount)
    if (wantedMs < floorMs) return this.#lower(wantedMs, floorMs, now)
    this.#lowering = undefined
    this.#dueAt = never
    return wantedMs > floorMs ? this.#propose(wantedMs) : undefined
  }

  /** A lease of the old length may have been granted a moment ago: it has to be over everywhere first. */
  #lower(wantedMs: DurationMs, floorMs: DurationMs, now: Instant): DurationMs | undefined {
    if (this.#lowering === undefined || wantedMs > this.#lowering.sessionLeaseMs) {
      this.#lowering = { sessionLeaseMs: wantedMs, since: now }
    }
    const { sessionLeaseMs, since } = this.#lowering
    this.#dueAt = after(since, lengthened(floorMs, this.#driftPerMille))
    if (now < this.#dueAt) return undefined
    this.#lowering = undefined
    this.#dueAt = never
    return this.#propose(sessionLeaseMs)
  }

  #propose(sessionLeaseMs: DurationMs): DurationMs {
    this.#proposedMs = sessionLeaseMs
    return sessionLeaseMs
  }
}

function desired(sessionCount: number): DurationMs {
  if (sessionCount <= calmSessionCount) return 0
  const steps = Math.ceil((2 * 1_000 * sessionCount) / (keepAlivesPerSecondMax * stepMs))
  return Math.min(steps * stepMs, limits.sessionLeaseMsUnderLoadMax)
}
