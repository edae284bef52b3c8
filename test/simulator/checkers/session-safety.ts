/**
 * No session is ended before the lease that was promised to its client: whatever a client has been told, counted as the
 * client counts it (from when it sent the call, shortened by the drift bound), the cell waits that long.
 */
import type { SessionId } from "../../../src/base/brand.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

export class SessionSafetyChecker {
  readonly #findings: Findings
  readonly #promisedUntil = new Map<SessionId, TrueTime>()
  readonly #expiredAt = new Map<SessionId, TrueTime>()
  readonly #closing = new Set<SessionId>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** A client was told that its session lasts until `until` at least. */
  promised(at: TrueTime, sessionId: SessionId, until: TrueTime): void {
    this.#promisedUntil.set(sessionId, Math.max(until, this.#promisedUntil.get(sessionId) ?? 0))
    const expiredAt = this.#expiredAt.get(sessionId)
    if (expiredAt !== undefined && expiredAt < until) this.#report(at, sessionId, expiredAt, until)
  }

  /** The client has asked for the session to be closed: it may end any time now. */
  closing(sessionId: SessionId): void {
    this.#closing.add(sessionId)
  }

  /** Some replica has applied the session's end, or a client was told of it. */
  ended(at: TrueTime, sessionId: SessionId): void {
    if (this.#closing.has(sessionId) || this.#expiredAt.has(sessionId)) return
    this.#expiredAt.set(sessionId, at)
    const until = this.#promisedUntil.get(sessionId)
    if (until !== undefined && at < until) this.#report(at, sessionId, at, until)
  }

  #report(at: TrueTime, sessionId: SessionId, endedAt: TrueTime, until: TrueTime): void {
    const claim = `session ${String(sessionId)} ended at ${String(endedAt)}, promised until ${String(until)}`
    this.#findings.report("session-safety", at, claim)
  }
}
