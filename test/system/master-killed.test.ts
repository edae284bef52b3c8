/** `kill -9` of the master while locks are held and waited for, and while writes go on. */
import { expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { lockGenerationIn } from "./support/lock-news.ts"
import { NumberedWriters, readNumbered } from "./support/numbered-writers.ts"
import { until } from "./support/until.ts"

const context = cellForTests()

test("a holder keeps its lock over a fail-over, a waiter keeps its place, and no acknowledged write is lost", async () => {
  const { cell } = context
  const holder = cell.launchCommand(["lock", "--json", "/ls/local/job", "--", "sleep", "60"])
  const heldGeneration = await until("the lock is held", { withinMs: 10_000 }, () => lockGenerationIn(holder.stderr))
  const waiter = cell.launchCommand(["lock", "--json", "/ls/local/job", "--", "true"])
  await until("another waits for it", { withinMs: 10_000 }, () => waiter.stderr.includes(`"waiting"`) || undefined)

  const session = await cell.openSession()
  const writers = new NumberedWriters(session, "/ls/local/written", 8)
  writers.start()
  await until("writes go on", { withinMs: 10_000 }, () => writers.acknowledgedCount > 200 || undefined)
  const before = await cell.master()

  await cell.kill(before.replicaId)
  const killedAt = performance.now()
  const countThen = writers.acknowledgedCount
  await until("a write is acknowledged again", { withinMs: 10_000, everyMs: 5 }, () =>
    writers.acknowledgedCount > countThen ? true : undefined,
  )
  console.info(`first acknowledged write ${(performance.now() - killedAt).toFixed(0)} ms after kill -9 of the master`)

  const after = await cell.master()
  expect(after.epoch).toBeGreaterThan(before.epoch)
  const lock = await session.getLock("/ls/local/job")
  expect(lock).toMatchObject({ lockGeneration: heldGeneration, holders: [{}], waiters: [{}] })
  expect([holder.isOver, waiter.isOver]).toEqual([false, false])

  holder.signal("SIGTERM")
  expect(await waiter.ended).toMatchObject({ code: 0 })
  expect(lockGenerationIn(waiter.stderr)).toBe(heldGeneration + 1)

  await writers.stop()
  expect(await writers.complaints((path) => readNumbered(session, path))).toEqual([])
  await cell.restart(before.replicaId)
  await cell.untilServing()
})

test("a master that is ended cleanly hands over before it goes, so that writes hardly pause", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const writers = new NumberedWriters(session, "/ls/local/handed-over", 4)
  writers.start()
  await until("writes go on", { withinMs: 10_000 }, () => writers.acknowledgedCount > 100 || undefined)
  const { replicaId, epoch } = await cell.master()

  await cell.endCleanly(replicaId)
  const countThen = writers.acknowledgedCount
  await until("writes go on", { withinMs: 10_000 }, () => writers.acknowledgedCount > countThen + 100 || undefined)
  console.info(`longest gap in writes around a clean hand-over: ${writers.longestGapMs.toFixed(0)} ms`)

  await writers.stop()
  expect((await cell.master()).epoch).toBeGreaterThan(epoch)
  expect(await writers.complaints((path) => readNumbered(session, path))).toEqual([])
})
