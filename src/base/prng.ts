/**
 * Seeded dice (sfc32, Chris Doty-Humphrey's PractRand). The deterministic floors are handed one; nothing there
 * reaches for `Math.random`. Integers only, so that every machine rolls the same.
 */
import { assert } from "./assert.ts"

export class Prng {
  #a: number
  #b: number
  #c: number
  #counter: number

  /** `seed`: any safe integer. Equal seeds roll equal sequences. */
  constructor(seed: number) {
    this.#a = 0x9e3779b9 | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    this.#c = seed | 0
    this.#counter = 1
    for (let round = 0; round < 12; round += 1) this.next32()
  }

  /** An unsigned integer of 32 bits. */
  next32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result
    this.#c |= 0
    return result >>> 0
  }

  /** An integer from 0 up to, but without, `bound` (at most 2^32; the bias is below 2^-20 for bounds under 4096). */
  below(bound: number): number {
    assert(bound >= 1 && bound <= 0x1_0000_0000, "dice have between one and 2^32 faces")
    return this.next32() % bound
  }

  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True `numerator` times out of `denominator`. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** Rearranges `items` in place. */
  shuffle<T>(deck: T[]): T[] {
    for (let last = deck.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1)
      const card = deck[last] as T
      deck[last] = deck[other] as T
      deck[other] = card
    }
    return deck
  }
}
