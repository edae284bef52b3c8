/**
 * Order: each replica applies slots 1, 2, 3 and so on, skipping none and repeating none; and a process that starts again
 * on the records of an earlier one is never behind what those records had made durable.
 */
import type { ReplicaId, Slot } from "../../../src/base/brand.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

interface Position {
  applied: Slot
  durable: Slot
}

export class OrderChecker {
  readonly #findings: Findings
  readonly #positions = new Map<ReplicaId, Position>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  applied(at: TrueTime, replicaId: ReplicaId, slot: Slot): void {
    const position = this.#position(replicaId)
    if (slot !== position.applied + 1) {
      this.#report(at, replicaId, `applied slot ${String(slot)} after slot ${String(position.applied)}`)
    }
    position.applied = slot
  }

  /** A snapshot took the place of everything through `slot`. */
  installed(at: TrueTime, replicaId: ReplicaId, slot: Slot): void {
    const position = this.#position(replicaId)
    if (slot < position.applied) {
      this.#report(at, replicaId, `went back from slot ${String(position.applied)} to a snapshot of ${String(slot)}`)
    }
    position.applied = slot
  }

  madeDurable(replicaId: ReplicaId, appliedThrough: Slot): void {
    const position = this.#position(replicaId)
    position.durable = Math.max(position.durable, appliedThrough)
  }

  restarted(at: TrueTime, replicaId: ReplicaId, appliedThrough: Slot): void {
    const position = this.#position(replicaId)
    if (appliedThrough < position.durable) {
      const durable = String(position.durable)
      this.#report(at, replicaId, `restarted at slot ${String(appliedThrough)}, though ${durable} was durable`)
    }
    position.applied = appliedThrough
    position.durable = appliedThrough
  }

  /** Its records were lost or damaged: it begins from nothing. */
  forgot(replicaId: ReplicaId): void {
    this.#positions.delete(replicaId)
  }

  #position(replicaId: ReplicaId): Position {
    let position = this.#positions.get(replicaId)
    if (position === undefined) {
      position = { applied: 0, durable: 0 }
      this.#positions.set(replicaId, position)
    }
    return position
  }

  #report(at: TrueTime, replicaId: ReplicaId, claim: string): void {
    this.#findings.report("order", at, `replica ${String(replicaId)} ${claim}`)
  }
}
