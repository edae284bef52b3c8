/** Caches, events and fail-overs of the library against a whole cell, on virtual time. */
import { describe, expect, test } from "vitest"
import type { Session, Watch } from "../../../src/client/index.ts"
import { createTestCell, type TestCell } from "../../../src/testing/index.ts"

const path = "/ls/local/file"

async function sessionOf(cell: TestCell, name: string): Promise<Session> {
  return await (await cell.connect({ name })).openSession()
}

function cachedText(session: Session): string | undefined {
  const known = session.cached(path)
  return known === undefined || known === "absent" ? known : new TextDecoder().decode(known.contents)
}

function collect(watch: Watch): (string | number)[] {
  const seen: (string | number)[] = []
  void (async () => {
    for await (const event of watch) {
      if (event.kind === "resync") seen.push("resync")
      else if (event.change.kind === "contentsChanged") seen.push(event.change.contentGeneration)
    }
  })()
  return seen
}

describe("a cache in a cell", () => {
  test("holds what was read until somebody else writes, whose write is done only when it is forgotten", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    await alice.set(path, "one")
    await bob.get(path)
    await bob.get(path)
    expect(cachedText(bob)).toBe("one")
    await alice.set(path, "two")
    expect(cachedText(bob)).toBeUndefined()
    await bob.get(path)
    await cell.advance(20_000)
    expect(cachedText(bob)).toBe("two")
  })

  test("is never older than an event that has been told", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    await alice.set(path, "one")
    const watch = bob.watch(path)
    await watch.ready
    const told = (async () => {
      for await (const event of watch) {
        if (event.kind === "resync" || event.change.kind !== "contentsChanged") continue
        const { contentGeneration } = event.change
        // Twice: the second read is answered from the cache.
        for (let turn = 0; turn < 2; turn += 1) {
          expect((await bob.get(path)).stat.contentGeneration).toBeGreaterThanOrEqual(contentGeneration)
        }
        if (contentGeneration === 21) break
      }
    })()
    for (let round = 0; round < 20; round += 1) await alice.set(path, `round ${String(round)}`)
    await told
    expect(bob.cacheStatistics?.hits).toBeGreaterThan(0)
  })

  test("knows that there is no file, until there is", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    await bob.getStat("/ls/local")
    await expect(bob.get(path)).rejects.toMatchObject({ code: "NODE_NOT_FOUND" })
    expect(cachedText(bob)).toBe("absent")
    await alice.set(path, "one")
    expect(cachedText(bob)).toBeUndefined()
  })

  test("is good again after a fail-over, unless somebody wrote meanwhile", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    await alice.set(path, "one")
    await bob.get(path)
    await bob.get(path)
    // By the next answer to a KeepAlive, the session knows of everything up to the write; a new master would have to
    // take the entry for older than that before.
    await cell.advance(7_000)
    cell.restart(await cell.killMaster())
    await cell.advance(8_000)
    expect(cachedText(bob)).toBe("one")
    await alice.set(path, "two")
    expect(cachedText(bob)).toBeUndefined()
  })
})

describe("a watch in a cell", () => {
  test("tells every change once and in order, over fail-overs too", async () => {
    await using cell = await createTestCell()
    const [alice, bob] = [await sessionOf(cell, "alice"), await sessionOf(cell, "bob")]
    const { contentGeneration } = await alice.set(path, "first")
    const watch = bob.watch(path)
    await watch.ready
    const seen = collect(watch)
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 5; count += 1) await alice.set(path, `${round} ${count}`)
      const writing = alice.set(path, "over the fail-over")
      cell.restart(await cell.killMaster())
      await writing
      await cell.advance(8_000)
    }
    expect(seen).toEqual(Array.from({ length: 18 }, (_, number) => contentGeneration + 1 + number))
  })

  test("from a commit index on tells what has happened since", async () => {
    await using cell = await createTestCell()
    const alice = await sessionOf(cell, "alice")
    const { commitIndex, contentGeneration } = await alice.set(path, "one")
    await alice.set(path, "two")
    const seen = collect((await sessionOf(cell, "bob")).watch(path, { after: commitIndex }))
    await alice.set(path, "three")
    await cell.advance(1_000)
    expect(seen).toEqual([contentGeneration + 1, contentGeneration + 2])
  })
})
