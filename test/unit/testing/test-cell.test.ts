/** The cell that users test their programs with: time, faults, and the real library on top. */
import { describe, expect, test } from "vitest"
import { createTestCell } from "../../../src/testing/index.ts"

describe("a test cell", () => {
  test("serves the real client library, and time passes by itself", async () => {
    await using cell = await createTestCell()
    const client = await cell.connect({ name: "alice" })
    const session = await client.openSession()
    await session.set("/ls/test/motd", "hello")
    const { contents } = await client.get("/ls/local/motd")
    expect(new TextDecoder().decode(contents)).toBe("hello")
    const begun = cell.now()
    await cell.advance(60_000)
    expect(cell.now() - begun).toBe(60_000)
    expect(session.standing).toBe("safe")
  })

  test("has everybody for an administrator, as every cell without certificates", async () => {
    await using cell = await createTestCell()
    const session = await (await cell.connect()).openSession()
    await session.set("/ls/local/acl/readers", "alice")
    await session.set("/ls/local/file", "")
    expect((await session.setAcl("/ls/local/file", { read: "readers" })).acl.read).toBe("readers")
  })

  test("a lock outlives a fail-over", async () => {
    await using cell = await createTestCell({ seed: 7, replicas: 5 })
    const session = await (await cell.connect()).openSession()
    const lock = await session.acquire("/ls/local/job")
    const killed = await cell.killMaster()
    expect(await cell.settled()).not.toBe(killed)
    await cell.advance(30_000)
    expect(lock.isHeld).toBe(true)
    cell.restart(killed)
    await cell.advance(10_000)
    expect(lock.lost.aborted).toBe(false)
  })

  test("a session that is expired loses its lock, and the next waiter gets it", async () => {
    await using cell = await createTestCell({ seed: 3 })
    const alice = await (await cell.connect({ name: "alice" })).openSession()
    const bob = await (await cell.connect({ name: "bob" })).openSession()
    const lock = await alice.acquire("/ls/local/job")
    const waiting = bob.acquire("/ls/local/job")
    await cell.expireSession(alice)
    expect(lock.lost.aborted).toBe(true)
    expect((await waiting).isHeld).toBe(true)
    expect(alice.standing).toBe("expired")
  })

  test("a client that is paused for longer than its lease has lost its lock when it wakes", async () => {
    await using cell = await createTestCell()
    const client = await cell.connect()
    const session = await client.openSession()
    const lock = await session.acquire("/ls/local/job")
    cell.pauseClient(client, 60_000)
    await cell.advance(59_000)
    expect(lock.isHeld).toBe(false)
    await cell.advance(2_000)
    expect(lock.lost.aborted).toBe(true)
  })

  test("whoever is partitioned from the cell is in jeopardy, and safe again once the network is healed", async () => {
    await using cell = await createTestCell()
    const client = await cell.connect()
    const session = await client.openSession()
    cell.partition([1, 2, 3], [client])
    await cell.advance(13_000)
    expect(session.standing).toBe("jeopardy")
    cell.partition([1, client], [2, 3])
    cell.heal()
    await cell.advance(5_000)
    expect(session.standing).not.toBe("jeopardy")
  })

  test.each<[object, string]>([
    [{ replicas: 0 }, "a cell has 3, 5 or 7 replicas, not 0"],
    [{ replicas: 4 }, "a cell has 3, 5 or 7 replicas, not 4"],
    [{ replicas: 1.5 }, "a cell has 3, 5 or 7 replicas, not 1.5"],
    [{ seed: Number.NaN }, "a seed is a whole number, not NaN"],
    [{ seed: 0.5 }, "a seed is a whole number, not 0.5"],
    [{ name: "My Cell" }, 'not "My Cell"'],
    [{ clock: "stopped" }, "a clock is automatic or manual, not stopped"],
    [{ sede: 7 }, "there is no option sede: there are replicas, seed, name, clock"],
  ])("is refused at once, with what is allowed, as in %o", async (options, sentence) => {
    await expect(createTestCell(options)).rejects.toThrow(`INVALID_ARGUMENT: `)
    await expect(createTestCell(options)).rejects.toThrow(sentence)
  })

  test.each([-1, 1.5, Number.NaN, Infinity])("lets no time of %d ms pass, and lives on", async (spanMs) => {
    await using cell = await createTestCell()
    const client = await cell.connect()
    const refusal = "INVALID_ARGUMENT: time passes in whole milliseconds"
    await expect(cell.advance(spanMs)).rejects.toThrow(refusal)
    expect(() => cell.signalAfter(spanMs)).toThrow(refusal)
    expect(() => cell.pauseClient(client, spanMs)).toThrow(refusal)
    await cell.advance(100)
    expect((await client.openSession()).standing).toBe("safe")
  })

  test("a session that has ended already has nothing to wait for", async () => {
    await using cell = await createTestCell()
    const client = await cell.connect()
    const [given, closed] = [await client.openSession(), await client.openSession()]
    await cell.expireSession(given)
    await cell.expireSession(given)
    await closed.close()
    await cell.expireSession(closed)
    expect([given.standing, closed.standing]).toEqual(["expired", "expired"])
  })

  test("by a manual clock, time passes only when it is asked to", async () => {
    await using cell = await createTestCell({ clock: "manual" })
    const client = await cell.connect()
    let isOpen = false
    const opening = client.openSession().then(() => (isOpen = true))
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(isOpen).toBe(false)
    await cell.advance(1_000)
    expect(isOpen).toBe(true)
    await opening
  })

  test("the same seed brings the same course of events", async () => {
    const course = async (seed: number): Promise<string> => {
      await using cell = await createTestCell({ seed, clock: "manual" })
      const seen: string[] = []
      const names = ["alice", "bob", "carol"]
      for (const name of names) {
        const session = (await cell.connect({ name })).openSession()
        void session.then(async (opened) => {
          const lock = await opened.acquire("/ls/local/job")
          seen.push(`${name} ${cell.now()}`)
          await lock.release()
        })
      }
      await cell.advance(20_000)
      expect(seen).toHaveLength(names.length)
      return seen.join()
    }
    const first = await course(5)
    expect(await course(5)).toBe(first)
    expect(await course(6)).not.toBe(first)
  })
})
