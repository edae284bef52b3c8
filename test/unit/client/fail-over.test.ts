import { describe, expect, test } from "vitest"
import type { SessionEvent } from "../../../src/client/session-events.ts"
import type { Session } from "../../../src/client/session.ts"
import type { Call } from "../../../src/client/transport.ts"
import { refuse } from "../../../src/contract/errors.ts"
import type { Operation } from "../../../src/contract/requests.ts"
import { cachingBench, invalidate, masterOf, type CachingBench } from "./caching-bench.ts"
import { quiet } from "./virtual-surroundings.ts"

const path = "/ls/local/file"

type Resume = Extract<Operation, { kind: "resume" }>

/** Another master serves at the same address. It leaves `resume` and KeepAlives for the test to answer. */
async function failOver({ scripted, files, answerKeepAlive }: CachingBench): Promise<void> {
  const serve = masterOf(files)
  scripted.epoch += 1
  scripted.script("a:1", (call) => (call.request.operation.kind === "resume" ? "hold" : serve(call)))
  await answerKeepAlive(1, [])
}

function resumes({ scripted }: CachingBench): readonly { call: Call; operation: Resume }[] {
  return scripted.callsOf("resume").flatMap((call) => {
    const { operation } = call.request
    return operation.kind === "resume" ? [{ call, operation }] : []
  })
}

async function answerResume(bench: CachingBench, lastNotice: number): Promise<void> {
  const last = resumes(bench).at(-1)
  if (last === undefined) throw new Error("nobody has resumed")
  bench.scripted.answer(last.call, { kind: "resume", lastNotice })
  await quiet()
}

function collect(session: Session): SessionEvent[] {
  const seen: SessionEvent[] = []
  const events = session.events()
  void (async () => {
    for await (const event of events) seen.push(event)
  })()
  return seen
}

describe("a new master", () => {
  test("is told at once what is cached, and through which commit index everything is known", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await expect(bench.session.get("/ls/local/none")).rejects.toThrow()
    bench.scripted.commitIndex = 30
    await bench.answerKeepAlive(1, [])
    await failOver(bench)
    expect(resumes(bench).map(({ operation }) => operation)).toEqual([
      { kind: "resume", seenThrough: 30, cached: ["/ls/test/none", "/ls/test/file"], subscriptions: [] },
    ])
  })

  test("is told by a session that has nothing cached too: writers may be waiting for its word", async () => {
    const bench = await cachingBench()
    await failOver(bench)
    expect(resumes(bench)).toHaveLength(1)
  })

  test("makes the cache unusable until it has answered, and what came of that was obeyed", async () => {
    const bench = await cachingBench()
    bench.files.set("other", "else")
    await bench.session.get(path)
    await bench.session.get("/ls/local/other")
    await failOver(bench)
    expect(bench.session.cached(path)).toBeUndefined()
    await answerResume(bench, 1)
    expect(bench.session.cached(path)).toBeUndefined()
    await bench.answerKeepAlive(1, [invalidate("/ls/test/file")])
    expect(bench.session.cached(path)).toBeUndefined()
    expect(bench.session.cached("/ls/local/other")).toBeDefined()
  })

  test("has nothing to say: the cache is good again with its answer", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await failOver(bench)
    await answerResume(bench, 0)
    expect(bench.session.cached(path)).toBeDefined()
  })

  test("that can't tell what was missed empties the cache", async () => {
    const bench = await cachingBench()
    const events = collect(bench.session)
    await bench.session.get(path)
    await failOver(bench)
    await answerResume(bench, 1)
    await bench.answerKeepAlive(1, [{ kind: "resync", through: 90 }])
    expect(bench.session.cached(path)).toBeUndefined()
    expect(events).toEqual([
      { kind: "failOver", epoch: 2 },
      { kind: "resync", through: 90 },
    ])
  })

  test("does not vouch for what the one before allowed to keep", async () => {
    const bench = await cachingBench()
    bench.scripted.script("a:1", () => "hold")
    const reading = bench.session.get(path)
    await quiet()
    const [call] = bench.scripted.callsOf("getContentsAndStat")
    await failOver(bench)
    await answerResume(bench, 0)
    bench.scripted.epoch = 1
    if (call !== undefined) bench.scripted.answer(call, masterOf(bench.files)(call) as never)
    await reading
    expect(bench.session.cached(path)).toBeUndefined()
  })

  test("is told again and again until it listens", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    const serve = masterOf(bench.files)
    bench.scripted.epoch = 2
    let refusals = 2
    bench.scripted.script("a:1", (call) => {
      if (call.request.operation.kind !== "resume" || refusals === 0) return serve(call)
      refusals -= 1
      return refuse("INTERNAL", "not just now")
    })
    await bench.answerKeepAlive(1, [])
    await bench.time.pass(2_000)
    expect(resumes(bench)).toHaveLength(3)
  })

  test("that is followed by another one is forgotten: the other is told what is cached by then", async () => {
    const bench = await cachingBench()
    await bench.session.get(path)
    await failOver(bench)
    await failOver(bench)
    const [first, second, ...more] = resumes(bench)
    expect(more).toEqual([])
    expect(second?.operation.cached).toEqual(["/ls/test/file"])
    if (first !== undefined) bench.scripted.answer(first.call, { kind: "resume", lastNotice: 0 })
    await quiet()
    expect(bench.session.cached(path)).toBeUndefined()
    await answerResume(bench, 0)
    expect(bench.session.cached(path)).toBeDefined()
  })

  test("is told of no more keys than it takes, and the rest is forgotten", async () => {
    const bench = await cachingBench()
    const name = (number: number): string => `${String(number).padStart(5, "0")}${"x".repeat(100)}`
    for (let number = 0; number < 4_000; number += 1) {
      bench.files.set(name(number), "")
      await bench.session.get(`/ls/local/${name(number)}`)
    }
    await failOver(bench)
    const [resume] = resumes(bench)
    const bytes = resume?.operation.cached.reduce((sum, key) => sum + key.length, 0) ?? 0
    expect(bytes).toBeLessThan(1024 * 1024)
    expect(resume?.operation.cached[0]).toBe(`/ls/test/${name(3_999)}`)
    expect(bench.session.cacheStatistics?.entries).toBe(resume?.operation.cached.length)
  })
})

describe("a session whose cell is out of reach", () => {
  test("is closed here after two seconds, without an error, and ends at the cell with its lease", async () => {
    const bench = await cachingBench()
    bench.scripted.kill("a:1")
    let isClosed = false
    const closing = bench.session.close().then(() => {
      isClosed = true
    })
    await bench.time.pass(1_999)
    expect(isClosed).toBe(false)
    await bench.time.pass(1)
    await closing
    await expect(bench.session.get(path)).rejects.toMatchObject({ code: "SESSION_EXPIRED" })
  })

  test("says why it has expired, in the cell's own words if it has any", async () => {
    const bench = await cachingBench()
    const events = collect(bench.session)
    bench.scripted.script("a:1", () => refuse("SESSION_EXPIRED", "an operator ended it"))
    await bench.session.get(path).catch(() => undefined)
    const parked = bench.scripted.callsOf("keepAlive").at(-1)
    if (parked !== undefined) bench.scripted.answer(parked, refuse("SESSION_EXPIRED", "an operator ended it"))
    await quiet()
    expect(events).toEqual([{ kind: "expired", reason: "an operator ended it" }])
  })
})
