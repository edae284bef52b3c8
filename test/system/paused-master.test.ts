/** A master that is stopped in its tracks, as by a hypervisor, and wakes up in the middle of another's reign. */
import { expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { NumberedWriters, readNumbered } from "./support/numbered-writers.ts"
import { until } from "./support/until.ts"
import { connect } from "../../src/client/index.ts"

const context = cellForTests()

const pausedMs = 5_000

test("a master that sleeps for five seconds is replaced, answers nothing stale when it wakes, and follows", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const path = "/ls/local/observed"
  const writers = new NumberedWriters(session, path, 1)
  writers.start()
  await until("writes go on", { withinMs: 10_000 }, () => writers.acknowledgedCount > 50 || undefined)
  const sleeper = await cell.master()

  // A reader that knows no other door than the sleeper's, and has its reads under way when it falls asleep.
  const onlyDoor = await connect({ replicas: [sleeper.grpc], name: "reader" })
  const staleReads: string[] = []
  let readCount = 0
  let isReading = true
  const reading = (async () => {
    while (isReading) {
      const acknowledged = writers.acknowledgedCount
      const found = await readNumbered(onlyDoor, `${path}-1`)
      readCount += 1
      if (found.number < acknowledged) staleReads.push(`read ${found.number} after ${acknowledged} was acknowledged`)
    }
  })()
  reading.catch(() => undefined)
  await until("reads go on", { withinMs: 10_000 }, () => readCount > 50 || undefined)

  cell.signal(sleeper.replicaId, "SIGSTOP")
  const pausedAt = performance.now()
  try {
    const countThen = writers.acknowledgedCount
    await until(
      "another serves",
      { withinMs: pausedMs },
      () => writers.acknowledgedCount > countThen + 100 || undefined,
    )
    console.info(`writes went on ${(performance.now() - pausedAt).toFixed(0)} ms after the master was stopped`)
    await until(
      "the pause is over",
      { withinMs: 2 * pausedMs },
      () => performance.now() - pausedAt > pausedMs || undefined,
    )
  } finally {
    cell.signal(sleeper.replicaId, "SIGCONT")
  }

  const readCountThen = readCount
  await until("the reader is answered again", { withinMs: 15_000 }, () => readCount > readCountThen + 50 || undefined)
  isReading = false
  await reading
  await onlyDoor.close()
  expect(staleReads).toEqual([])

  const master = await cell.untilServing()
  expect(master.replicaId).not.toBe(sleeper.replicaId)
  expect(master.epoch).toBeGreaterThan(sleeper.epoch)
  await writers.stop()
  expect(await writers.complaints((file) => readNumbered(session, file))).toEqual([])
  await until("the sleeper is level", { withinMs: 10_000 }, async () => {
    const [awake, leading] = [await cell.report(sleeper.replicaId), await cell.report(master.replicaId)]
    return awake.digest === leading.digest && awake.role === "replica" ? true : undefined
  })
})
