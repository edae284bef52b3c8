import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import { limits } from "../../../src/contract/limits.ts"
import { Cell } from "../../../src/client/cell.ts"
import { CellError, SessionExpiredError } from "../../../src/client/errors.ts"
import type { SessionEvent } from "../../../src/client/session-events.ts"
import type { Session } from "../../../src/client/session.ts"
import { leaseExtended, pointsTo, ScriptedCell, statOf, willingMaster } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const replicas = ["a:1", "b:2", "c:3"]
const path = "/ls/local/file"

interface Bench {
  readonly scripted: ScriptedCell
  readonly time: VirtualSurroundings
  readonly cell: Cell
}

/** Replica `a` is master, the others know it. */
function bench(): Bench {
  const scripted = new ScriptedCell()
  scripted.script("a:1", willingMaster)
  scripted.script("b:2", pointsTo("a:1"))
  scripted.script("c:3", pointsTo("a:1"))
  const time = new VirtualSurroundings()
  return { scripted, time, cell: new Cell({ replicas }, scripted, time) }
}

/** The mastership goes from `a`, which dies, to `b`. */
function failOver({ scripted }: Bench): void {
  scripted.epoch += 1
  scripted.script("b:2", willingMaster)
  scripted.script("c:3", pointsTo("b:2"))
  scripted.kill("a:1")
}

function loseQuorum({ scripted }: Bench): void {
  for (const address of replicas) scripted.script(address, () => refuse("NO_QUORUM", "1 of 3 voting replicas answers"))
}

function collect(session: Session): SessionEvent[] {
  const seen: SessionEvent[] = []
  const events = session.events()
  void (async () => {
    for await (const event of events) seen.push(event)
  })()
  return seen
}

/** What `AbortSignal.timeout` does, on the test's time. */
function deadline(): { signal: AbortSignal; pass: () => void } {
  const controller = new AbortController()
  const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError")
  return {
    signal: controller.signal,
    pass: () => {
      controller.abort(reason)
    },
  }
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
}

describe("finding the master", () => {
  test("a hint leads to the master, whichever replica is asked first", async () => {
    const { cell, scripted } = bench()
    const session = await cell.openSession({ name: "alice" })
    expect(session.sessionId).toBe(7)
    expect(scripted.callsOf("createSession").length).toBeLessThanOrEqual(2)
    expect(scripted.callsOf("createSession", "a:1")).toHaveLength(1)
  })

  test("a session that is opened twice over a fail-over names itself by the same nonce", async () => {
    const parts = bench()
    parts.scripted.script("a:1", () => "hold")
    const opening = parts.cell.openSession({ name: "alice" })
    await quiet()
    failOver(parts)
    await parts.time.pass(1_000)
    await opening
    const nonces = parts.scripted
      .callsOf("createSession")
      .map(({ request: { operation } }) => (operation.kind === "createSession" ? operation.nonce : ""))
    expect(nonces.length).toBeGreaterThan(1)
    expect(new Set(nonces).size).toBe(1)
  })
})

describe("a call that is under way when the master is lost", () => {
  test("is sent to the next master under the same request number", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", () => "hold")
    const writes = [session.set(path, "one"), session.set(path, "two")]
    await quiet()
    failOver(parts)
    await parts.time.pass(1_000)
    await Promise.all(writes)
    const numbersAt = (address: string): number[] =>
      parts.scripted.callsOf("setContents", address).map(({ request }) => request.requestNumber)
    expect(numbersAt("a:1")).toEqual([1, 2])
    expect(numbersAt("b:2")).toEqual([1, 2])
  })

  test("is sent again without those that were answered before", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    await session.set(path, "one")
    parts.scripted.script("a:1", () => "hold")
    const second = session.set(path, "two")
    await quiet()
    failOver(parts)
    await parts.time.pass(1_000)
    await second
    const [resent, ...more] = parts.scripted.callsOf("setContents", "b:2")
    expect(more).toEqual([])
    expect(resent?.request).toMatchObject({ requestNumber: 2, answeredThrough: 1 })
  })

  test("follows the master when it is told that this replica no longer is", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.epoch = 2
    parts.scripted.script("b:2", willingMaster)
    parts.scripted.script("a:1", pointsTo("b:2"))
    await session.set(path, "one")
    expect(parts.scripted.callsOf("setContents", "b:2")).toHaveLength(1)
    expect(parts.scripted.callsOf("keepAlive", "b:2")).toHaveLength(1)
  })

  test("is asked again of a master that has not finished its fail-over", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    let refusalCount = 0
    parts.scripted.script("a:1", (call) => {
      if (call.request.operation.kind !== "setContents" || refusalCount === 3) return willingMaster(call)
      refusalCount += 1
      return refuse("FAIL_OVER_IN_PROGRESS", "in a moment")
    })
    const write = session.set(path, "one")
    await parts.time.pass(1_000)
    await write
    const numbers = parts.scripted.callsOf("setContents").map(({ request }) => request.requestNumber)
    expect(numbers).toEqual([1, 1, 1, 1])
  })

  test("keeps its place before later calls when the master puts it off", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    let isReady = false
    parts.scripted.script("a:1", (call) =>
      isReady || call.request.operation.kind !== "setContents"
        ? willingMaster(call)
        : refuse("FAIL_OVER_IN_PROGRESS", "in a moment"),
    )
    const first = session.set(path, "one")
    await quiet()
    isReady = true
    const second = session.set(path, "two")
    await parts.time.pass(1_000)
    await Promise.all([first, second])
    expect(parts.scripted.callsOf("setContents").map(({ request }) => request.requestNumber)).toEqual([1, 1, 2])
  })

  test("is sent again at once with the new epoch when only that was out of date", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.epoch = 2
    parts.scripted.script("a:1", (call) =>
      call.request.epoch === 2 ? willingMaster(call) : refuse("EPOCH_STALE", "the epoch is 2 by now"),
    )
    await session.set(path, "one")
    expect(parts.scripted.callsOf("setContents", "a:1").map(({ request }) => request.epoch)).toEqual([1, 2])
  })

  test("leaves a master that keeps its connections and says nothing", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", () => "hold")
    parts.scripted.script("b:2", willingMaster)
    parts.scripted.script("c:3", pointsTo("b:2"))
    const write = session.set(path, "one")
    await parts.time.pass(3_000)
    await write
    expect(parts.scripted.callsOf("setContents", "b:2")).toHaveLength(1)
  })

  test("carries the epoch of the newest master that has answered", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.epoch = 9
    await session.set(path, "one")
    await session.set(path, "two")
    expect(parts.scripted.callsOf("setContents").map(({ request }) => request.epoch)).toEqual([1, 9])
  })
})

describe("contents", () => {
  test("that are too large are refused without asking the cell", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const tooLarge = new Uint8Array(limits.contentsBytesMax + 1)
    const refused = { code: "CONTENTS_TOO_LARGE" }
    await expect(session.set(path, tooLarge)).rejects.toMatchObject(refused)
    await expect(session.set(path, "x".repeat(limits.contentsBytesMax + 1))).rejects.toMatchObject(refused)
    await expect(session.open(path, { create: "mayCreate", contents: tooLarge })).rejects.toMatchObject(refused)
    expect([...parts.scripted.callsOf("setContents"), ...parts.scripted.callsOf("open")]).toEqual([])
    await session.set(path, tooLarge.subarray(1))
    expect(parts.scripted.callsOf("setContents")).toHaveLength(1)
  })
})

describe("a deadline", () => {
  test("that passes while the cell has no quorum is told as that, with an unknown outcome for what was sent", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    loseQuorum(parts)
    const { signal, pass } = deadline()
    const write = rejectionOf(session.set(path, "one", { signal }))
    await parts.time.pass(5_000)
    pass()
    const error = (await write) as CellError
    expect(error).toBeInstanceOf(CellError)
    expect(error.code).toBe("NO_QUORUM")
    expect(error.message).toBe("NO_QUORUM: 1 of 3 voting replicas answers")
    expect(error.cause).toBe(signal.reason)
    expect(error.details.outcomeUnknown).toBe(true)
  })

  test("that passes while nobody can be reached is told as no quorum", async () => {
    const time = new VirtualSurroundings()
    const cell = new Cell({ replicas }, new ScriptedCell(), time)
    const { signal, pass } = deadline()
    const reading = rejectionOf(cell.get(path, { signal }))
    await time.pass(2_000)
    pass()
    const error = (await reading) as CellError
    expect(error.code).toBe("NO_QUORUM")
    expect(error.details.outcomeUnknown).toBe(false)
  })

  test("that passes while all is well is told as the signal's own reason", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", () => "hold")
    const { signal, pass } = deadline()
    const write = rejectionOf(session.set(path, "one", { signal }))
    await quiet()
    pass()
    expect(await write).toBe(signal.reason)
  })

  test("frees its request number: the next call tells the cell that nobody waits for the answer", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", () => "hold")
    const { signal, pass } = deadline()
    const write = rejectionOf(session.set(path, "one", { signal }))
    await quiet()
    pass()
    await write
    parts.scripted.script("a:1", willingMaster)
    await session.set(path, "two")
    expect(parts.scripted.callsOf("setContents").at(-1)?.request).toMatchObject({
      requestNumber: 2,
      answeredThrough: 1,
    })
  })

  test("that has passed already keeps the call from being sent", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const reason = new Error("changed my mind")
    expect(await rejectionOf(session.set(path, "one", { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(parts.scripted.callsOf("setContents")).toEqual([])
  })
})

describe("calls beyond what the cell can remember", () => {
  /** What is left is for calls that give something back. */
  const roomForWrites = limits.outstandingRequestsMax - 256

  async function fullWindow(): Promise<Bench & { readonly session: Session; readonly writes: Promise<unknown>[] }> {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", (call) =>
      call.request.operation.kind === "setContents" ? "hold" : willingMaster(call),
    )
    const writes = Array.from({ length: roomForWrites }, () => session.set(path, "one"))
    await quiet()
    return { ...parts, session, writes }
  }

  test("wait here until one of those on their way is answered", async () => {
    const { scripted, session, writes } = await fullWindow()
    const surplus = session.set(path, "surplus")
    await quiet()
    expect(scripted.callsOf("setContents")).toHaveLength(roomForWrites)
    scripted.script("a:1", willingMaster)
    const [, second] = scripted.callsOf("setContents")
    if (second !== undefined) scripted.answer(second, { kind: "setContents", stat: statOf(path) })
    await Promise.all([writes[1], surplus])
    expect(scripted.callsOf("setContents")).toHaveLength(roomForWrites + 1)
  })

  test("can be given up while they wait, and don't keep a session from being closed", async () => {
    const { session, writes } = await fullWindow()
    const controller = new AbortController()
    const given = rejectionOf(session.set(path, "surplus", { signal: controller.signal }))
    const left = rejectionOf(session.set(path, "surplus"))
    controller.abort(new Error("enough"))
    expect(await given).toMatchObject({ message: "enough" })
    const abandoned = Promise.all(writes.map(rejectionOf))
    await session.close()
    for (const reason of await abandoned) expect(reason).toBeInstanceOf(SessionExpiredError)
    expect(await left).toBeInstanceOf(SessionExpiredError)
  })
})

describe("a call that waits for long", () => {
  test("does not keep the session's other calls waiting, and is listed as open in time", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", (call) => (call.request.operation.kind === "acquire" ? "hold" : willingMaster(call)))
    const controller = new AbortController()
    const waiting = rejectionOf(session.acquire("/ls/local/job", { signal: controller.signal }))
    for (let count = 0; count < limits.outstandingRequestsMax + 10; count += 1) await session.set(path, "one")
    const lists = parts.scripted.callsOf("setContents").map(({ request }) => request.stillOpen)
    expect(lists.at(0)).toEqual([])
    expect(lists.at(-1)).toEqual([1])
    controller.abort(new Error("enough"))
    expect(await waiting).toMatchObject({ message: "enough" })
  })
})

describe("the life of a session", () => {
  test("is kept up by one KeepAlive after another, outside the request numbers", async () => {
    const parts = bench()
    await parts.cell.openSession({ name: "alice" })
    await quiet()
    for (let count = 1; count <= 3; count += 1) {
      const calls = parts.scripted.callsOf("keepAlive")
      expect(calls).toHaveLength(count)
      const [call] = calls.slice(-1)
      expect(call?.request.requestNumber).toBe(0)
      await parts.time.pass(6_000)
      if (call !== undefined) parts.scripted.answer(call, leaseExtended(6_000))
      await quiet()
    }
  })

  test("goes through jeopardy back to safety when a master answers within the grace period", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const seen = collect(session)
    loseQuorum(parts)
    await parts.time.pass(20_000)
    expect(session.standing).toBe("jeopardy")
    parts.scripted.epoch = 2
    parts.scripted.script("b:2", answerFirstKeepAlive())
    await parts.time.pass(2_000)
    expect(session.standing).toBe("safe")
    expect(seen.map(({ kind }) => kind)).toEqual(["jeopardy", "failOver", "safe"])
  })

  test("ends when the grace period passes in silence, and takes the open calls along", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const seen = collect(session)
    loseQuorum(parts)
    const write = rejectionOf(session.set(path, "one"))
    await parts.time.pass(60_000)
    expect(await write).toBeInstanceOf(SessionExpiredError)
    expect(await write).toMatchObject({ details: { outcomeUnknown: true } })
    expect(await rejectionOf(session.get(path))).toBeInstanceOf(SessionExpiredError)
    expect(seen.map(({ kind }) => kind)).toEqual(["jeopardy", "expired"])
  })

  test.each([
    ["that ended", "SESSION_EXPIRED"],
    ["that forgot", "REQUEST_FORGOTTEN"],
    ["whose lock's key was given up", "SEQUENCER_MALFORMED"],
  ] as const)("%s between two sendings of a call leaves the outcome unknown", async (_, code) => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    parts.scripted.script("a:1", () => "hold")
    const write = rejectionOf(session.set(path, "one"))
    await quiet()
    for (const address of ["b:2", "c:3"]) {
      parts.scripted.script(address, (call) =>
        call.request.operation.kind === "keepAlive" ? "hold" : refuse(code, "it is gone"),
      )
    }
    parts.scripted.kill("a:1")
    await parts.time.pass(1_000)
    expect(await write).toMatchObject({ code, details: { outcomeUnknown: true } })
  })

  test("ends when the cell says so", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const seen = collect(session)
    parts.scripted.script("b:2", () => refuse("SESSION_EXPIRED", "the session has ended"))
    parts.scripted.kill("a:1")
    await parts.time.pass(1_000)
    expect(seen).toEqual([{ kind: "expired", reason: "the session has ended" }])
    expect(session.standing).toBe("expired")
  })

  test("ends by closing it: the cell is told once, nothing expires, and later calls are refused here", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const seen = collect(session)
    parts.scripted.script("a:1", (call) => {
      if (call.request.operation.kind !== "closeSession") return willingMaster(call)
      for (const parked of parts.scripted.callsOf("keepAlive")) {
        parts.scripted.answer(parked, refuse("SESSION_EXPIRED", "closed by its client"))
      }
      return { kind: "closeSession" }
    })
    await Promise.all([session.close(), session.close()])
    expect(parts.scripted.callsOf("closeSession")).toHaveLength(1)
    expect(seen).toEqual([])
    expect(await rejectionOf(session.getStat(path))).toBeInstanceOf(SessionExpiredError)
  })
})

describe("closing the connection to a cell", () => {
  test("ends its sessions and tells everybody who waits, with what can be known of the outcome", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    const seen = collect(session)
    const lock = await session.acquire("/ls/local/job")
    parts.scripted.script("a:1", () => "hold")
    const write = rejectionOf(session.set(path, "one"))
    const read = rejectionOf(parts.cell.get(path))
    await quiet()
    await parts.cell.close()
    expect(await write).toMatchObject({ code: "SESSION_EXPIRED", details: { outcomeUnknown: true } })
    expect(await read).toMatchObject({ code: "CANCELLED" })
    expect(lock.lost.aborted).toBe(true)
    expect(seen).toEqual([])
    expect(await rejectionOf(parts.cell.get(path))).toMatchObject({ code: "CANCELLED" })
  })
})

describe("reading a directory", () => {
  test("goes on after the last name of each page until there is no more", async () => {
    const parts = bench()
    const names = ["a", "b", "c", "d", "e"]
    parts.scripted.script("a:1", (call) => {
      const { operation } = call.request
      if (operation.kind !== "readDir") return willingMaster(call)
      const rest = names.filter((name) => name > operation.afterName)
      const entries = rest.slice(0, operation.pageSize).map((name) => ({ name, stat: statOf(`/ls/test/${name}`) }))
      return { kind: "readDir", entries, more: rest.length > entries.length, stat: statOf("/ls/test") }
    })
    const seen: string[] = []
    for await (const entry of parts.cell.readDir("/ls/local", { pageSize: 2 })) seen.push(entry.name)
    expect(seen).toEqual(names)
    expect(parts.scripted.callsOf("readDir", "a:1")).toHaveLength(3)
  })
})

describe("making a directory with its parents", () => {
  test("opens every level from the top, and closes what it has opened", async () => {
    const parts = bench()
    const session = await parts.cell.openSession({ name: "alice" })
    await session.makeDirectory("/ls/local/a/b/c", { parents: true })
    const opened = parts.scripted
      .callsOf("open")
      .map(({ request: { operation } }) => (operation.kind === "open" ? operation.path : ""))
    expect(opened).toEqual(["/ls/local/a", "/ls/local/a/b", "/ls/local/a/b/c"])
    expect(parts.scripted.callsOf("close")).toHaveLength(3)
  })
})

/** A master that has just taken over answers the first KeepAlive at once. */
function answerFirstKeepAlive(): typeof willingMaster {
  let isFirst = true
  return (call) => {
    if (call.request.operation.kind !== "keepAlive" || !isFirst) return willingMaster(call)
    isFirst = false
    return leaseExtended(0)
  }
}
