/** Where leases, notices and the ends of sessions meet the cache protocol. */
import { beforeEach, describe, expect, test } from "vitest"
import type { Operation } from "../../../src/contract/requests.ts"
import type { Input } from "../../../src/replica/effects.ts"
import { gist, keepAlive, newSession, type PeerFlight, ReplicaCell, requestOf } from "../../support/replica-cell.ts"
import { aSlotForEach, at, isAcceptAbove, readerAndWriter, ScriptedSession, stat, write } from "./scripted-session.ts"

let cell: ReplicaCell
let reader: ScriptedSession
let writer: ScriptedSession

beforeEach(() => {
  ;({ cell, reader, writer } = readerAndWriter())
})

const openEphemeral: Operation = {
  ...{ kind: "open", path: "/ls/local/ephemeral", mode: "write", create: "mustCreate", nodeKind: "file" },
  ...{ ephemeral: true, sequential: false, contents: new Uint8Array(), acl: {} },
}

describe("a session whose cache lease is over", () => {
  beforeEach(() => {
    cell.run(5_200)
  })

  test("may cache again, and is not waited for, but told before it can use what it has", () => {
    expect(reader.mayCache(stat("file"))).toBe(true)
    expect(gist(writer.call(write("file", "new")))).toBe("setContents")
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: ["/ls/local/file"] }])
    expect(reader.cacheLeaseMs).toBe(5_000)
  })

  test("is waited for again once it has a new one", () => {
    reader.mayCache(stat("file"))
    reader.acknowledge()
    const ticket = writer.submitted(write("file", "new"))
    expect(cell.isHeld(ticket)).toBe(true)
  })
})

describe("KeepAlives", () => {
  test("of another epoch acknowledge nothing", () => {
    reader.mayCache(stat("file"))
    const ticket = writer.submitted(write("file", "new"))
    reader.keepAlive()
    for (const epoch of [0, 2, 99]) reader.keepAlive(epoch, 1)
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    reader.keepAlive(1, 1)
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("that come twice or out of order tell again what is not acknowledged, and take nothing back", () => {
    reader.mayCache(stat("file"))
    writer.submitted(write("file", "1"))
    reader.keepAlive()
    const again = reader.keepAlive()
    expect(cell.outcome(again)).toBeUndefined()
    cell.run(200)
    expect(cell.answer(again, "keepAlive")).toMatchObject({ firstNotice: 1, notices: [{ kind: "invalidate" }] })
    reader.keepAlive(1, 1)
    cell.settle()
    reader.mayCache(stat("file"))
    const second = writer.submitted(write("file", "2"))
    const late = reader.keepAlive(1, 0)
    cell.run(200)
    expect(cell.answer(late, "keepAlive")).toMatchObject({ firstNotice: 2 })
    expect(cell.isHeld(second)).toBe(true)
    reader.keepAlive(1, 2)
    cell.settle()
    expect(cell.isHeld(second)).toBe(false)
  })

  test("can't acknowledge what was never told", () => {
    reader.mayCache(stat("file"))
    const ticket = writer.submitted(write("file", "new"))
    // This one overtakes the answer that tells of it.
    reader.keepAlive(1, 5)
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
  })

  test("bring no cache lease as long as there is more to tell than they hold", () => {
    const subscription = { subscriptionId: 1, path: "/ls/local", scope: "subtree", kinds: [] } as const
    cell.submit(1, { kind: "subscribe", subscription, after: 0 }, { sessionId: reader.sessionId })
    for (let count = 0; count < 600; count += 1) writer.call(write("file", String(count)))
    reader.keepAlive()
    expect([reader.cacheLeaseMs, reader.notices.size]).toEqual([0, 512])
    const lastTold = reader.notices.get(512)
    expect(lastTold).toMatchObject({ kind: "event", index: reader.commitIndex })
    reader.acknowledge()
    expect([reader.cacheLeaseMs, reader.notices.size]).toEqual([5_000, 600])
    expect(reader.commitIndex).toBe(cell.replica(1).status().appliedThrough)
  })

  test("come often enough to keep what is cached usable", () => {
    reader.mayCache(stat("file"))
    const parked = reader.keepAlive()
    cell.run(2_400)
    expect(cell.outcome(parked)).toBeUndefined()
    cell.run(300)
    expect(cell.answer(parked, "keepAlive")).toMatchObject({ cacheLeaseMs: 5_000, notices: [] })
  })

  test("of a short session bring no cache lease that outlives it", () => {
    const short = new ScriptedSession(cell, { sessionLeaseMs: 1_000 })
    cell.run(600)
    short.keepAlive()
    expect(short.cacheLeaseMs).toBe(1_000)
  })
})

describe("the end of a session", () => {
  test("that takes a cached node away waits until it is cached no more, and for all the session did before", () => {
    writer.call(openEphemeral)
    reader.mayCache(stat("ephemeral"))
    const third = new ScriptedSession(cell)
    third.mayCache(stat("file"))
    const writing = writer.submit(write("file", "last"))
    const closing = writer.submitted({ kind: "closeSession" })
    third.keepAlive()
    third.acknowledge()
    cell.settle()
    expect([cell.isHeld(writing), cell.isHeld(closing)]).toEqual([false, true])
    reader.keepAlive()
    expect(reader.told).toHaveLength(1)
    reader.acknowledge()
    cell.settle()
    expect(gist(cell.outcome(closing))).toBe("closeSession")
    expect(reader.read(stat("ephemeral")).outcome).toMatchObject({ code: "NODE_NOT_FOUND" })
  })

  test("by expiry waits in the same way", () => {
    const dying = new ScriptedSession(cell, { sessionLeaseMs: 1_000 })
    dying.call(openEphemeral)
    cell.run(900)
    reader.mayCache(stat("ephemeral"))
    cell.run(500)
    expect(cell.saw("sessionExpiryProposed")).toBe(true)
    expect(gist(reader.read(stat("ephemeral")).outcome)).toBe("getStat")
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect(gist(reader.read(stat("ephemeral")).outcome)).toBe("NODE_NOT_FOUND")
  })

  test("that is held back when the reign ends is nobody's call to be answered", () => {
    const dying = new ScriptedSession(cell, { sessionLeaseMs: 1_000 })
    dying.call(openEphemeral)
    cell.run(900)
    reader.mayCache(stat("ephemeral"))
    cell.run(500)
    expect(cell.saw("sessionExpiryProposed")).toBe(true)
    const { replies } = cell.step(1, { kind: "handOver" })
    expect(replies).toEqual([])
  })

  test("reckons with a node that the session has asked for and that is not there yet", () => {
    reader.mayCache(stat("ephemeral"))
    const opening = writer.submit(openEphemeral)
    const closing = writer.submit({ kind: "closeSession" })
    const { chosenThrough } = cell.replica(1).status()
    reader.keepAlive()
    reader.acknowledge()
    cell.settle((flight) => !isAcceptAbove(chosenThrough + 1, flight))
    expect([cell.isHeld(opening), cell.isHeld(closing)]).toEqual([false, true])
    expect(reader.mayCache(stat("ephemeral"))).toBe(false)
    cell.settle()
    expect(cell.isHeld(closing)).toBe(false)
    expect(reader.read(stat("ephemeral"))).toMatchObject({ outcome: { code: "NODE_NOT_FOUND" }, cachable: true })
  })

  test("takes calls that come later with it", () => {
    writer.call(openEphemeral)
    reader.mayCache(stat("ephemeral"))
    writer.submitted({ kind: "closeSession" })
    const late = writer.submitted(write("file", "late"))
    expect(cell.isHeld(late)).toBe(true)
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect(gist(cell.outcome(late))).toBe("SESSION_EXPIRED")
  })
})

describe("what keeps an ephemeral node", () => {
  const acquire: Operation = { kind: "acquire", node: at("ephemeral"), mode: "exclusive", lockDelayMs: 0, waitMs: 0 }

  test("is also its lock, and to release it waits until the node is cached no more", () => {
    const maker = new ScriptedSession(cell)
    maker.call(openEphemeral)
    writer.call(acquire)
    maker.call({ kind: "closeSession" })
    expect(reader.mayCache(stat("ephemeral"))).toBe(true)
    const releasing = writer.submitted({ kind: "release", node: at("ephemeral") })
    expect(cell.isHeld(releasing)).toBe(true)
    reader.keepAlive()
    reader.acknowledge()
    cell.settle()
    expect(cell.outcome(releasing)).toMatchObject({ released: true })
    expect(gist(reader.read(stat("ephemeral")).outcome)).toBe("NODE_NOT_FOUND")
  })

  test("is also its lock-delay, and that ends only once the node is cached no more", () => {
    const dying = new ScriptedSession(cell, { sessionLeaseMs: 1_000 })
    dying.call(openEphemeral)
    dying.call({ ...acquire, lockDelayMs: 1_000 })
    cell.run(1_500)
    expect(gist(reader.read(stat("ephemeral")).outcome)).toBe("getStat")
    reader.acknowledge()
    expect(reader.mayCache(stat("ephemeral"))).toBe(true)
    cell.run(1_200)
    expect(cell.saw("lockDelayEndProposed")).toBe(true)
    expect(gist(reader.read(stat("ephemeral")).outcome)).toBe("getStat")
    reader.acknowledge()
    cell.settle()
    reader.acknowledge()
    cell.settle()
    expect(gist(reader.read(stat("ephemeral")).outcome)).toBe("NODE_NOT_FOUND")
  })

  test("may be made by a command under way, and then a release by path reckons with its going", () => {
    reader.mayCache(stat("ephemeral"))
    const maker = new ScriptedSession(cell)
    const opening = maker.submit(openEphemeral)
    reader.acknowledge()
    const { chosenThrough } = cell.replica(1).status()
    cell.settle((flight) => !isAcceptAbove(chosenThrough, flight))
    reader.acknowledge()
    const acquiring = writer.submit(acquire)
    const releasing = writer.submit({ kind: "release", node: at("ephemeral") })
    cell.settle((flight) => !isAcceptAbove(chosenThrough, flight))
    expect([cell.isHeld(opening), cell.isHeld(acquiring), cell.isHeld(releasing)]).toEqual([true, true, true])
    cell.settle((flight) => !isAcceptAbove(chosenThrough + 2, flight))
    expect([cell.isHeld(opening), cell.isHeld(acquiring), cell.isHeld(releasing)]).toEqual([false, false, true])
    expect(reader.mayCache(stat("ephemeral"))).toBe(false)
  })
})

describe("what is written while no session may cache", () => {
  let idle: ScriptedSession

  beforeEach(() => {
    cell = new ReplicaCell(3, aSlotForEach).found()
    idle = new ScriptedSession(cell, { caching: false })
    idle.call(write("file", "old"))
  })

  /** The first session that may cache is there; what was submitted behind it stands in the log and is not applied. */
  function withoutLater(creating: number, slots: number): { readonly sessionId: number; readonly later: PeerFlight[] } {
    const chosenThrough = cell.replica(1).status().chosenThrough
    const isLater = (flight: PeerFlight): boolean => isAcceptAbove(chosenThrough + slots, flight)
    const later = cell.take(isLater)
    cell.settle((flight) => !isLater(flight))
    return { sessionId: cell.answer(creating, "createSession").sessionId, later }
  }

  function mayCache(sessionId: number, operation: Operation): boolean {
    return cell.replies.get(cell.submit(1, operation, { sessionId, forCache: true }))?.cachable === true
  }

  test("makes nothing cachable until it has been applied", () => {
    const creating = cell.submit(1, newSession({ nonce: "caching", caching: true }))
    const writing = idle.submit(write("file", "new"))
    const { sessionId, later } = withoutLater(creating, 1)
    expect([cell.isHeld(writing), mayCache(sessionId, stat("file"))]).toEqual([true, false])
    for (const flight of later) cell.arrive(flight)
    cell.settle()
    expect([cell.isHeld(writing), mayCache(sessionId, stat("file"))]).toEqual([false, true])
  })

  test("may be what makes a later write create its file, which the facts of the directory tell", () => {
    const creating = cell.submit(1, newSession({ nonce: "caching", caching: true }))
    const deleting = idle.submit({ kind: "delete", node: at("file") })
    const { sessionId, later } = withoutLater(creating, 1)
    const writing = idle.submit(write("file", "new"))
    const { chosenThrough } = cell.replica(1).status()
    for (const flight of later) cell.arrive(flight)
    cell.settle((flight) => !isAcceptAbove(chosenThrough + 1, flight))
    expect([cell.isHeld(deleting), cell.isHeld(writing)]).toEqual([false, true])
    expect(mayCache(sessionId, stat(""))).toBe(false)
    cell.settle()
    expect([cell.isHeld(writing), mayCache(sessionId, stat(""))]).toEqual([false, true])
  })
})

test("a KeepAlive that was parked before the first write of a session still brings what comes of it", () => {
  const parked = cell.submit(1, keepAlive(), { sessionId: reader.sessionId })
  reader.mayCache({ kind: "getStat", node: at("file") })
  writer.submitted(write("file", "new"))
  expect(cell.answer(parked, "keepAlive").notices).toHaveLength(1)
})

describe("under load", () => {
  test("sessions are granted longer leases than they asked for, and a new master reckons with them", () => {
    const count = 11_000
    const request = (nonce: string): Input => {
      const operation = newSession({ nonce, sessionLeaseMs: 60_000 })
      return { kind: "request", ticket: 1_000_000 + Number(nonce), request: requestOf(operation) }
    }
    const roomy = { batchCommands: 1_000, batchBytes: 1_000_000, windowBytes: 1_000_000, retainedBytes: 100_000_000 }
    cell = new ReplicaCell(3, roomy).found()
    for (let from = 0; from < count; from += 1_000) {
      cell.step(1, ...Array.from({ length: 1_000 }, (_, offset) => request(String(from + offset))))
      cell.settle()
    }
    const brief = new ScriptedSession(cell, { sessionLeaseMs: 1_000 })
    expect(cell.replica(1).status().sessionCount).toBe(count + 1)
    const parked = brief.keepAlive()
    cell.run(600)
    expect(cell.saw("leaseFloorProposed")).toBe(true)
    expect(cell.answer(parked, "keepAlive").sessionLeaseMs).toBe(13_000)
    cell.crash(1)
    cell.run(5_000)
    expect(cell.replica(cell.master).status().sessionCount).toBe(count + 1)
  })
})
