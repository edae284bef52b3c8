/**
 * What to make of a replica's silence. A process that has been stopped keeps its connections and says nothing, so only
 * answers tell that it is alive; but a call may rightly take long (a write waits for caches that have to be given up).
 * Whoever has owed an answer for a while is therefore asked something easy, and believed to be gone only if it leaves
 * that unanswered too. Anything it says clears it. Who looks late was asleep itself, and has first to hear what came in
 * meanwhile.
 */
import { after, never, type DurationMs, type Instant } from "../../base/instant.ts"

/** What silence amounts to: nothing; a reason to ask, and to look around; or the end. */
export type Suspicion = "none" | "begins" | "goesOn" | "confirmed"

/** So long a healthy replica hardly ever keeps everybody waiting. */
const unsuspiciousMs: DurationMs = 500
/** And then so long it may take to answer something easy. */
const easyAnswerMs: DurationMs = 1_500

export class Vigil {
  readonly #easyAnswerMs: DurationMs
  #heardAt: Instant
  #suspectedAt: Instant | undefined

  /** `factor`: how much longer than usual to bear with this replica. */
  constructor(now: Instant, factor: number) {
    this.#heardAt = now
    this.#easyAnswerMs = easyAnswerMs * factor
  }

  heard(now: Instant): void {
    this.#heardAt = now
    this.#suspectedAt = undefined
  }

  /** `owedSince`: when the oldest call was sent that ought to have been answered by now; `never`: there is none. */
  look(owedSince: Instant, now: Instant): Suspicion {
    const dueAt = this.lookAgainAt(owedSince)
    if (now < dueAt) return this.#suspectedAt === undefined ? "none" : "goesOn"
    const isLate = now - dueAt >= unsuspiciousMs
    if (this.#suspectedAt !== undefined && !isLate) return "confirmed"
    const suspicion = this.#suspectedAt === undefined ? "begins" : "goesOn"
    this.#suspectedAt = now
    return suspicion
  }

  /** Until then `look` says the same. */
  lookAgainAt(owedSince: Instant): Instant {
    if (owedSince === never) return never
    if (this.#suspectedAt !== undefined) return after(this.#suspectedAt, this.#easyAnswerMs)
    return after(Math.max(owedSince, this.#heardAt), unsuspiciousMs)
  }
}
