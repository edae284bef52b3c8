/** Clients that are killed with -9: for how long what they had cached, locked and kept alive is in others' way. */
import { describe, expect, test } from "vitest"
import type { BusyLock, SessionFacts } from "../../src/client/index.ts"
import { cellForTests } from "./support/cell-for-tests.ts"
import { ClientProcess } from "./support/client-process.ts"
import { until } from "./support/until.ts"

const context = cellForTests({ replicaCount: 3 })

/** Of the cell and its clients, unless told otherwise. */
const cacheLeaseMs = 5_000
const driftPerMille = 10
/** For a timer, a slot of the log and an answer on a busy machine. */
const slackMs = 1_000

const lengthened = (spanMs: number): number => spanMs + (spanMs * driftPerMille) / 1000

test("a killed client delays a write to what it had cached by its cache lease at most, and is seen to do so", async () => {
  const path = "/ls/local/cached-by-the-dead"
  const session = await context.cell.openSession()
  await session.set(path, "old")
  await using client = await ClientProcess.start(context.cell, { sessionLeaseMs: 60_000 })
  await client.ask({ kind: "read", path })
  const [sessionId] = await client.sessionIds()
  const delaying = async (): Promise<SessionFacts | undefined> => {
    const { sessions } = await session.listSessions()
    return sessions.find((facts) => facts.sessionId === sessionId && facts.delaysWritesForMs > 0)
  }

  await client.kill()
  const askedAt = performance.now()
  let isWritten = false
  const writing = session.set(path, "new").then(() => {
    isWritten = true
  })
  const seen = await until("the delay is seen", { withinMs: cacheLeaseMs, everyMs: 20 }, delaying)
  expect(seen).toMatchObject({ processId: client.pid, cachedKeyCount: 0, noticeCount: 1 })
  expect((await context.cell.run(["sessions"])).stdout).toMatch(new RegExp(`^${sessionId} .* for \\d+ ms`, "m"))
  expect(isWritten).toBe(false)

  await writing
  const delayMs = performance.now() - askedAt
  console.info(`a killed client delayed a write by ${delayMs.toFixed(0)} ms`)
  expect(delayMs).toBeLessThan(lengthened(cacheLeaseMs) + slackMs)
  // Once only: by the second write nobody has it cached any more.
  const againAt = performance.now()
  await session.set(path, "newer")
  expect(performance.now() - againAt).toBeLessThan(slackMs)
})

describe("a lock with a lock-delay", () => {
  const sessionLeaseMs = 2_000
  const lockDelayMs = 2_000

  test("is granted when its killed holder's lease and the delay are over and not before, and waiters are told why", async () => {
    const path = "/ls/local/barred"
    const session = await context.cell.openSession()
    await using client = await ClientProcess.start(context.cell, { sessionLeaseMs })
    await client.ask({ kind: "acquire", path, lockDelayMs })
    const told: BusyLock[] = []
    const waiting = session.acquire(path, { onBusy: (busy) => told.push(busy) })
    const first = await until("the waiter is told why", { withinMs: 5_000 }, () => told[0])
    expect(first).toMatchObject({ holders: [{ processId: client.pid }], delay: undefined })

    const lookedAt = performance.now()
    const [held] = await client.ask({ kind: "look" })
    const heldForMs = held?.validForMs ?? NaN
    await client.kill()
    const killedAt = performance.now()
    const barred = await until("the lock is barred", { withinMs: 2 * sessionLeaseMs, everyMs: 20 }, async () => {
      const { delay, holders } = await session.getLock(path)
      return delay === undefined ? undefined : { delay, holders }
    })
    expect(barred).toMatchObject({
      delay: { lockDelayMs, clientName: "client process", reason: "its lease ran out" },
      holders: [],
    })
    expect(barred.delay.remainingMs).toBeGreaterThan(0)
    expect(barred.delay.remainingMs).toBeLessThanOrEqual(lengthened(lockDelayMs))
    const tried: BusyLock[] = []
    expect(await session.tryAcquire(path, { onBusy: (busy) => tried.push(busy) })).toBeUndefined()
    expect(tried[0]?.reason).toMatch(/^lock-delay, \d s left: client process was lost/)

    const lock = await waiting
    const grantedAt = performance.now()
    expect(grantedAt - lookedAt).toBeGreaterThan(heldForMs + lockDelayMs)
    expect(grantedAt - killedAt).toBeLessThan(lengthened(1.5 * sessionLeaseMs + lockDelayMs) + slackMs)
    expect(lock.lockGeneration).toBe(2)
    expect(told.at(-1)?.delay).toBeDefined()
  })

  test("is free at once when its holder gives it back", async () => {
    const path = "/ls/local/given-back"
    const [giver, taker] = [await context.cell.openSession(), await context.cell.openSession()]
    const first = await giver.acquire(path, { lockDelayMs: 60_000 })
    await first.release()
    const second = await taker.tryAcquire(path, { lockDelayMs: 60_000 })
    expect(second?.lockGeneration).toBe(2)
    // To close the session is to give back all it has.
    await taker.close()
    expect((await giver.tryAcquire(path))?.lockGeneration).toBe(3)
  })
})

test("an ephemeral file goes when the lease of its killed keeper is over, and not before", async () => {
  const path = "/ls/local/ephemeral"
  const sessionLeaseMs = 2_000
  const session = await context.cell.openSession()
  await using client = await ClientProcess.start(context.cell, { sessionLeaseMs })
  const { instance } = await client.ask({ kind: "createEphemeral", path })
  await client.ask({ kind: "acquire", path: "/ls/local/lease-to-look-at", lockDelayMs: 0 })
  const watch = session.watch(path)
  await watch.ready
  const bornAt = performance.now()
  // It outlives the lease that its keeper had at first, since that one says that it is alive.
  const { lookedAt, validForMs } = await until("the lease was renewed", { withinMs: 4 * sessionLeaseMs }, async () => {
    const now = performance.now()
    const [held] = await client.ask({ kind: "look" })
    return now - bornAt > sessionLeaseMs ? { lookedAt: now, validForMs: held?.validForMs ?? NaN } : undefined
  })
  expect(await session.getStat(path)).toMatchObject({ instance })
  await client.kill()
  const killedAt = performance.now()

  const { value } = await watch.next()
  const goneAt = performance.now()
  expect(value).toMatchObject({ kind: "change", change: { kind: "nodeDeleted", instance } })
  await expect(session.getStat(path)).rejects.toMatchObject({ code: "NODE_NOT_FOUND" })
  expect(goneAt - lookedAt).toBeGreaterThan(validForMs)
  expect(goneAt - killedAt).toBeLessThan(lengthened(1.5 * sessionLeaseMs) + slackMs)
})
