/**
 * Replicas at one slot must have one state. Every so many slots each tells the leader the digest of its own; what a
 * quorum agrees on goes through the log, and a replica that finds itself in disagreement has computed, or kept, something
 * wrong and must not go on. The leader is judged like the others.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import type { DigestReport } from "./peer-messages.ts"

const remembered = 16

export class DigestWatch {
  readonly #everySlots: number
  readonly #quorum: number
  readonly #own = new Map<Slot, number>()
  readonly #reports = new Map<Slot, Map<ReplicaId, number>>()

  constructor(everySlots: number, quorum: number) {
    this.#everySlots = everySlots
    this.#quorum = quorum
  }

  /**
   * After each applied slot. Returns the report to send, if this is a slot at which states are compared: only then is the
   * digest wanted, which takes every touched part of the state to be encoded.
   */
  note(slot: Slot, digestOf: () => number): DigestReport | undefined {
    if (slot % this.#everySlots !== 0) return undefined
    const digest = digestOf()
    this.#own.set(slot, digest)
    forgetOldest(this.#own)
    return { kind: "digestReport", slot, digest }
  }

  /** At the leader. Returns what a quorum has agreed on, once per slot. */
  onReport(from: ReplicaId, { slot, digest }: DigestReport): { slot: Slot; digest: number } | undefined {
    const reports = this.#reports.get(slot) ?? new Map<ReplicaId, number>()
    this.#reports.set(slot, reports)
    forgetOldest(this.#reports)
    if (reports.has(from)) return undefined
    reports.set(from, digest)
    const agreeing = [...reports.values()].filter((other) => other === digest).length
    return agreeing === this.#quorum ? { slot, digest } : undefined
  }

  /** Whether this replica's state at that slot was another one. */
  disagrees({ slot, digest }: { readonly slot: Slot; readonly digest: number }): boolean {
    const own = this.#own.get(slot)
    return own !== undefined && own !== digest
  }
}

function forgetOldest(map: Map<Slot, unknown>): void {
  const oldest = map.keys().next()
  if (map.size > remembered && oldest.done !== true) map.delete(oldest.value)
}
