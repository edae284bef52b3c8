/**
 * Resources with and without a fence, in the same runs of the same cell: holders are frozen, and their writes are late.
 * (That a fence lets nothing through that comes too late is looked for in every whole-system run.)
 */
import { expect, test } from "vitest"
import { second } from "../../src/testing/time.ts"
import { drawWholeOptions } from "./whole/options.ts"
import { runWhole } from "./whole/run.ts"

const seeds = [2, 6, 12]

test("resources that believe everybody accept what comes too late, and those with a fence do not", async () => {
  const deceived: number[] = []
  let tooLateCount = 0
  for (const seed of seeds) {
    const options = drawWholeOptions(seed, 30 * second)
    const { violations } = await runWhole(seed, { ...options, isGuarded: false })
    expect(violations.filter(({ checker }) => checker !== "fence")).toEqual([])
    if (violations.length === 0) continue
    deceived.push(seed)
    expect(violations[0]?.claim).toMatch(
      /^the resource of \S+ accepts a write of generation \d+ .* after one of generation/,
    )
    const guarded = await runWhole(seed, options)
    expect(guarded.violations).toEqual([])
    expect(guarded.marks.get("fence admitted")).toBeGreaterThan(0)
    // One that is later than the keys of its day is refused for that already.
    tooLateCount += guarded.marks.get("fence staleGeneration") ?? 0
  }
  expect(deceived).not.toEqual([])
  expect(tooLateCount).toBeGreaterThan(0)
}, 60_000)
