/** What the checkers found wrong. A run with no findings is a good run; the first finding is the one to look into. */
import type { TrueTime } from "../../src/testing/time.ts"

export interface Violation {
  readonly checker: string
  readonly at: TrueTime
  readonly claim: string
}

/** After so many, a run is stopped: what follows a broken promise is noise. */
const violationsMax = 5

export class Findings {
  readonly violations: Violation[] = []
  readonly #ignored: ReadonlySet<string>

  /** `ignored`: checkers of promises that can't be kept in the world at hand. */
  constructor(ignored: readonly string[] = []) {
    this.#ignored = new Set(ignored)
  }

  get isFull(): boolean {
    return this.violations.length >= violationsMax
  }

  report(checker: string, at: TrueTime, claim: string): void {
    if (!this.isFull && !this.#ignored.has(checker)) this.violations.push({ checker, at, claim })
  }
}
