/**
 * Mutual exclusion as clients see it: while a client may rightly believe that it holds a lock (it was granted, it has not
 * begun to give it up, and its own session lease runs), no other client may believe so in an incompatible mode. An
 * overlap has a beginning, so it is enough to look whenever a belief begins.
 */
import type { SessionId } from "../../../src/base/brand.ts"
import { type LockMode, isCompatible } from "../../../src/contract/lock-mode.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

interface Belief {
  readonly path: string
  readonly sessionId: SessionId
  readonly mode: LockMode
  readonly lockGeneration: number
  /** True time at which the client's session lease runs out, by the client's own clock. */
  readonly validUntil: () => TrueTime
}

export class LockBeliefChecker {
  readonly #findings: Findings
  readonly #beliefs = new Set<Belief>()
  readonly #newestGeneration = new Map<string, number>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** A client learns that it holds a lock. Returns what ends the belief. */
  began(at: TrueTime, belief: Belief): () => void {
    this.#beliefs.add(belief)
    this.#look(at, belief)
    return () => {
      this.#beliefs.delete(belief)
    }
  }

  /** The session lease was renewed after it had run out: its beliefs begin again. */
  resumed(at: TrueTime, sessionId: SessionId): void {
    for (const belief of this.#beliefs) if (belief.sessionId === sessionId) this.#look(at, belief)
  }

  #look(at: TrueTime, belief: Belief): void {
    if (belief.validUntil() <= at) return
    const newest = this.#newestGeneration.get(belief.path) ?? 0
    this.#newestGeneration.set(belief.path, Math.max(newest, belief.lockGeneration))
    if (belief.lockGeneration < newest) {
      const claim = `is held at generation ${String(belief.lockGeneration)} after ${String(newest)}`
      this.#findings.report("lock-belief", at, `${belief.path} ${claim}`)
    }
    for (const other of this.#beliefs) {
      if (other === belief || other.path !== belief.path || other.validUntil() <= at) continue
      if (isCompatible(other.mode, belief.mode)) continue
      const pair = `sessions ${String(other.sessionId)} and ${String(belief.sessionId)}`
      this.#findings.report("lock-belief", at, `${pair} both believe that they hold ${belief.path}`)
    }
  }
}
