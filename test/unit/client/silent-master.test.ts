import { describe, expect, test } from "vitest"
import { Cell, type SessionOptions } from "../../../src/client/cell.ts"
import type { Session } from "../../../src/client/session.ts"
import { refuse } from "../../../src/contract/errors.ts"
import { pointsTo, ScriptedCell, statOf, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/local/file"

interface Bench {
  readonly scripted: ScriptedCell
  readonly time: VirtualSurroundings
  readonly session: Session
}

/** Replica `a` is master, the others know it. */
async function bench(options: SessionOptions = {}): Promise<Bench> {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  scripted.script("b:2", pointsTo("a:1"))
  scripted.script("c:3", pointsTo("a:1"))
  const time = new VirtualSurroundings()
  const cell = new Cell({ replicas: ["a:1", "b:2", "c:3"] }, scripted, time)
  const session = await cell.openSession(options)
  await time.pass(1_000)
  return { scripted, time, session }
}

/** Keeps its connections and says nothing: a process that was stopped. */
function freeze({ scripted }: Bench, address: string): void {
  scripted.script(address, () => "hold")
}

describe("a master that is frozen", () => {
  test("is left within a second, as soon as another replica serves or knows who does", async () => {
    const parts = await bench()
    freeze(parts, "a:1")
    parts.scripted.script("b:2", willingMaster)
    parts.scripted.script("c:3", pointsTo("b:2"))
    const write = parts.session.set(path, "one")
    await parts.time.pass(1_000)
    await write
    expect(parts.scripted.callsOf("setContents", "b:2")).toHaveLength(1)
  })

  test("is not left as long as nobody else serves, and is heard when it goes on", async () => {
    const parts = await bench()
    freeze(parts, "a:1")
    const write = parts.session.set(path, "one")
    await parts.time.pass(1_500)
    const [call] = parts.scripted.callsOf("setContents")
    if (call !== undefined) parts.scripted.answer(call, { kind: "setContents", stat: statOf(path) })
    await write
    expect(parts.scripted.callsOf("setContents")).toHaveLength(1)
    const askedCount = parts.scripted.callsOf("getStat").length
    await parts.time.pass(4_000)
    expect(parts.scripted.callsOf("getStat")).toHaveLength(askedCount)
  })

  test("is given up after two seconds if nobody knows better", async () => {
    const parts = await bench()
    freeze(parts, "a:1")
    const write = parts.session.set(path, "one")
    write.catch(() => undefined)
    await parts.time.pass(2_100)
    expect(parts.scripted.callsOf("setContents").length).toBeGreaterThan(1)
    await parts.session.close({ signal: AbortSignal.abort() }).catch(() => undefined)
  })
})

describe("a master that is frozen and that others still believe in", () => {
  test("is left for the next master within a second, though there are only KeepAlives to send", async () => {
    const parts = await bench()
    freeze(parts, "a:1")
    const controller = new AbortController()
    const write = parts.session.set(path, "one", { signal: controller.signal })
    write.catch(() => undefined)
    await parts.time.pass(1_000)
    controller.abort()
    await parts.time.pass(1_500)
    // Given up, and found again, since the others point to it.
    expect(parts.scripted.callsOf("keepAlive", "a:1").length).toBeGreaterThan(1)
    const before = parts.scripted.callsOf("keepAlive", "b:2").length
    parts.scripted.script("b:2", willingMaster)
    parts.scripted.script("c:3", pointsTo("b:2"))
    await parts.time.pass(1_000)
    expect(parts.scripted.callsOf("keepAlive", "b:2")).toHaveLength(before + 1)
  })
})

describe("a master that freezes right after it has asked for patience", () => {
  test("is left for the next master within a second, though there are only KeepAlives to send", async () => {
    const { scripted, time } = await bench({ caching: false })
    scripted.kill("a:1")
    let refusalCount = 0
    scripted.script("c:3", pointsTo("b:2"))
    scripted.script("b:2", (call) => {
      refusalCount += call.request.operation.kind === "keepAlive" ? 1 : 0
      return refusalCount > 1 ? "hold" : refuse("FAIL_OVER_IN_PROGRESS", "in a moment")
    })
    await time.pass(500)
    expect(refusalCount).toBe(2)
    scripted.script("c:3", willingMaster)
    const before = scripted.callsOf("keepAlive", "c:3").length
    await time.pass(1_000)
    expect(scripted.callsOf("keepAlive", "c:3")).toHaveLength(before + 1)
  })
})

describe("a master that has lost its quorum", () => {
  const lapsed = refuse("NO_QUORUM", "nobody was heard within the lease")

  test("is not left if it has it back in a moment", async () => {
    const { scripted, time, session } = await bench()
    let refusalCount = 0
    scripted.script("a:1", (call) => {
      refusalCount += 1
      return refusalCount <= 3 ? lapsed : willingMaster(call)
    })
    const write = session.set(path, "one")
    await time.pass(300)
    await write
    expect(refusalCount).toBe(4)
    const elsewhere = scripted.received.filter(({ address }) => address !== "a:1")
    expect(elsewhere.filter(({ call }) => call.request.operation.kind !== "createSession")).toEqual([])
  })

  test("is left within a second, though none of its callers waits for so long", async () => {
    const { scripted, time, session } = await bench()
    scripted.script("a:1", (call) => (call.request.operation.kind === "keepAlive" ? "hold" : lapsed))
    scripted.script("b:2", willingMaster)
    scripted.script("c:3", pointsTo("b:2"))
    for (let count = 0; count < 10; count += 1) {
      const impatient = new AbortController()
      session.set(path, "one", { signal: impatient.signal }).catch(() => undefined)
      await time.pass(100)
      impatient.abort()
    }
    expect(scripted.callsOf("setContents", "b:2").length).toBeGreaterThan(0)
  })
})

describe("a master that holds one call back", () => {
  test("is not left while it answers others: a write may have to wait for somebody's cache", async () => {
    const parts = await bench()
    parts.scripted.script("a:1", (call) =>
      call.request.operation.kind === "setContents" ? "hold" : willingMaster(call),
    )
    const write = parts.session.set(path, "one")
    await parts.time.pass(5_500)
    const [call, ...more] = parts.scripted.callsOf("setContents")
    expect(more).toEqual([])
    if (call !== undefined) parts.scripted.answer(call, { kind: "setContents", stat: statOf(path) })
    await write
  })

  test("is not even asked about an Acquire, which may wait for days", async () => {
    const parts = await bench()
    parts.scripted.script("a:1", (call) => (call.request.operation.kind === "acquire" ? "hold" : willingMaster(call)))
    const controller = new AbortController()
    const acquiring = parts.session.acquire(path, { signal: controller.signal })
    acquiring.catch(() => undefined)
    await parts.time.pass(3_000)
    expect(parts.scripted.callsOf("getStat")).toEqual([])
    controller.abort()
    await quiet()
  })
})
