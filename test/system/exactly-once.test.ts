/** Masters are killed one after the other, and no call of a client takes effect twice, or fails because it had already. */
import { expect, test } from "vitest"
import type { Session } from "../../src/client/index.ts"
import { cellForTests } from "./support/cell-for-tests.ts"
import { readNumbered } from "./support/numbered-writers.ts"
import { until } from "./support/until.ts"

const context = cellForTests()

/**
 * Counts up in a file, each time on condition that it is as this very counter has left it. Were a write that took effect
 * sent again and done again, its own first doing would refuse it: GENERATION_MISMATCH, which ends the counter.
 */
class ConditionalCounter {
  readonly path: string
  count = 0
  readonly #session: Session
  #isStopping = false

  constructor(session: Session, path: string) {
    this.#session = session
    this.path = path
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      const next = this.count + 1
      const stat = await this.#session.set(this.path, String(next), { ifContentGeneration: this.count })
      expect(stat.contentGeneration).toBe(next)
      this.count = next
    }
  }

  stop(): void {
    this.#isStopping = true
  }
}

test("conditional writes each take effect once while masters are killed one after the other", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const counters = Array.from(
    { length: 16 },
    (_, place) => new ConditionalCounter(session, `/ls/local/counter-${place}`),
  )
  const runs = Promise.all(counters.map((counter) => counter.run()))
  runs.catch(() => undefined)
  const total = (): number => counters.reduce((sum, { count }) => sum + count, 0)

  for (let round = 1; round <= 4; round += 1) {
    const countBefore = total()
    await until("the counters go on", { withinMs: 20_000 }, () => total() > countBefore + 200 || undefined)
    const { replicaId } = await cell.master()
    await cell.kill(replicaId)
    await cell.restart(replicaId)
    // Only a minority is ever missing.
    await cell.untilServing()
  }

  for (const counter of counters) counter.stop()
  await runs
  for (const { path, count } of counters) {
    expect(await readNumbered(session, path)).toEqual({ number: count, contentGeneration: count })
  }
  expect(session.standing).toBe("safe")
})
