/** Mastership as callers meet it, through `Replica.step`. */
import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { NodeRef, Operation } from "../../../src/contract/requests.ts"
import { gist, keepAlive, type PeerFlight, ReplicaCell, requestOf } from "../../support/replica-cell.ts"

const file: NodeRef = { kind: "path", path: "/ls/local/file" }
const lockFile: NodeRef = { kind: "path", path: "/ls/local/lock" }
const read: Operation = { kind: "getContentsAndStat", node: file }
const acquire: Operation = { kind: "acquire", node: lockFile, mode: "exclusive", lockDelayMs: 0, waitMs: 0 }

function write(contents: string): Operation {
  return { kind: "setContents", node: file, contents: utf8(contents) }
}

function isAccepted({ message }: PeerFlight): boolean {
  return message.kind === "paxos" && message.message.kind === "accepted"
}

/** Replica 1 is master but hears from nobody; its followers may. */
function deafen(cell: ReplicaCell): void {
  cell.isCut = (from, to) => to === 1 && from !== 1
  cell.take()
}

describe("a new leader", () => {
  test("refuses reads and writes until its reign has begun in the log", () => {
    const cell = new ReplicaCell(3)
    cell.wake(1)
    cell.settle((flight) => !isAccepted(flight))
    expect(cell.saw("ledFrom", 1)).toBe(true)
    for (const operation of [read, write("x")]) {
      expect(gist(cell.outcome(cell.submit(1, operation)))).toBe("FAIL_OVER_IN_PROGRESS")
    }
    cell.settle()
    cell.wake(1)
    cell.settle()
    expect(gist(cell.call(1, write("x")))).toBe("setContents")
  })

  test("of a cell of one becomes master alone", () => {
    const cell = new ReplicaCell(1).found()
    expect(gist(cell.call(1, write("x")))).toBe("setContents")
    expect(cell.replica(1).status()).toMatchObject({ role: "master", epoch: 1, canLose: 0 })
  })

  test("begins the next epoch, and knows everything that was acknowledged before", () => {
    const cell = new ReplicaCell(3).found()
    cell.call(1, write("kept"))
    cell.crash(1)
    cell.run(2_500)
    expect(cell.master).not.toBe(0)
    expect(cell.call(cell.master, read)).toMatchObject({ contents: utf8("kept") })
    expect(cell.replica(cell.master).status().epoch).toBe(2)
  })
})

describe("a master", () => {
  test("answers a read at once, under its lease, and a write when it is applied", () => {
    const cell = new ReplicaCell(3).found()
    const ticket = cell.submit(1, write("x"))
    expect(cell.outcome(ticket)).toBeUndefined()
    cell.settle()
    expect(gist(cell.outcome(ticket))).toBe("setContents")
    const reading = cell.submit(1, read)
    expect(cell.outcome(reading)).toMatchObject({ kind: "getContentsAndStat", contents: utf8("x") })
  })

  test("marks what holds under its lease only, and says until when it does", () => {
    const cell = new ReplicaCell(3).found()
    cell.call(1, write("x"))
    const effects = cell.step(1, { kind: "request", ticket: 900, request: requestOf(read) })
    expect(effects.replies.map(({ underLease }) => underLease)).toEqual([true])
    expect(effects.leaseUntil).toBeGreaterThan(cell.now)
  })

  test("whose lease has lapsed answers nothing", () => {
    const cell = new ReplicaCell(3).found()
    deafen(cell)
    cell.now += 1_000
    for (const operation of [read, write("x")]) {
      expect(gist(cell.outcome(cell.submit(1, operation)))).toBe("NO_QUORUM")
    }
  })

  test("puts many calls into one slot, and not more than fit", () => {
    const cell = new ReplicaCell(3, { batchCommands: 4 }).found()
    const before = cell.replica(1).status().appliedThrough
    const request = requestOf(write("x"))
    const inputs = Array.from({ length: 10 }, (_, at) => ({ kind: "request" as const, ticket: 900 + at, request }))
    cell.step(1, ...inputs)
    cell.settle()
    expect(cell.replica(1).status().appliedThrough - before).toBe(3)
    for (const { ticket } of inputs) expect(gist(cell.outcome(ticket))).toBe("setContents")
  })

  test("gathers calls for the next slot while one is on its way, unless they fill it", () => {
    const cell = new ReplicaCell(3, { batchCommands: 3 }).found()
    const { chosenThrough } = cell.replica(1).status()
    const slotsUnderWay = (): ReadonlySet<number> => {
      const inner = cell.inFlight.map(({ message }) => (message.kind === "paxos" ? message.message : undefined))
      return new Set(inner.flatMap((message) => (message?.kind === "accept" ? [message.slot - chosenThrough] : [])))
    }
    const tickets = ["a", "b", "c"].map((contents) => cell.submit(1, write(contents)))
    expect(slotsUnderWay()).toEqual(new Set([1]))
    tickets.push(cell.submit(1, write("d")))
    expect(slotsUnderWay()).toEqual(new Set([1, 2]))
    tickets.push(cell.submit(1, write("e")))
    cell.settle()
    expect(cell.replica(1).status().chosenThrough - chosenThrough).toBe(3)
    for (const ticket of tickets) expect(gist(cell.outcome(ticket))).toBe("setContents")
    expect(cell.call(1, read)).toMatchObject({ contents: utf8("e") })
  })

  test("gathers calls for no longer than some milliseconds: slots on their way for long are pipelined", () => {
    const cell = new ReplicaCell(3).found()
    const { chosenThrough } = cell.replica(1).status()
    const acceptsFor = (slot: number): number =>
      cell.inFlight.filter(({ message }) => {
        const inner = message.kind === "paxos" ? message.message : undefined
        return inner?.kind === "accept" && inner.slot === chosenThrough + slot
      }).length
    cell.submit(1, write("a"))
    cell.submit(1, write("b"))
    expect([acceptsFor(1), acceptsFor(2)]).toEqual([1, 0])
    const { wakeAt } = cell.step(1)
    expect(wakeAt).toBe(cell.now + 5)
    cell.now = wakeAt
    cell.step(1, { kind: "tick" })
    expect([acceptsFor(1), acceptsFor(2)]).toEqual([1, 1])
  })

  test("holds calls back while its window is full, and answers them all in the end", () => {
    const cell = new ReplicaCell(3, { windowSlots: 2, batchCommands: 1 }).found()
    const tickets = ["a", "b", "c", "d", "e"].map((contents) => cell.submit(1, write(contents)))
    const proposed = cell.inFlight.filter(({ to, message }) => {
      return to === 2 && message.kind === "paxos" && message.message.kind === "accept"
    })
    expect(proposed).toHaveLength(2)
    cell.settle()
    for (const ticket of tickets) expect(gist(cell.outcome(ticket))).toBe("setContents")
    expect(cell.call(1, read)).toMatchObject({ contents: utf8("e") })
  })

  test("that can take in no more calls still keeps sessions alive and sets locks free", () => {
    const cell = new ReplicaCell(3).found()
    const [busy, sessionId] = [cell.session(), cell.session()]
    cell.isCut = () => true
    const calls = Array.from({ length: limits.pendingCommandsMax }, (_, at) => ({
      kind: "request" as const,
      ticket: 1_000_000 + at,
      request: requestOf(write("x"), { sessionId: busy, requestNumber: 1 + at, answeredThrough: at }),
    }))
    // The first turn fills the window of slots, the second one the queue.
    for (let turn = 0; turn < 2; turn += 1) cell.step(1, ...calls)
    expect(gist(cell.outcome(cell.submit(1, write("one more"))))).toBe("OVERLOADED")
    expect(cell.outcome(cell.submit(1, read))).toMatchObject({ code: "OVERLOADED", retryAfterMs: 500 })
    for (const operation of [keepAlive(), { kind: "release", node: lockFile }] as const) {
      expect(cell.outcome(cell.submit(1, operation, { sessionId, requestNumber: 99_999 }))).toBeUndefined()
    }
  })

  test("refuses what is malformed before anything else", () => {
    const cell = new ReplicaCell(3)
    expect(gist(cell.outcome(cell.submit(2, write("x"), { epoch: -1 })))).toBe("INVALID_ARGUMENT")
  })
})

describe("epochs", () => {
  test("of a caller must be the master's own, or none", () => {
    const cell = new ReplicaCell(3).found()
    cell.call(1, write("x"))
    expect(gist(cell.call(1, read, { epoch: 0 }))).toBe("getContentsAndStat")
    expect(gist(cell.call(1, read, { epoch: 1 }))).toBe("getContentsAndStat")
    expect(gist(cell.call(1, read, { epoch: 2 }))).toBe("EPOCH_STALE")
  })

  test("of an earlier reign are refused, and the reply names the present one", () => {
    const cell = new ReplicaCell(3).found()
    cell.crash(1)
    cell.run(2_500)
    const ticket = cell.submit(cell.master, read, { epoch: 1 })
    expect(cell.replies.get(ticket)).toMatchObject({ outcome: { code: "EPOCH_STALE" }, epoch: 2 })
  })
})

describe("a replica that isn't master", () => {
  test("names the master's door", () => {
    const cell = new ReplicaCell(3).found()
    expect(cell.call(2, read)).toMatchObject({ code: "NOT_MASTER", masterHint: "door-1" })
  })

  test("says that a fail-over is under way, and after a while that there is no quorum", () => {
    const cell = new ReplicaCell(3).found()
    cell.crash(1)
    cell.crash(2)
    cell.run(1_100)
    expect(gist(cell.call(3, read))).toBe("FAIL_OVER_IN_PROGRESS")
    cell.run(3_000)
    expect(gist(cell.call(3, read))).toBe("FAIL_OVER_IN_PROGRESS")
    cell.run(1_000)
    expect(gist(cell.call(3, read))).toBe("NO_QUORUM")
    cell.start(2)
    cell.run(3_000)
    expect(cell.master).not.toBe(0)
    expect(gist(cell.call(cell.master, write("x")))).toBe("setContents")
  })

  test("does not send callers to itself after it has handed over", () => {
    const cell = new ReplicaCell(3).found()
    cell.isCut = (from) => from === 1
    cell.step(1, { kind: "handOver" })
    expect(gist(cell.outcome(cell.submit(1, read)))).toBe("FAIL_OVER_IN_PROGRESS")
  })
})

describe("the end of a reign", () => {
  test("tells callers of proposed calls that nobody knows, and others that nothing was done", () => {
    const cell = new ReplicaCell(3, { windowSlots: 1, batchCommands: 1 }).found()
    deafen(cell)
    const proposed = cell.submit(1, write("a"))
    const queued = cell.submit(1, write("b"))
    cell.step(1, { kind: "handOver" })
    expect(cell.outcome(proposed)).toMatchObject({ code: "NOT_MASTER", unknownOutcome: true })
    expect(cell.outcome(queued)).toMatchObject({ code: "NOT_MASTER" })
    expect(cell.outcome(queued)).not.toHaveProperty("unknownOutcome")
  })

  test("answers parked KeepAlives and waiting Acquires, each once", () => {
    const cell = new ReplicaCell(3).found()
    const holder = cell.session()
    const waiter = cell.session()
    cell.call(1, acquire, { sessionId: holder, requestNumber: 1 })
    const waiting = cell.submit(1, acquire, { sessionId: waiter, requestNumber: 1 })
    const parked = cell.submit(1, keepAlive(), { sessionId: waiter })
    cell.settle()
    expect([cell.outcome(waiting), cell.outcome(parked)]).toEqual([undefined, undefined])
    cell.step(1, { kind: "handOver" })
    expect(cell.outcome(waiting)).toMatchObject({ code: "NOT_MASTER", unknownOutcome: true })
    expect(gist(cell.outcome(parked))).toBe("NOT_MASTER")
    cell.settle()
    cell.run(500)
    expect(cell.master).not.toBe(1)
  })

  test("comes in the same turn as the loss of the lead: a read of that turn does not leave", () => {
    const cell = new ReplicaCell(3).found()
    cell.call(1, write("x"))
    const request = requestOf(read)
    const effects = cell.step(1, { kind: "request", ticket: 900, request }, { kind: "handOver" })
    expect(effects.leaseUntil).toBe(0)
    expect(cell.outcome(900)).toBeUndefined()
  })
})

describe("a waiting Acquire", () => {
  test("is answered when the lock is passed on, even under the next master", () => {
    const cell = new ReplicaCell(3).found()
    const [holder, waiter] = [cell.session(), cell.session()]
    expect(gist(cell.call(1, acquire, { sessionId: holder, requestNumber: 1 }))).toBe("acquire")
    cell.call(1, acquire, { sessionId: waiter, requestNumber: 1 })
    cell.crash(1)
    cell.run(2_500)
    const { master } = cell
    const retry = cell.submit(master, acquire, { sessionId: waiter, requestNumber: 1 })
    cell.settle()
    expect(cell.outcome(retry)).toBeUndefined()
    const release: Operation = { kind: "release", node: lockFile }
    expect(gist(cell.call(master, release, { sessionId: holder, requestNumber: 2 }))).toBe("release")
    expect(cell.outcome(retry)).toMatchObject({ kind: "acquire", lockGeneration: 2 })
  })

  test("whose caller has gone keeps its place, and a retry comes for the answer", () => {
    const cell = new ReplicaCell(3).found()
    const [holder, waiter] = [cell.session(), cell.session()]
    cell.call(1, acquire, { sessionId: holder, requestNumber: 1 })
    const first = cell.submit(1, acquire, { sessionId: waiter, requestNumber: 1 })
    cell.settle()
    cell.step(1, { kind: "abandon", ticket: first })
    cell.call(1, { kind: "release", node: lockFile }, { sessionId: holder, requestNumber: 2 })
    expect(cell.outcome(first)).toBeUndefined()
    expect(gist(cell.call(1, acquire, { sessionId: waiter, requestNumber: 1 }))).toBe("acquire")
  })
})

describe("sessions under a master", () => {
  test("end when nobody keeps them alive, through the log", () => {
    const cell = new ReplicaCell(3).found()
    const sessionId = cell.session({ sessionLeaseMs: 2_000 })
    cell.run(1_900)
    expect(cell.saw("sessionExpiryProposed")).toBe(false)
    cell.run(200)
    expect(cell.saw("sessionExpiryProposed")).toBe(true)
    expect(cell.replica(2).status().sessionCount).toBe(0)
    expect(gist(cell.call(1, keepAlive(), { sessionId }))).toBe("SESSION_EXPIRED")
  })

  test("live on with KeepAlives, each parked for half a lease", () => {
    const cell = new ReplicaCell(3).found()
    const sessionId = cell.session({ sessionLeaseMs: 2_000 })
    for (let count = 0; count < 5; count += 1) {
      const ticket = cell.submit(1, keepAlive(), { sessionId })
      cell.run(950)
      expect(cell.outcome(ticket)).toBeUndefined()
      while (cell.outcome(ticket) === undefined) cell.run(10)
      expect(cell.outcome(ticket)).toMatchObject({ kind: "keepAlive", sessionLeaseMs: 2_000 })
    }
    expect(cell.replica(1).status().sessionCount).toBe(1)
  })

  test("have a parked KeepAlive told when they are closed", () => {
    const cell = new ReplicaCell(3).found()
    const sessionId = cell.session()
    const parked = cell.submit(1, keepAlive(), { sessionId })
    cell.call(1, { kind: "closeSession" }, { sessionId, requestNumber: 1 })
    expect(gist(cell.outcome(parked))).toBe("SESSION_EXPIRED")
  })

  test("have a full lease from every new master, which answers their first KeepAlive at once", () => {
    const cell = new ReplicaCell(3).found()
    const sessionId = cell.session({ sessionLeaseMs: 2_000 })
    cell.run(1_500)
    cell.crash(1)
    cell.run(1_900)
    expect(cell.master).not.toBe(0)
    expect(cell.replica(cell.master).status().sessionCount).toBe(1)
    const ticket = cell.submit(cell.master, keepAlive(), { sessionId })
    expect(gist(cell.outcome(ticket))).toBe("keepAlive")
  })

  test("are not ended by a master whose lease has lapsed, and start again when it is back", () => {
    const cell = new ReplicaCell(3).found()
    const sessionId = cell.session({ sessionLeaseMs: 1_500 })
    deafen(cell)
    cell.run(2_000)
    expect(cell.replica(1).status().role).toBe("replica")
    expect(cell.saw("sessionExpiryProposed")).toBe(false)
    cell.isCut = () => false
    cell.run(300)
    expect(cell.master).toBe(1)
    cell.run(1_000)
    expect(cell.saw("sessionExpiryProposed")).toBe(false)
    expect(gist(cell.call(1, write("x"), { sessionId, requestNumber: 1 }))).toBe("setContents")
    cell.run(600)
    expect(cell.saw("sessionExpiryProposed")).toBe(true)
  })

  test("whose CreateSession is retried are told of the same session, with a whole lease", () => {
    const cell = new ReplicaCell(3).found()
    const sessionId = cell.session({ sessionLeaseMs: 2_000, nonce: "same" })
    cell.run(1_500)
    expect(cell.session({ sessionLeaseMs: 2_000, nonce: "same" })).toBe(sessionId)
    cell.run(1_500)
    expect(cell.replica(1).status().sessionCount).toBe(1)
  })
})
