/**
 * What a fence is for: no resource ever accepts a write under a lock that was granted anew since, once it has accepted one
 * of a later holder. And what it must not cost: nobody is refused who holds the lock.
 */
import type { SequencerStatement } from "../../../src/contract/sequencer.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

type Accepted = Pick<SequencerStatement, "path" | "instance" | "lockGeneration">

export class FencedWritesChecker {
  readonly #findings: Findings
  /** The highest of each path. */
  readonly #highest = new Map<string, Accepted>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  accepted(at: TrueTime, write: Accepted): void {
    const highest = this.#highest.get(write.path)
    if (highest === undefined || isBefore(highest, write)) this.#highest.set(write.path, write)
    else if (isBefore(write, highest)) {
      const claim = `the resource of ${write.path} accepts a write of ${spelled(write)} after one of ${spelled(highest)}`
      this.#findings.report("fence", at, claim)
    }
  }

  /** `isHeld`: whether who has sent it still believes, rightly, to hold the lock. */
  refused(at: TrueTime, path: string, reason: string, isHeld: boolean): void {
    if (isHeld) this.#findings.report("fence", at, `the resource of ${path} refuses its holder: ${reason}`)
  }
}

function isBefore(left: Accepted, right: Accepted): boolean {
  return (left.instance - right.instance || left.lockGeneration - right.lockGeneration) < 0
}

function spelled({ instance, lockGeneration }: Accepted): string {
  return `generation ${lockGeneration} of instance ${instance}`
}
