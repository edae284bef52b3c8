/** Clients that live and say nothing: a process that is stopped, and one whose main thread is busy. */
import { expect, test } from "vitest"
import type { Lock, Session } from "../../src/client/index.ts"
import { cellForTests } from "./support/cell-for-tests.ts"
import { ClientProcess } from "./support/client-process.ts"

const context = cellForTests({ replicaCount: 3 })

/** A client that holds the lock of `path` and has cached what was in the file beside it, written by `session`. */
async function holder(
  session: Session,
  path: string,
  settings: { readonly sessionLeaseMs: number; readonly leashMs?: number },
): Promise<{ readonly client: ClientProcess; readonly cachedPath: string }> {
  const cachedPath = `${path}-cached`
  await session.set(cachedPath, "old")
  const client = await ClientProcess.start(context.cell, settings)
  await client.ask({ kind: "acquire", path, lockDelayMs: 0 })
  expect(await client.ask({ kind: "read", path: cachedPath })).toEqual({ cached: undefined, contents: "old" })
  expect(await client.ask({ kind: "read", path: cachedPath })).toEqual({ cached: "old", contents: "old" })
  return { client, cachedPath }
}

test("a client that was stopped beyond its lease learns of the loss of its lock before its next write", async () => {
  const path = "/ls/local/stopped"
  const session = await context.cell.openSession()
  const { client, cachedPath } = await holder(session, path, { sessionLeaseMs: 2_000 })
  await using stopped = client
  const { woken } = await stopped.freeze({ path: cachedPath })

  stopped.signal("SIGSTOP")
  // Granted as soon as the cell has given the stopped one up.
  const lock = await session.acquire(path)
  expect(lock.lockGeneration).toBe(2)
  const written = await session.set(path, "written by the second holder")
  await session.set(cachedPath, "new")
  stopped.signal("SIGCONT")

  expect(await woken).toEqual({
    isHeld: false,
    standing: expect.stringMatching(/jeopardy|expired/),
    cached: undefined,
    writeInSession: "SESSION_EXPIRED",
    writeUnderSequencer: "SEQUENCER_STALE",
  })
  expect((await context.cell.run(["get", path])).stdout).toBe("written by the second holder")
  expect((await session.getStat(path)).contentGeneration).toBe(written.contentGeneration)
  expect(lock.isHeld).toBe(true)
})

test("a client whose main thread is busy keeps its lock as long as its leash lets it, and no longer", async () => {
  const session = await context.cell.openSession()
  const [longPath, shortPath] = ["/ls/local/long-leash", "/ls/local/short-leash"]
  const long = await holder(session, longPath, { sessionLeaseMs: 3_000, leashMs: 20_000 })
  const short = await holder(session, shortPath, { sessionLeaseMs: 3_000, leashMs: 1_000 })
  await using onLongLeash = long.client
  await using onShortLeash = short.client
  const busyMs = 8_000
  const { woken: longWoken } = await onLongLeash.freeze({ forMs: busyMs, path: long.cachedPath })
  const { woken: shortWoken } = await onShortLeash.freeze({ forMs: busyMs, path: short.cachedPath })
  let isAwake = false
  const noteAwake = (): void => {
    isAwake = true
  }
  void longWoken.then(noteAwake)
  void shortWoken.then(noteAwake)

  // The thread that sends the KeepAlives answers for the busy one: nobody waits for that to look up.
  const askedAt = performance.now()
  await session.set(long.cachedPath, "new")
  expect(performance.now() - askedAt).toBeLessThan(2_000)
  const taken: Lock = await session.acquire(shortPath)
  expect([isAwake, taken.lockGeneration]).toEqual([false, 2])

  expect(await longWoken).toEqual({
    isHeld: true,
    standing: "safe",
    cached: undefined,
    writeInSession: "done",
    writeUnderSequencer: "done",
  })
  expect(await onLongLeash.ask({ kind: "read", path: long.cachedPath })).toMatchObject({ contents: "new" })
  expect(await session.getLock(longPath)).toMatchObject({
    lockGeneration: 1,
    holders: [{ sessionId: (await onLongLeash.sessionIds())[0] }],
  })

  expect(await shortWoken).toEqual({
    isHeld: false,
    standing: expect.stringMatching(/jeopardy|expired/),
    cached: undefined,
    writeInSession: "SESSION_EXPIRED",
    writeUnderSequencer: "SEQUENCER_STALE",
  })
})
