/** What a new master does about caches and events that it knows nothing of. */
import { beforeEach, describe, expect, test } from "vitest"
import type { Subscription } from "../../../src/contract/changes.ts"
import type { Operation } from "../../../src/contract/requests.ts"
import { gist, newSession, type PeerFlight, ReplicaCell } from "../../support/replica-cell.ts"
import { at, list, ScriptedSession, stat, write } from "./scripted-session.ts"

const cacheLeaseMs = 5_050
const fileKey = "/ls/local/file"

let cell: ReplicaCell
let reader: ScriptedSession
let writer: ScriptedSession

beforeEach(() => {
  cell = new ReplicaCell(3).found()
  // A session lease that outlives everything here.
  reader = new ScriptedSession(cell, { sessionLeaseMs: 60_000 })
  writer = new ScriptedSession(cell, { sessionLeaseMs: 60_000, caching: false })
  writer.call(write("file", "old"))
  writer.call(write("lock", ""))
})

function failOver(): void {
  cell.crash(cell.master)
  for (let waited = 0; cell.replicas.every((id) => !cell.isUp(id) || cell.replica(id).status().role !== "master");) {
    cell.run(10)
    waited += 10
    if (waited > 5_000) throw new Error("nobody took over")
  }
}

function appliedThrough(): number {
  return cell.replica(cell.master).status().appliedThrough
}

describe("a new master", () => {
  test("has writes wait for each caching session until that has said what it caches", () => {
    const other = new ScriptedSession(cell, { sessionLeaseMs: 60_000 })
    const seenThrough = appliedThrough()
    failOver()
    const ticket = writer.submitted(write("file", "new"))
    expect(reader.resume({ seenThrough })).toEqual({ kind: "resume", lastNotice: 0 })
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    other.resume({ seenThrough })
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("waits no longer than their cache leases can last", () => {
    failOver()
    const ticket = writer.submitted(write("file", "new"))
    cell.run(cacheLeaseMs - 30)
    expect(cell.isHeld(ticket)).toBe(true)
    cell.run(40)
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("waits for no session that does not cache, has ended, or was created since", () => {
    failOver()
    const ticket = writer.submitted(write("file", "new"))
    new ScriptedSession(cell, { nonce: "since" })
    reader.call({ kind: "closeSession" })
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("goes on at once with reads, KeepAlives, and locks of nodes that are there", () => {
    failOver()
    expect(gist(reader.read(stat("file")).outcome)).toBe("getStat")
    reader.keepAlive()
    expect(reader.cacheLeaseMs).toBe(0)
    const acquire: Operation = { kind: "acquire", node: at("lock"), mode: "exclusive", lockDelayMs: 0, waitMs: 0 }
    expect(gist(writer.call(acquire))).toBe("acquire")
  })

  test("lets nobody cache whose cache it doesn't know", () => {
    const seenThrough = appliedThrough()
    failOver()
    expect(reader.mayCache(stat("file"))).toBe(false)
    reader.resume({ seenThrough })
    expect(reader.mayCache(stat("file"))).toBe(true)
    reader.keepAlive()
    expect(reader.cacheLeaseMs).toBe(5_000)
  })

  test("does not know a cache because its session's CreateSession comes again", () => {
    const session = new ScriptedSession(cell, { sessionLeaseMs: 60_000, nonce: "again" })
    reader.call({ kind: "closeSession" })
    failOver()
    const ticket = writer.submitted(write("file", "new"))
    const retried = cell.submit(cell.master, newSession({ sessionLeaseMs: 60_000, nonce: "again", caching: true }))
    cell.settle()
    expect(cell.answer(retried, "createSession").sessionId).toBe(session.sessionId)
    expect([cell.isHeld(ticket), session.mayCache(stat("lock"))]).toEqual([true, false])
  })

  test("takes over what its predecessor had proposed, and tells who cached it", () => {
    reader.mayCache(stat("file"))
    cell.run(5_200)
    const seenThrough = appliedThrough()
    // The cache lease is over, so the write goes into the log at once; its proposer is not seen to complete it.
    const isAccepted = ({ message }: PeerFlight): boolean =>
      message.kind === "paxos" && message.message.kind === "accepted"
    writer.submit(write("file", "new"))
    cell.settle((flight) => !isAccepted(flight))
    cell.take()
    failOver()
    expect(reader.resume({ seenThrough, cached: [fileKey] })).toEqual({ kind: "resume", lastNotice: 1 })
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: [fileKey] }])
  })
})

describe("a session that resumes", () => {
  test("keeps what has not changed, and is told to forget what has", () => {
    const seenThrough = appliedThrough()
    writer.call(write("file", "newer"))
    failOver()
    const cached = [fileKey, "/ls/local/lock", "/ls/local/", "/ls/local"]
    reader.resume({ seenThrough, cached })
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: [fileKey, "/ls/local/"] }])
    const ticket = writer.submitted(write("lock", "new"))
    expect(cell.isHeld(ticket)).toBe(true)
    reader.acknowledge()
    reader.acknowledge()
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("is told to forget what a write is under way for, which waits until it has", () => {
    const seenThrough = appliedThrough()
    failOver()
    const ticket = writer.submitted(write("file", "new"))
    expect(reader.resume({ seenThrough, cached: [fileKey] })).toEqual({ kind: "resume", lastNotice: 1 })
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: [fileKey] }])
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    reader.acknowledge()
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(false)
  })

  test("twice is answered twice and told once", () => {
    const seenThrough = appliedThrough()
    writer.call(write("file", "newer"))
    failOver()
    const subscription: Subscription = { subscriptionId: 1, path: fileKey, scope: "node", kinds: [] }
    const resume = { seenThrough, cached: [fileKey], subscriptions: [subscription] }
    const first = reader.resume(resume)
    expect(first).toEqual({ kind: "resume", lastNotice: 2 })
    expect(reader.resume(resume)).toEqual(first)
    reader.keepAlive()
    expect(reader.told.map(({ kind }) => kind)).toEqual(["invalidate", "event"])
    reader.acknowledge()
    expect(reader.resume(resume)).toEqual(first)
    reader.keepAlive()
    expect(reader.told).toEqual([])
  })

  test("twice is told anew which notice it must have taken in to know everything that the answer goes up to", () => {
    const acquire: Operation = { kind: "acquire", node: at("lock"), mode: "exclusive", lockDelayMs: 0, waitMs: 0 }
    reader.call(acquire)
    const subscription: Subscription = { subscriptionId: 1, path: fileKey, scope: "node", kinds: [] }
    const resume = { seenThrough: appliedThrough(), subscriptions: [subscription] }
    failOver()
    writer.submit(acquire)
    cell.settle()
    expect(reader.resume(resume)).toEqual({ kind: "resume", lastNotice: 1 })
    // The answer was lost with its stream; what has happened since is still to be told on another one.
    writer.call(write("file", "newer"))
    expect(reader.resume(resume)).toEqual({ kind: "resume", lastNotice: 2 })
    reader.keepAlive()
    expect(reader.told.map(({ kind }) => kind)).toEqual(["lockWanted", "event"])
  })

  test("is told to start over if nobody knows any more what it has missed", () => {
    // A process that has just started knows of no earlier changes.
    for (const id of [2, 3]) {
      cell.crash(id)
      cell.start(id)
    }
    cell.run(3_000)
    writer.call(write("file", "newer"))
    failOver()
    const ticket = writer.submitted(write("lock", "new"))
    expect(reader.resume({ seenThrough: 1, cached: [fileKey] })).toEqual({ kind: "resume", lastNotice: 1 })
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(true)
    reader.keepAlive()
    expect(reader.told).toMatchObject([{ kind: "resync" }])
    reader.acknowledge()
    cell.settle()
    expect(cell.isHeld(ticket)).toBe(false)
    // Nothing was registered: the next write of the key waits for nobody.
    expect(gist(writer.call(write("file", "newest")))).toBe("setContents")
  })

  test("is told to start over by a master that has learned of the changes from a snapshot", () => {
    cell = new ReplicaCell(3, { retainedSlots: 8 }).found()
    reader = new ScriptedSession(cell, { sessionLeaseMs: 60_000 })
    writer = new ScriptedSession(cell, { sessionLeaseMs: 60_000, caching: false })
    const seenThrough = appliedThrough()
    cell.isCut = (from, to) => from !== to && (from === 3 || to === 3)
    for (let count = 0; count < 40; count += 1) writer.call(write("file", String(count)))
    cell.isCut = () => false
    cell.run(1_000)
    expect(cell.saw("snapshotInstalled", 3)).toBe(true)
    cell.crash(1)
    for (let round = 0; round < 5 && cell.master === 0; round += 1) {
      cell.wake(3)
      cell.settle()
    }
    expect(cell.master).toBe(3)
    reader.resume({ seenThrough, cached: [fileKey] })
    reader.keepAlive()
    expect(reader.told).toMatchObject([{ kind: "resync" }])
  })

  test("hears the events that it has missed, in order, and those that follow", () => {
    const subscription: Subscription = { subscriptionId: 4, path: "/ls/local", scope: "subtree", kinds: [] }
    const seenThrough = appliedThrough()
    writer.call(write("file", "2"))
    writer.call(write("lock", "2"))
    failOver()
    reader.resume({ seenThrough, subscriptions: [subscription] })
    reader.keepAlive()
    const parked = reader.acknowledge()
    writer.call(write("file", "3"))
    reader.take(parked)
    const events = reader.told.flatMap((notice) => (notice.kind === "event" ? [notice.change] : []))
    expect(events).toMatchObject([
      { kind: "contentsChanged", path: fileKey, contentGeneration: 2 },
      { kind: "contentsChanged", path: "/ls/local/lock", contentGeneration: 2 },
      { kind: "contentsChanged", path: fileKey, contentGeneration: 3 },
    ])
  })

  test("hears who has asked for a lock of its own in the meantime", () => {
    const acquire: Operation = { kind: "acquire", node: at("lock"), mode: "exclusive", lockDelayMs: 0, waitMs: 0 }
    reader.call(acquire)
    const seenThrough = appliedThrough()
    writer.submit(acquire)
    cell.settle()
    failOver()
    reader.resume({ seenThrough })
    reader.keepAlive()
    expect(reader.told).toMatchObject([{ kind: "lockWanted", change: { sessionId: writer.sessionId } }])
  })

  test("has to forget what it may not read, and is not told of its changes", () => {
    const hide: Operation = { kind: "setAcl", node: at("file"), acl: { read: "nobody" } }
    expect(gist(cell.call(cell.master, hide, { principal: "root" }))).toBe("setAcl")
    failOver()
    reader.resume({ seenThrough: appliedThrough(), cached: [fileKey, "/ls/local"] })
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: [fileKey] }])
  })

  test("has to forget what it names in a way that no change ever will", () => {
    cell = new ReplicaCell(3, { cellName: "cell" }).found()
    reader = new ScriptedSession(cell, { sessionLeaseMs: 60_000 })
    failOver()
    const cached = ["/ls/local/file", "/ls/cell/file", "/ls/cell", "/ls/cell/"]
    reader.resume({ seenThrough: appliedThrough(), cached })
    reader.keepAlive()
    expect(reader.told).toEqual([{ kind: "invalidate", keys: ["/ls/local/file"] }])
  })

  test("is refused nothing that it may cache besides", () => {
    failOver()
    reader.resume({ seenThrough: appliedThrough() })
    expect(reader.mayCache(list(""))).toBe(true)
  })
})
