/** Locks, handles and transactions of the library against a whole cell, on virtual time. */
import { describe, expect, test } from "vitest"
import { guard, SequencerStaleError, step, type BusyLock, type Session } from "../../../src/client/index.ts"
import { createTestCell, type TestCell } from "../../../src/testing/index.ts"

const path = "/ls/local/job"

async function sessionOf(cell: TestCell, name: string): Promise<Session> {
  return await (await cell.connect({ name })).openSession()
}

describe("kept locks", () => {
  test("of one session stay where they are: however often they are taken, the generation is one", async () => {
    await using cell = await createTestCell()
    const session = await sessionOf(cell, "alice")
    for (let count = 0; count < 10; count += 1) {
      await using lock = await session.acquire(path, { keep: true })
      expect(lock.lockGeneration).toBe(1)
    }
    expect((await session.getLock(path)).holders).toHaveLength(1)
  })

  test.each([1, 2, 3, 4, 5])(
    "of several sessions exclude each other and starve nobody, over fail-overs too (seed %i)",
    async (seed) => {
      await using cell = await createTestCell({ seed })
      const names = ["alice", "bob", "carol"]
      const sessions = await Promise.all(names.map(async (name) => await sessionOf(cell, name)))
      let holder: string | undefined
      const work = sessions.map(async (session, place) => {
        for (let count = 0; count < 20; count += 1) {
          const lock = await session.acquire(path, { keep: true })
          expect(holder).toBeUndefined()
          holder = session.name
          await cell.advance(1 + ((seed + place + count) % 7))
          expect(lock.isHeld).toBe(true)
          holder = undefined
          await lock.release()
          if (count % 5 === place) await cell.advance(300)
        }
      })
      await cell.advance(100)
      const killed = await cell.killMaster()
      await cell.advance(3_000)
      cell.restart(killed)
      await Promise.all(work)
      const { waiters } = await (await cell.connect()).getLock(path)
      expect(waiters).toEqual([])
    },
  )
})

describe("a handle", () => {
  test("holds a lock once: nobody else can come to believe in the same hold, and outlive it", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    const handle = await alice.open(path, { mode: "write", create: "mayCreate" })
    const first = await handle.acquire()
    await expect(handle.acquire()).rejects.toMatchObject({ code: "HANDLE_BUSY" })
    await expect(handle.tryAcquire()).rejects.toMatchObject({ code: "HANDLE_BUSY" })
    await first.release()
    const other = await bob.acquire(path)
    expect(await handle.tryAcquire()).toBeUndefined()
    await other.release()
    const again = await handle.acquire()
    expect([first.isHeld, other.isHeld, again.isHeld]).toEqual([false, false, true])
  })
})

describe("waiting for a lock", () => {
  test("ends when the cell's patience is over, and the lock is not held", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    const lock = await alice.acquire(path)
    const refused = { code: "DEADLINE_EXCEEDED", details: { outcomeUnknown: false } }
    await expect(bob.acquire(path, { waitMs: 2_000 })).rejects.toMatchObject(refused)
    await lock.release()
    expect((await alice.getLock(path)).holders).toEqual([])
  })

  test("is explained: first the holder, then the lock-delay of the lost one", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    await alice.acquire(path, { lockDelayMs: 30_000 })
    const told: BusyLock[] = []
    const waiting = bob.acquire(path, { onBusy: (busy) => told.push(busy) })
    await cell.advance(1_000)
    expect(told.at(-1)?.reason).toMatch(/^held by alice/)
    await cell.expireSession(alice)
    const refused: BusyLock[] = []
    expect(await bob.tryAcquire(path, { onBusy: (busy) => refused.push(busy) })).toBeUndefined()
    expect(refused).toMatchObject([{ waitersBefore: 1, delay: { lockDelayMs: 30_000, clientName: "alice" } }])
    expect((await waiting).lockGeneration).toBe(2)
    expect(told.at(-1)?.reason).toMatch(/^lock-delay, \d+ s left: alice was lost \(/)
  })

  test("keeps its place while the session goes on, beyond what the cell remembers and over a fail-over", async () => {
    await using cell = await createTestCell({ seed: 11 })
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    const lock = await alice.acquire(path)
    const waiting = bob.acquire(path)
    for (let count = 0; count < 5; count += 1) {
      await Promise.all(Array.from({ length: 1_000 }, async () => await bob.set("/ls/local/counter", String(count))))
    }
    const killed = await cell.killMaster()
    await bob.set("/ls/local/counter", "after")
    cell.restart(killed)
    await lock.release()
    expect((await waiting).lockGeneration).toBe(2)
  })
})

describe("what stands under a sequencer", () => {
  test("is refused once the lock has passed on", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    const lock = await alice.acquire(path)
    const handle = await alice.open("/ls/local/file", { mode: "write", create: "mayCreate" })
    handle.setSequencer(lock.sequencer)
    await handle.set("one")
    await lock.release()
    await bob.acquire(path)
    await expect(handle.set("two")).rejects.toBeInstanceOf(SequencerStaleError)
    handle.setSequencer(undefined)
    await handle.set("three")
  })

  test("may be part of a transaction, which otherwise does the other thing", async () => {
    await using cell = await createTestCell()
    const session = await sessionOf(cell, "alice")
    const lock = await session.acquire(path)
    const announce = async (): Promise<boolean> => {
      const { guardsHeld, results } = await session.transact({
        guards: [guard.lockHeld(lock.sequencer), guard.missing("/ls/local/a")],
        then: [step.create("/ls/local/a", { contents: "one" }), step.set("/ls/local/b", "one")],
        otherwise: [step.set("/ls/local/b", "two")],
      })
      expect(results.map(({ kind }) => kind)).toEqual(guardsHeld ? ["open", "setContents"] : ["setContents"])
      return guardsHeld
    }
    expect(await announce()).toBe(true)
    expect(await announce()).toBe(false)
    const { contents } = await session.get("/ls/local/b")
    expect(new TextDecoder().decode(contents)).toBe("two")
  })
})

describe("a handle that holds a lock", () => {
  test("gives it back when it is closed", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    const handle = await alice.open(path, { mode: "write", create: "mayCreate" })
    const lock = await handle.acquire()
    const waiting = bob.acquire(path)
    await cell.advance(100)
    expect(lock.wanted.aborted).toBe(true)
    await handle.close()
    expect((await waiting).isHeld).toBe(true)
  })
})
