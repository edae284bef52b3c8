/** Replicas that have applied the same slots have the same state, told by its digest. */
import type { ReplicaId, Slot } from "../../../src/base/brand.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

export class DigestChecker {
  readonly #findings: Findings
  readonly #digests = new Map<Slot, { readonly replicaId: ReplicaId; readonly digest: string }>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** `replicaId` has the state of `slot`, and this is its digest. */
  has(at: TrueTime, replicaId: ReplicaId, slot: Slot, digest: string): void {
    const earlier = this.#digests.get(slot)
    if (earlier === undefined) this.#digests.set(slot, { replicaId, digest })
    else if (earlier.digest !== digest) {
      const pair = `replicas ${String(replicaId)} and ${String(earlier.replicaId)}`
      this.#findings.report("digest", at, `${pair} differ at slot ${String(slot)}: ${digest}, ${earlier.digest}`)
    }
  }
}
