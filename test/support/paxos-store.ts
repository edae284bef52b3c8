/**
 * A disk for one replica's Paxos, as plain as can be: what was synced stays, what was not goes with a crash, and the
 * memory of the next process is built from the records alone.
 */
import type { Slot } from "../../src/base/brand.ts"
import { noBallot } from "../../src/paxos/ballot.ts"
import type { PaxosRecord } from "../../src/paxos/effects.ts"
import type { AcceptedSlot } from "../../src/paxos/messages.ts"
import type { PaxosMemory } from "../../src/paxos/paxos.ts"

/** One turn's records; the floor above stores how far it has applied in the same transaction. */
interface Commit {
  readonly records: readonly PaxosRecord[]
  readonly appliedThrough: Slot
}

export class PaxosStore {
  readonly #bornVoting: boolean
  #durable: Commit[] = []
  #unsynced: Commit[] = []

  constructor(bornVoting: boolean) {
    this.#bornVoting = bornVoting
  }

  append(records: readonly PaxosRecord[], appliedThrough: Slot): void {
    this.#unsynced.push({ records: [...records], appliedThrough })
  }

  sync(): void {
    this.#durable.push(...this.#unsynced)
    this.#unsynced = []
  }

  crash(): void {
    this.#unsynced = []
  }

  memory(): PaxosMemory {
    return replayed(this.#durable, this.#bornVoting)
  }
}

export function replayed(commits: readonly Commit[], bornVoting: boolean): PaxosMemory {
  let memory: PaxosMemory = {
    promised: noBallot,
    incarnations: [],
    incarnation: 0,
    voting: bornVoting,
    chosenThrough: 0,
    accepted: [],
  }
  const accepted = new Map<Slot, AcceptedSlot>()
  for (const { records, appliedThrough } of commits) {
    for (const record of records) {
      if (record.kind === "accepted") accepted.set(record.slot, record)
      else if (record.kind === "trimmed") {
        for (let slot = record.from; slot <= record.through; slot += 1) accepted.delete(slot)
      } else if (record.kind === "promised") {
        memory = { ...memory, promised: record.ballot, incarnations: record.incarnations }
      } else memory = { ...memory, voting: true, incarnation: record.incarnation }
    }
    memory = { ...memory, chosenThrough: appliedThrough }
  }
  const inOrder = [...accepted.values()].sort((left, right) => left.slot - right.slot)
  return { ...memory, accepted: inOrder.map(({ slot, ballot, value }) => ({ slot, ballot, value })) }
}
