/** A power cut: all five replicas are killed at once under write load, and started again on what they had. */
import { expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { NumberedWriters, readNumbered } from "./support/numbered-writers.ts"
import { until } from "./support/until.ts"

const context = cellForTests()

test("every acknowledged write is there after all were killed at once, twice in a row, and none took effect twice", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const writers = new NumberedWriters(session, "/ls/local/written", 32)
  writers.start()
  for (let round = 1; round <= 2; round += 1) {
    const countBefore = writers.acknowledgedCount
    await until(
      "writes go on",
      { withinMs: 30_000 },
      () => writers.acknowledgedCount > countBefore + 1_000 || undefined,
    )
    await cell.killAll()
    const acknowledged = writers.acknowledged()
    await cell.launchAll()
    await cell.untilServing()

    // By a stranger first, so that nothing the writers' own session remembers can help.
    const stranger = await cell.connect()
    for (const { path, number } of acknowledged) {
      const found = await readNumbered(stranger, path)
      expect(found.number, `${path} after power cut ${round}`).toBeGreaterThanOrEqual(number)
    }
  }
  const countThen = writers.acknowledgedCount
  await until("the writers go on", { withinMs: 30_000 }, () => writers.acknowledgedCount > countThen + 500 || undefined)
  await writers.stop()
  expect(await writers.complaints((path) => readNumbered(session, path))).toEqual([])
})
