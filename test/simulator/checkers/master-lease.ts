/**
 * At every instant of true time at most one replica may answer under a master lease. A replica that is paused still
 * counts: it would go on by its clock when it wakes up. Only a crash, or its own ceasing, ends its claim early.
 */
import type { ReplicaId } from "../../../src/base/brand.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

export class MasterLeaseChecker {
  readonly #findings: Findings
  readonly #heldUntil = new Map<ReplicaId, TrueTime>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** From now on `replicaId` takes itself for the master until the true time `until` (exclusive). */
  holds(at: TrueTime, replicaId: ReplicaId, until: TrueTime): void {
    this.#heldUntil.set(replicaId, until)
    if (until <= at) return
    for (const [other, otherUntil] of this.#heldUntil) {
      if (other === replicaId || otherUntil <= at) continue
      const claim = `replicas ${String(replicaId)} and ${String(other)} both hold a master lease`
      this.#findings.report("master-lease", at, `${claim} (until ${String(until)} and ${String(otherUntil)})`)
    }
  }

  /** It is master no more, or its process is gone. */
  ceased(replicaId: ReplicaId): void {
    this.#heldUntil.delete(replicaId)
  }
}
