/**
 * The simulator as part of the ordinary tests: a fixed set of seeds, every run that ever found a bug, and some seeds that
 * nobody has run before. A failure prints its story and the command that tells it again.
 */
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { second } from "../../src/testing/time.ts"
import { type RunOptions, drawOptions } from "./options.ts"
import { run } from "./run.ts"
import { isVoid, type Summary, sum, summaryOf } from "./summary.ts"
import { drawWholeOptions } from "./whole/options.ts"
import { runWhole } from "./whole/run.ts"

interface Regression {
  readonly seed: number
  readonly options: RunOptions
  /** Which checker found it, and when. */
  readonly found: string
  /** What was wrong with the code. */
  readonly story: string
}

const known = JSON.parse(readFileSync(new URL("./regressions.json", import.meta.url), "utf8")) as Regression[]
const patienceMs = 60_000

function runAll(seeds: readonly number[], seconds: number): Summary {
  const replay = `--seconds ${String(seconds)}`
  return seeds.map((seed) => summaryOf(run(seed, drawOptions(seed, seconds * second)), replay)).reduce(sum)
}

/** The same for the whole system: the real client library, with programs on top of it. */
async function runAllWhole(seeds: readonly number[], seconds: number): Promise<Summary> {
  const replay = `--seconds ${String(seconds)} --whole`
  const summaries: Summary[] = []
  for (const seed of seeds) {
    summaries.push(summaryOf(await runWhole(seed, drawWholeOptions(seed, seconds * second)), replay))
  }
  return summaries.reduce(sum)
}

/** One line per failed run, and its whole story printed. */
function failuresOf({ failures }: Summary): string[] {
  for (const { text } of failures) console.error(text)
  return failures.map(({ seed, checker }) => `seed ${String(seed)}: ${checker}`)
}

function consecutive(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => from + place)
}

describe("the simulated cell", () => {
  test("a seed tells the same story twice", () => {
    for (const seed of [3, 14]) {
      const options = drawOptions(seed, 20 * second)
      const first = run(seed, options)
      expect(run(seed, options).traceHash).toBe(first.traceHash)
      expect(run(seed + 1000, options).traceHash).not.toBe(first.traceHash)
    }
  })

  test(
    "keeps its promises under the faults of a fixed set of seeds",
    () => {
      expect(failuresOf(runAll(consecutive(1, 24), 60))).toEqual([])
    },
    patienceMs,
  )

  test(
    "keeps its promises under faults that were never tried before",
    () => {
      const from = 1_000_000 + (Date.now() % 1_000_000_000)
      console.info(`fresh seeds from ${String(from)}`)
      expect(failuresOf(runAll(consecutive(from, 10), 60))).toEqual([])
    },
    patienceMs,
  )

  test.each(known)("does not fall back into what $found found", ({ seed, options }) => {
    expect(run(seed, options).violations).toEqual([])
  })
})

describe("the simulated cell with its clients", () => {
  test("a seed tells the same story twice", async () => {
    for (const seed of [3, 14]) {
      const options = drawWholeOptions(seed, 20 * second)
      const first = await runWhole(seed, options)
      expect((await runWhole(seed, options)).traceHash).toBe(first.traceHash)
      expect((await runWhole(seed + 1000, options)).traceHash).not.toBe(first.traceHash)
    }
  })

  test(
    "keeps its promises under the faults of a fixed set of seeds",
    async () => {
      const summary = await runAllWhole(consecutive(1, 16), 60)
      expect(failuresOf(summary)).toEqual([])
      expect(isVoid(summary)).toBe(false)
    },
    patienceMs,
  )

  test(
    "keeps its promises under faults that were never tried before",
    async () => {
      const from = 1_000_000 + (Date.now() % 1_000_000_000)
      console.info(`fresh seeds from ${String(from)}`)
      expect(failuresOf(await runAllWhole(consecutive(from, 6), 60))).toEqual([])
    },
    patienceMs,
  )
})
