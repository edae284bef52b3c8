/**
 * Time as the deterministic floors see it: an integer number of milliseconds on one machine's monotonic clock.
 * Instants of two machines can't be compared; only the lengths of spans can, and those only up to the drift bound.
 */
import type { Named } from "./brand.ts"
import { assert } from "./assert.ts"

export type Instant = Named<number, "Instant">
export type DurationMs = Named<number, "DurationMs">

/** Later than any instant that a clock will show. */
export const never: Instant = Number.MAX_SAFE_INTEGER

export function after(start: Instant, span: DurationMs): Instant {
  assert(span >= 0, "a span of time is not negative")
  return Math.min(start + span, never)
}

/**
 * The longest that `span`, measured by another machine, can last on this machine's clock when the rates of the two
 * differ by at most `driftPerMille`. Granters of leases wait this long.
 */
export function lengthened(span: DurationMs, driftPerMille: number): DurationMs {
  return Math.ceil((span * (1000 + driftPerMille)) / 1000)
}

/** The shortest that it can last. Holders of leases trust no more than this. */
export function shortened(span: DurationMs, driftPerMille: number): DurationMs {
  return Math.floor((span * (1000 - driftPerMille)) / 1000)
}
