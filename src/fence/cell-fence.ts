/**
 * A fence that also asks the cell whether the lock is still held. A plain fence refuses a holder that has lost its lock
 * once the next one has been here; this one refuses it as soon as the cell says so, and says why. What the cell has
 * confirmed is believed for a moment, counted from when it was asked.
 */
import { LRUCache } from "lru-cache"
import { type Admission, type AnyFence, Fence, type FenceOptions, type Requirement } from "./fence.ts"
import { type Refused, refused } from "./refusals.ts"

/** Fits a `Session` of the client library, and its `Cell`. */
export interface SequencerOracle {
  checkSequencer(
    sequencer: string,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly valid: boolean; readonly reason: string }>
}

export interface CellFenceOptions extends FenceOptions {
  readonly session: SequencerOracle
  /** How long a confirmation is believed; 1,000 unless said otherwise, 0 to ask each time. */
  readonly maxAgeMs?: number
  /** How long the cell may take; 5,000 unless said otherwise. */
  readonly patienceMs?: number
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number
}

type Confirmation = { readonly kind: "confirmed" } | Refused

interface Question {
  readonly askedAt: number
  readonly confirmation: Promise<Confirmation>
}

export class CellFence implements AnyFence {
  readonly #fence: Fence
  readonly #session: SequencerOracle
  readonly #maxAgeMs: number
  readonly #patienceMs: number
  readonly #now: () => number
  /** When the cell was last asked and said yes. */
  readonly #confirmedAt = new LRUCache<string, number>({ max: 10_000 })
  /** Questions that the cell has not answered yet. */
  readonly #asking = new Map<string, Question>()

  constructor({ session, maxAgeMs = 1_000, patienceMs = 5_000, now, ...options }: CellFenceOptions) {
    this.#fence = new Fence(options)
    this.#session = session
    this.#maxAgeMs = maxAgeMs
    this.#patienceMs = patienceMs
    this.#now = now ?? (() => performance.now())
  }

  async admit(text: unknown, requirement?: Requirement): Promise<Admission> {
    // First the marks: rubbish never reaches the cell, and whoever was here with a higher generation bars lower ones
    // even if what the cell confirmed of those is still believed.
    const admission = await this.#fence.admit(text, requirement)
    if (admission.kind === "refused" || typeof text !== "string" || this.#isConfirmed(text)) return admission
    const confirmation = await this.#askOnce(text)
    if (confirmation.kind === "refused") return confirmation
    // The next holder may have come by while the cell was asked.
    return await this.#fence.admit(text, requirement)
  }

  #isConfirmed(text: string): boolean {
    const at = this.#confirmedAt.get(text)
    return at !== undefined && this.#now() - at < this.#maxAgeMs
  }

  /** Whoever comes while the cell is being asked the same shares its answer, as if he had come just after it. */
  #askOnce(text: string): Promise<Confirmation> {
    const now = this.#now()
    const underWay = this.#asking.get(text)
    if (underWay !== undefined && now - underWay.askedAt < this.#maxAgeMs) return underWay.confirmation
    const confirmation = this.#ask(text, now).finally(() => {
      if (this.#asking.get(text)?.confirmation === confirmation) this.#asking.delete(text)
    })
    this.#asking.set(text, { askedAt: now, confirmation })
    return confirmation
  }

  async #ask(text: string, askedAt: number): Promise<Confirmation> {
    try {
      const signal = AbortSignal.timeout(this.#patienceMs)
      const { valid, reason } = await this.#session.checkSequencer(text, { signal })
      if (!valid) return refused("notHeld", `The cell says: ${reason}`)
    } catch (cause) {
      return refused("cellUnreachable", "The cell can't be asked now whether the lock is still held.", { cause })
    }
    this.#confirmedAt.set(text, askedAt)
    return { kind: "confirmed" }
  }
}
