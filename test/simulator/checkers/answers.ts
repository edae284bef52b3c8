/**
 * What clients are told, held against the log: a change that was acknowledged is in it (durability), it is told as the
 * log has it (exactly once), and an answer never reflects an older state than one that somebody had seen before the call
 * began (no stale reads, whatever the path).
 */
import type { Slot } from "../../../src/base/brand.ts"
import type { Outcome, Reply } from "../../../src/contract/requests.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import { type Call, describeCall, goesThroughLog } from "../history.ts"
import type { AppliedLog } from "./applied-log.ts"

export class AnswersChecker {
  readonly #findings: Findings
  readonly #log: AppliedLog
  /** The newest state that any client has seen. */
  #seenThrough: Slot = 0
  readonly #seenBefore = new Map<Call, Slot>()

  constructor(findings: Findings, log: AppliedLog) {
    this.#findings = findings
    this.#log = log
  }

  invoked(call: Call): void {
    this.#seenBefore.set(call, this.#seenThrough)
  }

  answered(at: TrueTime, call: Call, { outcome, commitIndex }: Reply): void {
    const seenBefore = this.#seenBefore.get(call) ?? 0
    if (commitIndex < seenBefore) {
      const claim = `reflects slot ${String(commitIndex)}, though ${String(seenBefore)} had been seen`
      this.#findings.report("stale-read", at, `${claim}: ${describeCall(call)}`)
    }
    this.#seenThrough = Math.max(this.#seenThrough, commitIndex)
    if (commitIndex > this.#log.appliedThrough) this.#report(at, call, "reflects a slot that was never applied")
    if (call.operation.kind === "createSession") {
      // It may also be refused, when the session it had made before is about to end by then.
      if (outcome.kind !== "createSession") return
      if (!this.#log.hasCreated(outcome.sessionId)) this.#report(at, call, "the log creates no such session")
    } else if (goesThroughLog(call.operation)) this.#compare(at, call, outcome)
  }

  #compare(at: TrueTime, call: Call, outcome: Outcome): void {
    const logged = this.#log.call(call.sessionId, call.requestNumber)
    if (logged === undefined) this.#report(at, call, "the answer has no place in the log")
    else if (logged.outcome === undefined) this.#report(at, call, "by the log, the call still waits")
    else if (canonical(logged.outcome) !== canonical(outcome)) {
      this.#report(at, call, `by the log: ${canonical(logged.outcome)}`)
    }
  }

  #report(at: TrueTime, call: Call, claim: string): void {
    this.#findings.report("answers", at, `${claim}: ${describeCall(call)}`)
  }
}

/**
 * Equal for equal outcomes, in whatever order their fields were written. The wording of a refusal is free, and so are the
 * spans of time that the master has filled in.
 */
function canonical(outcome: Outcome): string {
  if (outcome.kind === "refused") return `refused ${outcome.code}`
  return JSON.stringify(outcome, (key, value: unknown) => {
    if (key === "forMs" || key === "remainingMs") return undefined
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}
