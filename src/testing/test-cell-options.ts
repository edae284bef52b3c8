/**
 * What a test says about the cell it wants. Checked before anything is made of it: a cell of no replicas would keep its
 * test waiting for ever, and one of a seed that is no number would break later, far from the mistake.
 */
import { CellError } from "../client/errors.ts"
import { cellNameInWords, cellNamePattern, cellSizes, cellSizesInWords } from "../contract/cell-rules.ts"
import type { ClockMode } from "./pump.ts"

export interface TestCellOptions {
  /** Three, unless said otherwise; or 5, or 7. */
  readonly replicas?: number | undefined
  /** A whole number; 1 unless said otherwise. Another brings other delays and another order of what could come in either. */
  readonly seed?: number | undefined
  /** The `<cell>` of `/ls/<cell>/...`; "test" unless said otherwise. */
  readonly name?: string | undefined
  /** "automatic" unless said otherwise: time passes whenever the test waits. "manual": with `advance` only. */
  readonly clock?: ClockMode | undefined
}

export interface TestCellPlan {
  readonly replicaCount: number
  readonly seed: number
  readonly name: string
  readonly clock: ClockMode
}

/** Throws a `CellError` that says what is allowed. */
export function planOf(options: TestCellOptions): TestCellPlan {
  const { replicas: replicaCount = 3, seed = 1, name = "test", clock = "automatic", ...unknown } = options
  const [misspelled] = Object.keys(unknown)
  if (misspelled !== undefined) throw refused(`there is no option ${misspelled}: there are ${known}`)
  if (!cellSizes.includes(replicaCount)) {
    throw refused(`a cell has ${cellSizesInWords} replicas, not ${String(replicaCount)}`)
  }
  if (!Number.isSafeInteger(seed)) throw refused(`a seed is a whole number, not ${String(seed)}`)
  if (!cellNamePattern.test(name)) throw refused(`a cell's name is made of ${cellNameInWords}, not "${name}"`)
  // The compiler knows that there is no third; programs in plain JavaScript don't.
  if (!clocks.includes(clock)) throw refused(`a clock is ${clocks.join(" or ")}, not ${String(clock)}`)
  return { replicaCount, seed, name, clock }
}

const known = "replicas, seed, name, clock"
const clocks: readonly ClockMode[] = ["automatic", "manual"]

function refused(sentence: string): CellError {
  return new CellError("INVALID_ARGUMENT", sentence)
}
