/**
 * When the state goes to the disk. A slot is durable as what was accepted for it, and the state can be made again from
 * that; so its entries follow in lots. Of one that was touched by several slots only its last form is written, and most
 * results of calls are forgotten before they are written at all.
 *
 * A start applies again what it finds beyond the stored state, once it has learned that it was chosen.
 */
import type { PaxosRecord } from "../paxos/effects.ts"

/** Of values that a start has to read and apply again, and of entries that one turn has to encode and store. */
const bytesMax = 1024 * 1024
const entriesMax = 1024

export class StateKeeping {
  readonly #slotsMax: number
  #slots = 0
  #bytes = 0

  constructor(slotsMax: number) {
    this.#slotsMax = slotsMax
  }

  /** A slot has been applied that took so many bytes. */
  note(bytes: number): void {
    this.#slots += 1
    this.#bytes += bytes
  }

  /** Whether the state is to be stored in this turn, with these records of Paxos. */
  isDue(records: readonly PaxosRecord[], entryCount: number): boolean {
    if (this.#slots === 0) return false
    const isMuch = this.#slots >= this.#slotsMax || this.#bytes >= bytesMax || entryCount >= entriesMax
    return isMuch || records.some((record) => !mayRunAhead(record))
  }

  stored(): void {
    this.#slots = 0
    this.#bytes = 0
  }
}

/**
 * A learned value stands in the log without a ballot, as one that nobody is told of as accepted any more: that is true as
 * long as the stored state covers it. So it does with slots that are trimmed: what is gone from the log is in the state.
 */
function mayRunAhead(record: PaxosRecord): boolean {
  return record.kind === "accepted" && record.ballot.round > 0
}
