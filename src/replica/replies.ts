/** Puts replies together: each says which master gave it, and which state it reflects. */
import type { Epoch, Slot } from "../base/brand.ts"
import type { Outcome } from "../contract/requests.ts"
import type { Turn } from "./turn.ts"

export interface ReplyTraits {
  /** It holds only while the master lease does. */
  readonly underLease?: boolean
  readonly cachable?: boolean
  /** If it reflects less than everything that has been applied. */
  readonly commitIndex?: Slot
}

export class Replies {
  readonly #epoch: () => Epoch
  readonly #appliedThrough: () => Slot

  constructor(epoch: () => Epoch, appliedThrough: () => Slot) {
    this.#epoch = epoch
    this.#appliedThrough = appliedThrough
  }

  push(ticket: number, outcome: Outcome, turn: Turn, traits: ReplyTraits = {}): void {
    const { underLease = false, cachable = false, commitIndex = this.#appliedThrough() } = traits
    turn.replies.push({ ticket, reply: { outcome, epoch: this.#epoch(), commitIndex, cachable }, underLease })
  }
}
