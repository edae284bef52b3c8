/**
 * Sessions survive fail-overs. In a calm run, where only replicas fail, a session may be lost only if nobody was served
 * for so long that its client had to give up: a fail-over shorter than the grace period costs no session.
 */
import type { SessionId } from "../../../src/base/brand.ts"
import { second, type TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

/** The library's grace period, and a margin for what takes its time. */
const outageMax: TrueTime = 40 * second

export class SurvivalChecker {
  readonly #findings: Findings
  readonly #isCalm: boolean
  #lastServedAt: TrueTime = 0
  /** The end of the latest outage that was long enough to excuse a loss. */
  #outageEndedAt: TrueTime | undefined

  constructor(findings: Findings, isCalm: boolean) {
    this.#findings = findings
    this.#isCalm = isCalm
  }

  /** A master has answered somebody. */
  served(at: TrueTime): void {
    if (at - this.#lastServedAt > outageMax) this.#outageEndedAt = at
    this.#lastServedAt = at
  }

  lost(at: TrueTime, sessionId: SessionId, reason: string): void {
    const isOutage = at - this.#lastServedAt > outageMax
    const wasOutage = this.#outageEndedAt !== undefined && at - this.#outageEndedAt < outageMax
    if (!this.#isCalm || isOutage || wasOutage) return
    const claim = `session ${String(sessionId)} was lost, though only replicas have failed: ${reason}`
    this.#findings.report("survival", at, claim)
  }
}
