/** The cache protocol as sessions meet it: who may keep what, and what a write waits for. */
import { beforeEach, describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import type { Operation } from "../../../src/contract/requests.ts"
import { gist, type ReplicaCell } from "../../support/replica-cell.ts"
import { at, isAcceptAbove, list, readerAndWriter, ScriptedSession, stat, write } from "./scripted-session.ts"

const read: Operation = { kind: "getContentsAndStat", node: at("file") }
/** As the master counts it: lengthened by the drift bound. */
const cacheLeaseMs = 5_050

let cell: ReplicaCell
let reader: ScriptedSession
let writer: ScriptedSession

beforeEach(() => {
  ;({ cell, reader, writer } = readerAndWriter())
})

describe("an answer", () => {
  test("may be kept by a session that asks for it", () => {
    for (const operation of [read, stat("file"), list("")]) expect(reader.mayCache(operation)).toBe(true)
  })

  test("may not be kept by who doesn't ask, has no session, or a session without a cache", () => {
    const idle = new ScriptedSession(cell, { caching: false })
    expect(idle.mayCache(read)).toBe(false)
    expect(cell.replies.get(cell.submit(1, read, { sessionId: reader.sessionId }))?.cachable).toBe(false)
    expect(cell.replies.get(cell.submit(1, read, { forCache: true }))?.cachable).toBe(false)
  })

  test("that there is no such node may be kept, but no other refusal", () => {
    expect(reader.mayCache(stat("missing"))).toBe(true)
    const contentsOfRoot: Operation = { kind: "getContentsAndStat", node: at("") }
    expect(reader.read(contentsOfRoot)).toMatchObject({ outcome: { code: "NOT_A_FILE" }, cachable: false })
  })

  test("of half a listing may not be kept", () => {
    writer.call(write("another", "x"))
    expect(reader.mayCache(list("", 1))).toBe(false)
  })

  test("about a lock is never kept", () => {
    expect(reader.mayCache({ kind: "getLock", node: at("file") })).toBe(false)
  })
})

describe("a write", () => {
  test("waits until whoever has it cached has been told and has acknowledged", () => {
    expect(reader.mayCache(read)).toBe(true)
    const ticket = writer.submitted(write("file", "new"))
    expect(cell.isHeld(ticket)).toBe(true)
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: ["/ls/local/file"] }])
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    reader.acknowledge()
    cell.settle()
    expect(cell.answer(ticket, "setContents").stat.contentGeneration).toBe(2)
    expect(cell.saw("invalidationSent")).toBe(true)
  })

  test("is told at once to a KeepAlive that is parked", () => {
    reader.mayCache(read)
    const parked = reader.keepAlive()
    expect(cell.outcome(parked)).toBeUndefined()
    writer.submitted(write("file", "new"))
    reader.take(parked)
    expect(reader.told).toHaveLength(1)
  })

  test("leaves the node readable meanwhile, and not cachable until it has been applied", () => {
    reader.mayCache(read)
    writer.submitted(write("file", "new"))
    expect(reader.read(read)).toMatchObject({ outcome: { contents: utf8("old") }, cachable: false })
    expect(new ScriptedSession(cell).mayCache(read)).toBe(false)
    reader.keepAlive()
    // Let go into the log, and not yet chosen.
    reader.acknowledge()
    expect(reader.read(read)).toMatchObject({ outcome: { contents: utf8("old") }, cachable: false })
    cell.settle()
    expect(reader.read(read)).toMatchObject({ outcome: { contents: utf8("new") }, cachable: true })
  })

  test("waits for a silent client until its cache lease is over, and not longer", () => {
    reader.mayCache(read)
    reader.keepAlive()
    const ticket = writer.submitted(write("file", "new"))
    cell.run(cacheLeaseMs - 20)
    expect(cell.isHeld(ticket)).toBe(true)
    cell.run(30)
    expect(cell.isHeld(ticket)).toBe(false)
    expect(cell.trace.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ kind: "writeWaitedFor", sessionId: reader.sessionId }),
    )
  })

  test("is not held up any longer by a client that keeps asking and acknowledges nothing", () => {
    reader.mayCache(read)
    const ticket = writer.submitted(write("file", "new"))
    for (let waited = 0; waited <= cacheLeaseMs; waited += 50) {
      reader.keepAlive()
      cell.run(50)
    }
    expect(cell.isHeld(ticket)).toBe(false)
    expect(reader.told).toHaveLength(1)
  })

  test("does not wait for a session that has ended", () => {
    reader.mayCache(read)
    const ticket = writer.submitted(write("file", "new"))
    reader.call({ kind: "closeSession" })
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("does not wait for its own session, which is told nothing", () => {
    writer.mayCache(read)
    expect(gist(writer.call(write("file", "new")))).toBe("setContents")
    writer.keepAlive()
    expect(writer.told).toEqual([])
    expect(writer.mayCache(read)).toBe(true)
  })

  test("waits for what the write before it waits for", () => {
    const third = new ScriptedSession(cell)
    reader.mayCache(read)
    const tickets = [writer.submitted(write("file", "1")), third.submitted(write("file", "2"))]
    expect(tickets.map((ticket) => cell.isHeld(ticket))).toEqual([true, true])
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect(tickets.map((ticket) => cell.answer(ticket, "setContents").stat.contentGeneration)).toEqual([2, 3])
  })

  test("keeps its place behind the earlier ones of its session", () => {
    reader.mayCache(read)
    const first = writer.submitted(write("file", "1"))
    const second = writer.submitted(write("other", "2"))
    expect([cell.isHeld(first), cell.isHeld(second)]).toEqual([true, true])
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect([cell.isHeld(first), cell.isHeld(second)]).toEqual([false, false])
    const order = [first, second].map((ticket) => cell.answer(ticket, "setContents").stat.commitIndex)
    expect(order).toEqual([...order].sort((left, right) => left - right))
  })

  test("that waits holds up nobody else: no other session, no read, no lock of a node that is there", () => {
    const third = new ScriptedSession(cell)
    third.call(write("lock", ""))
    reader.mayCache(read)
    reader.mayCache(stat("lock"))
    writer.submitted(write("file", "new"))
    expect(gist(third.call(write("other", "x")))).toBe("setContents")
    const acquire: Operation = { kind: "acquire", node: at("lock"), mode: "exclusive", lockDelayMs: 0, waitMs: 0 }
    expect(gist(third.call(acquire))).toBe("acquire")
  })

  test("whose caller has gone is done all the same, and the next one is not stuck behind it", () => {
    reader.mayCache(read)
    const ticket = writer.submitted(write("file", "1"))
    cell.step(1, { kind: "abandon", ticket })
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect(writer.call(write("file", "2"))).toMatchObject({ stat: { contentGeneration: 3 } })
  })

  test("that was retried while it waits is done once", () => {
    reader.mayCache(read)
    const numbers = { sessionId: writer.sessionId, requestNumber: 50, answeredThrough: 0 }
    const tickets = [1, 2].map(() => cell.submit(1, write("file", "new"), numbers))
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    for (const ticket of tickets) expect(cell.answer(ticket, "setContents").stat.contentGeneration).toBe(2)
    expect(reader.mayCache(read)).toBe(true)
    expect(gist(cell.call(1, write("file", "new"), numbers))).toBe("setContents")
  })

  test("that was held back is answered as not done when the reign ends", () => {
    reader.mayCache(read)
    const ticket = writer.submitted(write("file", "new"))
    cell.step(1, { kind: "handOver" })
    expect(cell.outcome(ticket)).toMatchObject({ code: "NOT_MASTER" })
    expect(cell.outcome(ticket)).not.toHaveProperty("unknownOutcome")
  })
})

describe("what is cached of a directory", () => {
  test("makes the creation of a node in it wait, and so does its absence", () => {
    const sessions = [list(""), stat("new"), stat("")].map((operation) => {
      const session = new ScriptedSession(cell)
      expect(session.mayCache(operation)).toBe(true)
      return session
    })
    const ticket = writer.submitted(write("new", "x"))
    for (const session of sessions) {
      expect(cell.isHeld(ticket)).toBe(true)
      session.keepAlive()
      expect(session.told).toHaveLength(1)
      session.acknowledge()
      cell.settle()
    }
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("is reckoned with when a command under way removes the node that a write is about, so that it makes a new one", () => {
    const third = new ScriptedSession(cell)
    const { chosenThrough } = cell.replica(1).status()
    const deleting = third.submit({ kind: "delete", node: at("file") })
    const writing = writer.submit(write("file", "made anew"))
    const later = cell.take((flight) => isAcceptAbove(chosenThrough + 1, flight))
    cell.settle()
    expect([cell.isHeld(deleting), cell.isHeld(writing)]).toEqual([false, true])
    expect(reader.mayCache(stat(""))).toBe(false)
    for (const flight of later) cell.arrive(flight)
    cell.settle()
    expect(cell.answer(writing, "setContents").stat.contentGeneration).toBe(1)
    expect(reader.mayCache(stat(""))).toBe(true)
  })

  test("is reckoned with when the node that a write is about was removed while the write was held back", () => {
    writer.call(write("other", "x"))
    const [third, watcher] = [new ScriptedSession(cell), new ScriptedSession(cell)]
    reader.mayCache(stat("other"))
    writer.submitted(write("other", "y"))
    const ticket = writer.submitted(write("file", "made anew"))
    expect(gist(third.call({ kind: "delete", node: at("file") }))).toBe("delete")
    expect(watcher.mayCache(stat(""))).toBe(true)
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    watcher.keepAlive()
    watcher.acknowledge()
    cell.settle()
    expect(cell.answer(ticket, "setContents").stat.contentGeneration).toBe(1)
  })
})
