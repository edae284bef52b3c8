/**
 * When slots were applied here, roughly: so that people can be told for how long a lock has been held, though no time
 * stands in the log. Volatile, and kept by every replica. What it says is always "at least so long ago". The recent past
 * is remembered finely, the distant one coarsely.
 */
import type { Slot } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"

interface Sample {
  readonly slot: Slot
  readonly at: Instant
}

const spacingMs: DurationMs = 100
const samplesMax = 1_024

export class SlotClock {
  /** Both numbers grow. */
  #samples: Sample[] = []

  /** Slots through this one have been applied by now. */
  note(slot: Slot, now: Instant): void {
    const before = this.#samples.at(-2)
    // The latest one always counts: an idle cell may not apply another slot for hours.
    if (before !== undefined && now < before.at + spacingMs) this.#samples.pop()
    this.#samples.push({ slot, at: now })
    if (this.#samples.length > samplesMax) this.#thinOut(now)
  }

  /** How long ago the slot was applied, at least. */
  ageOf(slot: Slot, now: Instant): DurationMs {
    let low = 0
    let high = this.#samples.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#samples[middle] as Sample).slot < slot) low = middle + 1
      else high = middle
    }
    const sample = this.#samples[low]
    return sample === undefined ? 0 : now - sample.at
  }

  /** Leaves as many as it takes to know an age to a sixteenth: more by the minute than by the day. */
  #thinOut(now: Instant): void {
    const kept: Sample[] = []
    for (const [at, sample] of this.#samples.entries()) {
      const before = kept.at(-1)
      const next = this.#samples[at + 1]
      const isNeeded = before === undefined || next === undefined || (next.at - before.at) * 16 > now - next.at
      if (isNeeded) kept.push(sample)
    }
    this.#samples = kept
  }
}
