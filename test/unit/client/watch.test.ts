import { describe, expect, test } from "vitest"
import { SessionExpiredError } from "../../../src/client/errors.ts"
import type { Watch, WatchEvent } from "../../../src/client/watch.ts"
import { refuse } from "../../../src/contract/errors.ts"
import type { Notice } from "../../../src/contract/notices.ts"
import { cachingBench, masterOf, type CachingBench } from "./caching-bench.ts"
import { quiet } from "./virtual-surroundings.ts"

function event(subscriptionId: number, index: number): Notice {
  const change = { kind: "contentsChanged", path: "/ls/test/file", instance: 1, contentGeneration: index } as const
  return { kind: "event", subscriptionId, index, change }
}

/** What the reader has been told so far: indexes of changes, and `resync`. */
function collect(watch: Watch): (number | string)[] {
  const seen: (number | string)[] = []
  void (async () => {
    try {
      for await (const told of watch) seen.push(told.kind === "change" ? told.index : `resync ${told.through}`)
      seen.push("over")
    } catch (reason) {
      seen.push(reason instanceof Error ? reason.message : "thrown")
    }
  })()
  return seen
}

/** Another master serves, and answers `resume` at once. */
async function failOver({ scripted, answerKeepAlive }: CachingBench): Promise<void> {
  scripted.epoch += 1
  await answerKeepAlive(1, [])
}

describe("a watch", () => {
  test("is asked for at once, is ready when the cell has answered, and tells what happens in order", async () => {
    const bench = await cachingBench()
    bench.scripted.commitIndex = 20
    const watch = bench.session.watch("/ls/local/file", { scope: "subtree", kinds: ["contentsChanged"] })
    expect(await watch.ready).toBe(20)
    const [call] = bench.scripted.callsOf("subscribe")
    expect(call?.request.operation).toEqual({
      kind: "subscribe",
      subscription: { subscriptionId: 1, path: "/ls/local/file", scope: "subtree", kinds: ["contentsChanged"] },
      after: 0,
    })
    const seen = collect(watch)
    await bench.answerKeepAlive(1, [event(1, 21), event(2, 21), event(1, 22)])
    await bench.answerKeepAlive(3, [event(1, 22), event(1, 22)])
    expect(seen).toEqual([21, 22, 22])
  })

  test("is asked for again if the answer comes from a master that is known to have been followed by another", async () => {
    const bench = await cachingBench()
    const master = masterOf(bench.files)
    bench.scripted.script("a:1", (call) => (call.request.operation.kind === "subscribe" ? "hold" : master(call)))
    const watch = bench.session.watch("/ls/local/file")
    await quiet()
    await failOver(bench)
    const [first] = bench.scripted.callsOf("subscribe")
    bench.scripted.epoch = 1
    if (first !== undefined) bench.scripted.answer(first, { kind: "subscribe" })
    await quiet()
    const [, second] = bench.scripted.callsOf("subscribe")
    expect(second?.request).toMatchObject({ epoch: 2, operation: first?.request.operation })
    Object.assign(bench.scripted, { epoch: 2, commitIndex: 30 })
    if (second !== undefined) bench.scripted.answer(second, { kind: "subscribe" })
    expect(await watch.ready).toBe(30)
  })

  test("that the cell refuses is not ready, and its loop throws the refusal", async () => {
    const bench = await cachingBench()
    bench.scripted.script("a:1", () => refuse("INVALID_PATH", "that names no node"))
    const watch = bench.session.watch("nowhere")
    const seen = collect(watch)
    await expect(watch.ready).rejects.toMatchObject({ code: "INVALID_PATH" })
    await quiet()
    expect(seen).toEqual(["INVALID_PATH: that names no node"])
  })

  test("ends with its loop or its signal, and the cell is told", async () => {
    const bench = await cachingBench()
    const left = bench.session.watch("/ls/local/file")
    await left.return()
    const controller = new AbortController()
    const aborted = collect(bench.session.watch("/ls/local/file", { signal: controller.signal }))
    controller.abort(new Error("enough"))
    await quiet()
    await expect(left.ready).rejects.toMatchObject({ code: "CANCELLED" })
    expect(aborted).toEqual(["enough"])
    const ended = bench.scripted.callsOf("unsubscribe").map(({ request }) => request.operation)
    expect(ended).toEqual([1, 2].map((subscriptionId) => ({ kind: "unsubscribe", subscriptionId })))
  })

  test("ends quietly when its session is closed, and throws when that expires", async () => {
    const closed = await cachingBench()
    const quietly = collect(closed.session.watch("/ls/local/file"))
    await closed.session.close()
    await quiet()
    expect(quietly).toEqual(["over"])

    const lost = await cachingBench()
    const watch = lost.session.watch("/ls/local/file")
    lost.scripted.kill("a:1")
    await lost.time.pass(60_000)
    await expect(watch.next()).rejects.toBeInstanceOf(SessionExpiredError)
  })

  test("whose reader is slow loses nothing in silence: a resync takes the place of what did not fit", async () => {
    const bench = await cachingBench()
    const watch = bench.session.watch("/ls/local/file")
    await watch.ready
    const many = Array.from({ length: 4_097 }, (_, number) => event(1, number + 2))
    await bench.answerKeepAlive(1, many)
    const read: WatchEvent[] = []
    for (let count = 0; count < 2; count += 1) {
      const { value } = await watch.next()
      if (value !== undefined) read.push(value)
    }
    expect(read).toMatchObject([
      { kind: "resync", through: 4_097 },
      { kind: "change", index: 4_098 },
    ])
  })
})

describe("a watch over a fail-over", () => {
  test("goes on: the new master hears of it, and what it tells again is not told twice", async () => {
    const bench = await cachingBench()
    const watch = bench.session.watch("/ls/local/file", { kinds: ["contentsChanged"] })
    await watch.ready
    const seen = collect(watch)
    bench.scripted.commitIndex = 8
    await bench.answerKeepAlive(1, [event(1, 7), event(1, 9)])
    bench.scripted.commitIndex = 30
    await failOver(bench)
    const [resume] = bench.scripted.callsOf("resume")
    expect(resume?.request.operation).toMatchObject({
      seenThrough: 8,
      subscriptions: [{ subscriptionId: 1, path: "/ls/local/file", scope: "node", kinds: ["contentsChanged"] }],
    })
    await bench.answerKeepAlive(1, [event(1, 9), event(1, 9), event(1, 12)])
    expect(seen).toEqual([7, 9, 9, 12])
  })

  test("announces once what can't be told any more, and goes on from there", async () => {
    const bench = await cachingBench()
    const watch = bench.session.watch("/ls/local/file")
    await watch.ready
    const seen = collect(watch)
    await failOver(bench)
    await bench.answerKeepAlive(1, [{ kind: "resync", through: 40 }])
    await bench.answerKeepAlive(1, [{ kind: "resync", through: 40 }, event(1, 40), event(1, 41)])
    expect(seen).toEqual(["resync 40", 41])
  })

  test("that had not been told all of the past yet asks the new master for the rest of it", async () => {
    const bench = await cachingBench()
    bench.scripted.commitIndex = 30
    const watch = bench.session.watch("/ls/local/file", { after: 3 })
    await watch.ready
    const seen = collect(watch)
    bench.scripted.commitIndex = 10
    await bench.answerKeepAlive(1, [event(1, 5), event(1, 9)])
    bench.scripted.commitIndex = 31
    await failOver(bench)
    const asked = bench.scripted.callsOf("subscribe").map(({ request: { operation } }) => operation)
    expect(asked).toMatchObject([{ after: 3 }, { after: 8 }])
    expect(bench.scripted.callsOf("resume")[0]?.request.operation).toMatchObject({ subscriptions: [] })
    await bench.answerKeepAlive(1, [event(1, 9), event(1, 9), event(1, 14)])
    expect(seen).toEqual([5, 9, 9, 14])
  })

  test("that was under way to the old master reaches the new one by itself", async () => {
    const bench = await cachingBench()
    const serve = masterOf(bench.files)
    bench.scripted.script("a:1", (call) => (call.request.operation.kind === "subscribe" ? "hold" : serve(call)))
    const watch = bench.session.watch("/ls/local/file")
    await quiet()
    bench.scripted.epoch = 2
    bench.scripted.kill("a:1")
    bench.scripted.script("a:1", serve)
    await bench.time.pass(1_000)
    expect(await watch.ready).toBe(1)
    expect(bench.scripted.callsOf("resume").at(-1)?.request.operation).toMatchObject({ subscriptions: [] })
  })
})

describe("a session", () => {
  test("hears that somebody wants a lock it holds, without asking for it", async () => {
    const bench = await cachingBench()
    const events = bench.session.events()
    const change = {
      kind: "lockRequested",
      path: "/ls/test/job",
      instance: 1,
      mode: "exclusive",
      sessionId: 8,
      clientName: "bob",
      holders: [7],
    } as const
    await bench.answerKeepAlive(1, [{ kind: "lockWanted", index: 12, change }])
    expect((await events.next()).value).toEqual({ kind: "lockWanted", index: 12, change })
  })

  test("lists who has a session, page by page, and who had", async () => {
    const bench = await cachingBench()
    const facts = (sessionId: number) => ({ sessionId }) as never
    bench.scripted.script("a:1", ({ request: { operation } }) => {
      if (operation.kind !== "listSessions") return "hold"
      const sessions = [1, 2, 3].filter((each) => each > operation.afterSessionId).slice(0, 2)
      const more = sessions.at(-1) !== 3
      const ended = more ? [] : [{ sessionId: 9, clientName: "carol", reason: "closed by its client", index: 5 }]
      return { kind: "listSessions", sessions: sessions.map(facts), more, ended }
    })
    const { sessions, ended } = await bench.session.listSessions()
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual([1, 2, 3])
    expect(ended).toMatchObject([{ clientName: "carol" }])
  })
})
