import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { Applied } from "../../../src/state-machine/state-machine.ts"
import { CellUnderTest, SessionUnderTest, answered, by, codeOf } from "./cell-under-test.ts"
import { acquireOf, openOf, tryAcquireOf } from "./cell-under-test.ts"
import { job, lockCast, release } from "./lock-cast.ts"

describe("an Acquire that waits no longer than it asked", () => {
  const patient = acquireOf(job, "exclusive", { waitMs: 500 })

  test("is announced to the master, and refused when the master says that the time is over", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    expect(cell.apply(bob.next(patient)).begunWaits).toEqual([{ sessionId: 2, requestNumber: 1, waitMs: 500 }])
    const { settled } = cell.apply({ kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 0 })
    expect(settled).toMatchObject([{ sessionId: 2, requestNumber: 1, outcome: { code: "DEADLINE_EXCEEDED" } }])
    alice.call(release)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [] })
    expect(codeOf(cell.apply(bob.again(patient, 1)).outcomes[0])).toBe("DEADLINE_EXCEEDED")
    cell.checkStore()
  })

  test("makes room for those behind it", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job, "shared"))
    bob.call(patient)
    alice.call(acquireOf(job, "shared"))
    cell.apply({ kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 0 })
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1, 1], waiters: [] })
  })

  test("keeps what it was granted in time", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    bob.call(patient)
    alice.call(release)
    expect(cell.apply({ kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 0 }).settled).toEqual([])
    expect(cell.lockOf("job").holders).toEqual([2])
    expect([...cell.machine.timedWaits()]).toEqual([])
  })

  test("is found by a new master, and not ended by the one before", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    bob.call(patient)
    bob.call(acquireOf(job))
    cell.apply({ kind: "beginReign", replicaId: 2, round: 9 })
    cell.restart()
    expect([...cell.machine.timedWaits()]).toEqual([{ sessionId: 2, requestNumber: 1, waitMs: 500 }])
    cell.apply({ kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 0 })
    expect(cell.lockOf("job").waiters).toEqual([2, 2])
    cell.apply({ kind: "endWait", sessionId: 2, requestNumber: 1, epoch: 1 })
    expect(cell.lockOf("job").waiters).toEqual([2])
  })

  test("is not announced if it need not wait, or waits for ever, or no more at the end of the slot", () => {
    const { cell, alice, bob } = lockCast()
    expect(cell.apply(alice.next(patient)).begunWaits).toEqual([])
    expect(cell.apply(bob.next(acquireOf(job))).begunWaits).toEqual([])
    expect(cell.apply(bob.next(patient), bob.next({ kind: "closeSession" })).begunWaits).toEqual([])
  })
})

describe("introspection", () => {
  test("names holders and waiters with all that is known of them, and since when", () => {
    const cell = new CellUnderTest()
    const facts = { host: "h-1", processId: 4711, caching: true, sessionLeaseMs: 12_000 }
    const create = { kind: "createSession", clientName: "dora", nonce: "x", ...facts } as const
    const { sessionId } = answered(cell.outside(create, "dora@example.com"), "createSession")
    const doras = new SessionUnderTest(cell, sessionId, "dora@example.com")
    const bob = cell.session("bob")
    doras.call(acquireOf(job))
    bob.call(acquireOf(job, "shared"))
    const dora = { sessionId: 1, clientName: "dora", principal: "dora@example.com", host: "h-1", processId: 4711 }
    const told = answered(cell.read({ kind: "getLock", node: job }), "getLock")
    expect(told.holders).toEqual([{ ...dora, mode: "exclusive", since: 4, forMs: 0 }])
    expect(told.waiters).toMatchObject([{ sessionId: 2, clientName: "bob", mode: "shared", since: 5, forMs: 0 }])
    cell.expire(doras)
    const after = answered(cell.read({ kind: "getLock", node: job }), "getLock")
    expect(after.holders).toMatchObject([{ sessionId: 2, since: 6 }])
    cell.restart()
    expect(cell.read({ kind: "getLock", node: job })).toEqual(after)
  })

  test("of a lock that was never asked for finds it free", () => {
    const { cell, alice } = lockCast()
    alice.open("job")
    const free = { kind: "getLock", lockGeneration: 0, holders: [], waiters: [], delay: undefined }
    expect(cell.read({ kind: "getLock", node: job })).toEqual(free)
  })
})

/** What is told of locks, without the path and the instance, which are always the same here. */
function lockChanges({ changes }: Applied): object[] {
  return changes
    .map(({ change }) => change)
    .filter(({ kind }) => kind.startsWith("lock"))
    .map(({ path, instance, ...rest }) => {
      expect(path).toBe("/ls/test/job")
      expect(instance).toBeGreaterThan(0)
      return rest
    })
}

describe("what is told of a lock", () => {
  const acquired = (sessionId: number, mode: "exclusive" | "shared", lockGeneration: number): object => {
    return { kind: "lockAcquired", mode, lockGeneration, sessionId, clientName: sessionId === 1 ? "alice" : "bob" }
  }

  test("is who takes it, and who joins", () => {
    const { cell, alice, bob } = lockCast()
    expect(lockChanges(cell.apply(alice.next(acquireOf(job, "shared"))))).toEqual([acquired(1, "shared", 1)])
    expect(lockChanges(cell.apply(bob.next(tryAcquireOf(job, "shared"))))).toEqual([acquired(2, "shared", 1)])
  })

  test("is that somebody wants it, to all others that hold it, each once", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job, "shared"))
    alice.call(acquireOf(job, "shared"))
    bob.call(acquireOf(job, "shared"))
    const wanted = { kind: "lockRequested", mode: "exclusive", sessionId: 2, clientName: "bob", holders: [1] }
    expect(lockChanges(cell.apply(bob.next(acquireOf(job))))).toEqual([wanted])
    expect(lockChanges(cell.apply(bob.next(tryAcquireOf(job))))).toEqual([wanted])
  })

  test("is nothing when nobody else holds what can't be had", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job, "exclusive", { lockDelayMs: 9 }))
    expect(lockChanges(cell.apply(alice.next(acquireOf(job))))).toEqual([])
    expect(lockChanges(cell.expire(alice))).toEqual([{ kind: "lockFreed", lost: true }])
    expect(lockChanges(cell.apply(bob.next(acquireOf(job))))).toEqual([])
  })

  test("is that it is free, once the last has let go and nobody takes it over", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job, "shared"))
    bob.call(acquireOf(job, "shared"))
    expect(lockChanges(cell.apply(alice.next(release)))).toEqual([])
    expect(lockChanges(cell.apply(bob.next(release)))).toEqual([{ kind: "lockFreed", lost: false }])
    alice.call(acquireOf(job))
    bob.call(acquireOf(job))
    expect(lockChanges(cell.expire(alice))).toEqual([acquired(2, "exclusive", 3)])
  })

  test("is nothing new to who holds it already, or is answered once more", () => {
    const { cell, alice } = lockCast()
    const node = by(alice.open("job"))
    const command = alice.next(acquireOf(node))
    cell.apply(command)
    expect(cell.apply(command).changes).toEqual([])
    expect(cell.apply(alice.next(acquireOf(node))).changes).toEqual([])
  })
})

describe("the right to write", () => {
  const guarded = { acl: { write: "administrators" }, mode: "read" } as const

  test("is needed to lock, in either mode, by path; a handle has it from its Open", () => {
    const cell = new CellUnderTest()
    const root = cell.session("root", "root")
    const alice = cell.session("alice", "alice")
    answered(root.call(openOf("job", { ...guarded, mode: "write" })), "open")
    for (const mode of ["shared", "exclusive"] as const) {
      expect(codeOf(alice.call(acquireOf(job, mode)))).toBe("PERMISSION_DENIED")
      expect(codeOf(alice.call(tryAcquireOf(job, mode)))).toBe("PERMISSION_DENIED")
    }
    const reading = by(alice.open("job", { mode: "read", create: "mustExist" }))
    expect(codeOf(alice.call(acquireOf(reading, "shared")))).toBe("PERMISSION_DENIED")
    answered(root.call(acquireOf(job)), "acquire")
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [1], waiters: [] })
    cell.checkStore()
  })

  test("once taken away keeps nobody from giving back what he holds, or from proving that he holds it", () => {
    const cell = new CellUnderTest()
    const root = cell.session("root", "root")
    const alice = cell.session("alice", "alice")
    answered(alice.call(acquireOf(job)), "acquire")
    answered(root.call({ kind: "setAcl", node: job, acl: { write: "administrators" } }), "setAcl")
    answered(alice.read({ kind: "getSequencer", node: job }), "getSequencer")
    expect(alice.call(release)).toEqual({ kind: "release", released: true })
    expect(codeOf(alice.call(release))).toBe("PERMISSION_DENIED")
    expect(codeOf(alice.read({ kind: "getSequencer", node: job }))).toBe("PERMISSION_DENIED")
  })
})

test("a refused TryAcquire names no more holders than a reply can bear, and counts those who wait", () => {
  const { cell, alice, bob } = lockCast()
  const holds = Array.from({ length: limits.holdersToldMax + 1 }, () => alice.next(acquireOf(job, "shared")))
  cell.apply(...holds, bob.next(acquireOf(job)), bob.next(acquireOf(job)))
  const refused = answered(bob.call(tryAcquireOf(job)), "tryAcquire")
  expect(refused).toMatchObject({ acquired: false, waiterCount: 2, delay: undefined })
  expect(!refused.acquired && refused.holders).toHaveLength(limits.holdersToldMax)
})
