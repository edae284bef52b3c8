/**
 * Agreement, from a place that no replica has: this checker sees every vote the moment it is durable. A value is chosen
 * once a majority of voting replicas have accepted it in one ballot. No replica may believe a slot chosen before that
 * has happened, or with another value; and no slot may ever be chosen with two.
 */
import { equalBytes } from "../../../src/base/bytes.ts"
import type { ReplicaId, Slot } from "../../../src/base/brand.ts"
import type { Ballot } from "../../../src/paxos/ballot.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"

interface Votes {
  readonly value: Uint8Array
  readonly voters: Set<ReplicaId>
}

export class AgreementChecker {
  readonly #findings: Findings
  readonly #quorum: number
  readonly #votes = new Map<Slot, Map<string, Votes>>()
  readonly #chosen = new Map<Slot, Uint8Array>()

  constructor(findings: Findings, replicaCount: number) {
    this.#findings = findings
    this.#quorum = Math.floor(replicaCount / 2) + 1
  }

  chosen(slot: Slot): Uint8Array | undefined {
    return this.#chosen.get(slot)
  }

  get chosenCount(): number {
    return this.#chosen.size
  }

  /** A voting replica has made durable that it accepted `value`. */
  voted(at: TrueTime, replicaId: ReplicaId, slot: Slot, ballot: Ballot, value: Uint8Array): void {
    const key = `${String(ballot.round)}.${String(ballot.replicaId)}`
    let bySlot = this.#votes.get(slot)
    if (bySlot === undefined) {
      bySlot = new Map()
      this.#votes.set(slot, bySlot)
    }
    let votes = bySlot.get(key)
    if (votes === undefined) {
      votes = { value, voters: new Set() }
      bySlot.set(key, votes)
    }
    if (!equalBytes(votes.value, value)) {
      this.#findings.report("agreement", at, `ballot ${key} proposed two values for slot ${String(slot)}`)
      return
    }
    votes.voters.add(replicaId)
    if (votes.voters.size === this.#quorum) this.#choose(at, slot, key, value)
  }

  /** A replica believes that `slot` is chosen with `value`. */
  believed(at: TrueTime, replicaId: ReplicaId, slot: Slot, value: Uint8Array): void {
    const chosen = this.#chosen.get(slot)
    const who = `replica ${String(replicaId)} believes slot ${String(slot)} chosen`
    if (chosen === undefined) this.#findings.report("agreement", at, `${who}, but no majority has accepted it`)
    else if (!equalBytes(chosen, value)) this.#findings.report("agreement", at, `${who} with another value than it was`)
  }

  #choose(at: TrueTime, slot: Slot, ballot: string, value: Uint8Array): void {
    const earlier = this.#chosen.get(slot)
    if (earlier === undefined) this.#chosen.set(slot, value)
    else if (!equalBytes(earlier, value)) {
      this.#findings.report("agreement", at, `ballot ${ballot} chose a second value for slot ${String(slot)}`)
    }
  }
}
