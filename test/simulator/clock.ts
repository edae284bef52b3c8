/**
 * Clocks of simulated processes: each starts anywhere and runs a little fast or slow, by less than the bound that the
 * leases are computed with. Checkers convert between a clock's time and true time; the code under test never can.
 */
import type { Instant } from "../../src/base/instant.ts"
import type { Prng } from "../../src/base/prng.ts"
import { millisecond, type ProcessClock, type TrueTime } from "../../src/testing/time.ts"

const million = 1_000_000

/**
 * How far each clock may be off so that the rates of any two differ by less than the bound that replicas and clients
 * reckon with: (1 + e) / (1 - e) < 1 + bound.
 */
export function obedientRateError(driftPerMille: number): PartsPerMillion {
  return Math.floor((million * driftPerMille) / (2000 + driftPerMille)) - 1
}

/** Far beyond the bound: leases mean nothing then, and what does not rest on time must hold all the same. */
export const wildRateError: PartsPerMillion = 300_000

export type PartsPerMillion = number

export class LocalClock implements ProcessClock {
  readonly #startedAt: TrueTime
  readonly #firstInstant: Instant
  readonly #ticksPerSecond: number

  /** A clock that shows `firstInstant` at the true time `startedAt`. */
  constructor(startedAt: TrueTime, firstInstant: Instant, rateError: PartsPerMillion) {
    this.#startedAt = startedAt
    this.#firstInstant = firstInstant
    this.#ticksPerSecond = million + rateError
  }

  static random(startedAt: TrueTime, rateErrorMax: PartsPerMillion, dice: Prng): LocalClock {
    // The extremes are where a bound is tested.
    const extreme = dice.chance(1, 2) ? rateErrorMax : -rateErrorMax
    const rateError = dice.chance(1, 2) ? extreme : dice.between(-rateErrorMax, rateErrorMax)
    return new LocalClock(startedAt, dice.between(1, million * 100), rateError)
  }

  read(at: TrueTime): Instant {
    return this.#firstInstant + Math.floor(((at - this.#startedAt) * this.#ticksPerSecond) / (million * millisecond))
  }

  /** The first true time at which this clock shows `instant` or more; not before the clock started. */
  whenShows(instant: Instant): TrueTime {
    if (instant <= this.#firstInstant) return this.#startedAt
    const span = Math.ceil(((instant - this.#firstInstant) * million * millisecond) / this.#ticksPerSecond)
    const guess = this.#startedAt + span
    // The division above rounds; the definition below is exact.
    if (this.read(guess) < instant) return guess + 1
    return this.read(guess - 1) >= instant ? guess - 1 : guess
  }
}
