import { describe, expect, test } from "vitest"
import { CellError } from "../../../src/client/errors.ts"
import { cachingBench, invalidate, masterOf, namesIn, textOf, type CachingBench } from "./caching-bench.ts"
import { quiet } from "./virtual-surroundings.ts"

const path = "/ls/local/file"

/** How many reads of this kind the cell was asked for. */
function asked({ scripted }: CachingBench, kind = "getContentsAndStat"): number {
  return scripted.callsOf(kind).length
}

describe("what was read", () => {
  test("is not asked for again: contents, facts, listings and absence", async () => {
    const bench = await cachingBench()
    const { session } = bench
    for (let count = 0; count < 3; count += 1) {
      expect(await textOf(session, path)).toBe("one")
      expect((await session.getStat(path)).path).toBe("/ls/test/file")
      expect(await namesIn(session, "/ls/local")).toEqual(["file"])
      await expect(session.get("/ls/local/none")).rejects.toMatchObject({ code: "NODE_NOT_FOUND" })
      await expect(session.getStat("/ls/local/none")).rejects.toBeInstanceOf(CellError)
    }
    expect([asked(bench), asked(bench, "getStat"), asked(bench, "readDir")]).toEqual([2, 0, 1])
    expect(session.cacheStatistics).toMatchObject({ hits: 12, misses: 3, entries: 3 })
  })

  test("of a directory is one view with its own facts, and the very same as long as nothing changes", async () => {
    const bench = await cachingBench()
    const { session } = bench
    expect(session.cachedListing("/ls/local")).toBeUndefined()
    const { entries, stat } = await session.getListing("/ls/local")
    expect([entries.map(({ name }) => name), stat.kind]).toEqual([["file"], "directory"])
    const kept = session.cachedListing("/ls/local")
    await session.get(path)
    expect(kept).toBeDefined()
    expect(session.cachedListing("/ls/local")).toBe(kept)
  })

  test("that there is no node is told with the index of the state that was so, out of the cache too", async () => {
    const { session } = await cachingBench()
    for (let count = 0; count < 2; count += 1) {
      const refused = (reason: unknown): CellError => CellError.from(reason)
      const { details } = await session.get("/ls/local/none").then(() => Promise.reject(new Error("found")), refused)
      expect(details.commitIndex).toBeGreaterThan(0)
    }
  })

  test("is one thing under both names of the cell", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await bench.session.get("/ls/test/file")
    expect(asked(bench)).toBe(1)
    await bench.answerKeepAlive(1, [invalidate("/ls/test/file")])
    expect(bench.session.cached(path)).toBeUndefined()
  })

  test("is not kept if the cell does not allow it, or the session was opened without a cache", async () => {
    const bench = await cachingBench()
    bench.scripted.mayKeep = () => false
    await bench.session.get(path)
    await bench.session.get(path)
    expect(asked(bench)).toBe(2)

    const without = await cachingBench({ caching: false })
    await without.session.get(path)
    await without.session.get(path)
    expect(asked(without)).toBe(2)
    expect(without.scripted.callsOf("getContentsAndStat")[0]?.request.forCache).toBe(false)
    expect(without.session.cacheStatistics).toBeUndefined()
    expect(without.session.cached(path)).toBeUndefined()
  })

  test("is not used for a read under a sequencer: whether that is stale, only the cell knows", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await bench.session.get(path, { underSequencer: "signed" })
    expect(asked(bench)).toBe(2)
  })

  test("can't be spoiled by who changes what get returned", async () => {
    const { session } = await cachingBench()
    for (let count = 0; count < 3; count += 1) {
      const { contents, stat } = await session.get(path)
      expect(new TextDecoder().decode(contents)).toBe("one")
      contents.fill(0)
      if (count > 0) expect(Object.isFrozen(stat) && Object.isFrozen(stat.acl)).toBe(true)
    }
  })

  test("is at hand without a promise", async () => {
    const { session } = await cachingBench()
    expect(session.cached(path)).toBeUndefined()
    await session.get(path)
    await expect(session.get("/ls/local/none")).rejects.toThrow()
    expect(session.cached(path)).toMatchObject({ stat: { path: "/ls/test/file" } })
    expect(session.cached("/ls/local/none")).toBe("absent")
  })

  test("longest ago goes first when the cache is full", async () => {
    const { session, files } = await cachingBench({ cacheBytesMax: 3_500 })
    for (const name of ["a", "b", "c"]) files.set(name, "x".repeat(800))
    for (const name of ["a", "b", "a", "c"]) await session.get(`/ls/local/${name}`)
    expect(["a", "b", "c"].map((name) => session.cached(`/ls/local/${name}`) === undefined)).toEqual([
      false,
      true,
      false,
    ])
    expect(session.cacheStatistics?.bytes).toBeLessThanOrEqual(3_500)
  })
})

describe("an invalidation", () => {
  test("is obeyed before it is acknowledged by the next KeepAlive", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    bench.files.set("file", "two")
    await bench.answerKeepAlive(1, [invalidate("/ls/test/file", "/ls/test/")])
    const operation = bench.scripted.callsOf("keepAlive").at(-1)?.request.operation
    expect(operation).toMatchObject({ seen: { epoch: 1, through: 1 } })
    expect(await textOf(bench.session, path)).toBe("two")
  })

  test("that overtakes an answer keeps that from being kept, though who asked is told it", async () => {
    const bench = await cachingBench()
    bench.scripted.script("a:1", () => "hold")
    const reading = textOf(bench.session, path)
    await quiet()
    await bench.answerKeepAlive(1, [invalidate("/ls/test/file")])
    const [call] = bench.scripted.callsOf("getContentsAndStat")
    if (call !== undefined) bench.scripted.answer(call, answerOf(bench, call))
    expect(await reading).toBe("one")
    expect(bench.session.cached(path)).toBeUndefined()
  })

  test("that comes with other news is obeyed before anybody acts on those", async () => {
    const bench = await cachingBench()
    const lock = await bench.session.acquire("/ls/local/job")
    await bench.session.get(path)
    let seen: unknown = "never called"
    lock.wanted.addEventListener("abort", () => (seen = bench.session.cached(path)))
    const change = { path: "/ls/test/job", instance: 1, mode: "exclusive", holders: [7], sessionId: 9 } as const
    const wanted = {
      kind: "lockWanted",
      index: 2,
      change: { kind: "lockRequested", ...change, clientName: "bob" },
    } as const
    await bench.answerKeepAlive(1, [wanted, invalidate("/ls/test/file")])
    expect(seen).toBeUndefined()
  })

  test("of everything empties the cache", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await bench.answerKeepAlive(1, [{ kind: "resync", through: 9 }])
    expect(bench.session.cacheStatistics?.entries).toBe(0)
  })
})

describe("the cache lease", () => {
  test("ends the use of the cache to the millisecond, and its renewal brings it back", async () => {
    const bench = await cachingBench()
    const { session, time } = bench
    await session.get(path)
    await time.pass(4_949)
    expect(session.cached(path)).toBeDefined()
    await time.pass(1)
    expect(session.cached(path)).toBeUndefined()
    await bench.answerKeepAlive(1, [], 4_950)
    expect(session.cached(path)).toBeDefined()
  })

  test("that comes back with an invalidation brings back the rest only", async () => {
    const bench = await cachingBench()
    bench.files.set("other", "else")
    await bench.session.get(path)
    await bench.session.get("/ls/local/other")
    await bench.time.pass(5_500)
    await bench.answerKeepAlive(1, [invalidate("/ls/test/file")], 5_500)
    expect(bench.session.cached(path)).toBeUndefined()
    expect(bench.session.cached("/ls/local/other")).toBeDefined()
  })

  test("is over with the session", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await bench.session.close()
    expect(bench.session.cached(path)).toBeUndefined()
  })
})

describe("a write of one's own", () => {
  test("takes its entries away as it is sent, and keeps them away until it is answered", async () => {
    const bench = await cachingBench()
    const { scripted, session, files } = bench
    await session.get(path)
    await namesIn(session, "/ls/local")
    const serve = masterOf(files)
    scripted.script("a:1", (call) => (call.request.operation.kind === "setContents" ? "hold" : serve(call)))
    const writing = session.set(path, "two")
    expect(session.cached(path)).toBeUndefined()
    expect(await textOf(session, path)).toBe("one")
    expect(session.cached(path)).toBeUndefined()
    const [call] = scripted.callsOf("setContents")
    files.set("file", "two")
    if (call !== undefined) scripted.answer(call, answerOf(bench, call))
    await writing
    expect(await textOf(session, path)).toBe("two")
    expect(session.cached(path)).toBeDefined()
    await namesIn(session, "/ls/local")
    expect(asked(bench, "readDir")).toBe(2)
  })

  test("by handle touches the node that was opened", async () => {
    const bench = await cachingBench()
    bench.files.set("other", "else")
    await bench.session.get(path)
    await bench.session.get("/ls/local/other")
    const handle = await bench.session.open("/ls/test/file", { mode: "write" })
    await handle.set("two")
    expect(bench.session.cached(path)).toBeUndefined()
    expect(bench.session.cached("/ls/local/other")).toBeDefined()
  })

  test("that was given up keeps its key out of the cache until another master serves", async () => {
    const bench = await cachingBench()
    const { scripted, session, files } = bench
    const serve = masterOf(files)
    await session.get(path)
    scripted.script("a:1", (call) => (call.request.operation.kind === "setContents" ? "hold" : serve(call)))
    const controller = new AbortController()
    const writing = session.set(path, "two", { signal: controller.signal })
    await quiet()
    controller.abort(new Error("enough"))
    await expect(writing).rejects.toThrow("enough")
    await session.get(path)
    expect(session.cached(path)).toBeUndefined()
    scripted.epoch = 2
    await session.get("/ls/local/other").catch(() => undefined)
    await bench.answerKeepAlive(1, [])
    await session.get(path)
    expect(session.cached(path)).toBeDefined()
  })
})

describe("reads of the same thing at a time", () => {
  test("are asked for once", async () => {
    const bench = await cachingBench()
    const texts = await Promise.all([path, path, path].map(async (each) => await textOf(bench.session, each)))
    expect(texts).toEqual(["one", "one", "one"])
    expect(asked(bench)).toBe(1)
  })

  test("are asked for by each if the answer to the first is not good for later: it may be older than their asking", async () => {
    const bench = await cachingBench()
    bench.scripted.mayKeep = () => false
    await Promise.all([bench.session.get(path), bench.session.get(path), bench.session.get(path)])
    expect(asked(bench)).toBe(3)
  })

  test("don't depend on the patience of who asked first", async () => {
    const bench = await cachingBench()
    const controller = new AbortController()
    const first = bench.session.get(path, { signal: controller.signal })
    const second = textOf(bench.session, path)
    controller.abort(new Error("enough"))
    await expect(first).rejects.toThrow("enough")
    expect(await second).toBe("one")
  })
})

function answerOf(bench: CachingBench, call: Parameters<ReturnType<typeof masterOf>>[0]) {
  const outcome = masterOf(bench.files)(call)
  if (outcome === "hold") throw new Error("nothing to answer")
  return outcome
}
