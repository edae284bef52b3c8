/**
 * Mutual exclusion as holders see it, in true time: when the cell grants a lock, nobody else may still take himself for a
 * holder of it, by the clock of the machine that he runs on; and a little later, as timers may be late, his `lost` must
 * have fired, if his process is awake. Nor may anybody begin to believe so while the cell knows of another holder.
 */
import type { SessionId } from "../../../src/base/brand.ts"
import { isCompatible } from "../../../src/contract/lock-mode.ts"
import type { Lock } from "../../../src/client/index.ts"
import type { RunningClient } from "../../../src/testing/running-client.ts"
import type { ProcessClock, Timeline, TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { Grant } from "./lock-ledger.ts"

export interface HeldLock {
  /** With the cell's own name. */
  readonly path: string
  readonly lock: Lock
  readonly sessionId: SessionId
  readonly process: RunningClient
  readonly clock: ProcessClock
}

export class LostInTimeChecker {
  readonly #timeline: Timeline
  readonly #findings: Findings
  readonly #lateTimers: TrueTime
  readonly #held = new Set<HeldLock>()
  /** The latest grants of each lock, by path: those of its newest generation. */
  readonly #granted = new Map<string, Grant[]>()

  /** `lateTimers`: by how much a timer may be late. */
  constructor(timeline: Timeline, findings: Findings, lateTimers: TrueTime) {
    this.#timeline = timeline
    this.#findings = findings
    this.#lateTimers = lateTimers
  }

  /** The cell has granted a lock: nobody knows yet but the first replica that has applied it. */
  granted(at: TrueTime, grant: Grant): void {
    const earlier = this.#granted.get(grant.path) ?? []
    this.#granted.set(grant.path, [
      ...earlier.filter(({ lockGeneration }) => lockGeneration === grant.lockGeneration),
      grant,
    ])
    for (const held of this.#held) {
      if (!conflicts(held, grant)) continue
      if (believes(at, held)) this.#report(at, held, `still believes to hold ${grant.path} when it is granted`, grant)
      this.#expectLost(held, grant)
    }
  }

  /** A program is given a lock. Returns what to call as soon as it begins to give the lock back. */
  began(at: TrueTime, held: HeldLock): () => void {
    this.#held.add(held)
    const grants = this.#granted.get(held.path) ?? []
    for (const grant of grants) {
      if (grant.lockGeneration < held.lock.lockGeneration || !believes(at, held)) continue
      if (conflicts(held, grant)) this.#report(at, held, `is given ${held.path} after it was granted`, grant)
    }
    return () => {
      this.#held.delete(held)
    }
  }

  #expectLost(held: HeldLock, grant: Grant): void {
    this.#timeline.planAfter(this.#lateTimers, () => {
      const { process, lock, path } = held
      const isAsleep = process.pausedUntil + this.#lateTimers >= this.#timeline.now
      if (!this.#held.has(held) || !process.isAlive || isAsleep || lock.lost.aborted) return
      this.#report(this.#timeline.now, held, `has not been told of the loss of ${path}, granted`, grant)
    })
  }

  #report(at: TrueTime, { process, sessionId }: HeldLock, claim: string, grant: Grant): void {
    const who = `${process.name} (session ${String(sessionId)})`
    this.#findings.report("lost-in-time", at, `${who} ${claim} to session ${String(grant.sessionId)}`)
  }
}

/** Whether the program, if it looked at this instant, would find that it holds the lock. */
function believes(at: TrueTime, { lock, clock, process }: HeldLock): boolean {
  return process.isAlive && clock.read(at) < lock.validUntil
}

function conflicts({ path, lock, sessionId }: HeldLock, grant: Grant): boolean {
  return path === grant.path && sessionId !== grant.sessionId && !isCompatible(lock.mode, grant.mode)
}
