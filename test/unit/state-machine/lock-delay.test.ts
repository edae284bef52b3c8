import { describe, expect, test } from "vitest"
import { type CellUnderTest, answered, by, codeOf } from "./cell-under-test.ts"
import { acquireOf, tryAcquireOf } from "./cell-under-test.ts"
import { job, lockCast, release } from "./lock-cast.ts"

function delayed(lockDelayMs: number, mode: "exclusive" | "shared" = "exclusive"): ReturnType<typeof acquireOf> {
  return acquireOf(job, mode, { lockDelayMs })
}

/** The master's word that the one lock-delay there is, is over. */
function endDelay(cell: CellUnderTest, wrong: { since?: number; epoch?: number } = {}): ReturnType<typeof cell.apply> {
  const [delay] = cell.machine.lockDelays()
  if (delay === undefined) throw new Error("no lock is under a lock-delay")
  const { instance, since } = delay
  return cell.apply({ kind: "endLockDelay", instance, since, epoch: cell.machine.epoch, ...wrong })
}

describe("a lock lost by its session's expiry", () => {
  test("is granted to nobody while its lock-delay lasts, and then to who waits first", () => {
    const { cell, alice, bob, carol } = lockCast()
    const { stat } = answered(alice.call(delayed(9_000)), "acquire")
    bob.call(acquireOf(job))
    const { begunDelays, settled } = cell.expire(alice)
    const since = cell.machine.appliedThrough
    expect(begunDelays).toEqual([{ instance: stat.instance, since, lockDelayMs: 9_000 }])
    expect(settled).toEqual([])
    expect(carol.call(acquireOf(job))).toBeUndefined()
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [2, 3] })
    cell.checkStore()
    expect(endDelay(cell).settled).toMatchObject([{ sessionId: 2, outcome: { kind: "acquire", lockGeneration: 2 } }])
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [2], waiters: [3] })
    expect([...cell.machine.lockDelays()]).toEqual([])
    cell.checkStore()
  })

  test("tells those who ask why it is not free", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(delayed(9_000))
    cell.expire(alice)
    const delay = {
      lockDelayMs: 9_000,
      remainingMs: 0,
      sessionId: 1,
      clientName: "alice",
      reason: "its lease ran out",
    }
    const taken = { kind: "tryAcquire", acquired: false, holders: [], waiterCount: 0, delay }
    expect(bob.call(tryAcquireOf(job))).toEqual(taken)
    expect(cell.read({ kind: "getLock", node: job })).toMatchObject({ lockGeneration: 1, holders: [], delay })
  })

  test("is at once free again if its holder asked for no lock-delay", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(delayed(0))
    bob.call(acquireOf(job))
    expect(cell.expire(alice).begunDelays).toEqual([])
    expect(cell.lockOf("job").holders).toEqual([2])
  })

  test("by a TryAcquire is barred as well", () => {
    const { cell, alice } = lockCast()
    alice.call(tryAcquireOf(job, "exclusive", 700))
    expect(cell.expire(alice).begunDelays).toMatchObject([{ lockDelayMs: 700 }])
  })

  test("after it was granted from the queue is barred for as long as that Acquire had asked", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(acquireOf(job))
    bob.call(delayed(800))
    cell.restart()
    alice.call(release)
    expect(cell.expire(bob).begunDelays).toMatchObject([{ lockDelayMs: 800 }])
  })

  test("that had only been waited for is not barred", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(acquireOf(job))
    bob.call(delayed(800))
    cell.expire(bob)
    carol.call(acquireOf(job))
    alice.call(release)
    expect(cell.lockOf("job").holders).toEqual([3])
  })
})

describe("a lock given up", () => {
  test.each([
    ["released", () => release],
    ["left by its session's close", () => ({ kind: "closeSession" }) as const],
    ["left by its handle's close", (handle: string) => ({ kind: "close", handle }) as const],
  ])("%s is not barred", (_, leave) => {
    const { cell, alice, bob } = lockCast()
    const { handle } = answered(alice.call(delayed(9_000)), "acquire")
    bob.call(acquireOf(job))
    expect(cell.apply(alice.next(leave(handle))).begunDelays).toEqual([])
    expect(cell.lockOf("job").holders).toEqual([2])
  })
})

describe("a lock-delay", () => {
  test("bars shared joiners too, though others still hold in shared mode", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(delayed(9_000, "shared"))
    bob.call(delayed(0, "shared"))
    cell.expire(alice)
    expect(carol.call(acquireOf(job, "shared"))).toBeUndefined()
    expect(carol.call(tryAcquireOf(job, "shared"))).toMatchObject({ acquired: false, waiterCount: 1 })
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [2], waiters: [3] })
    bob.call(release)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [3] })
    endDelay(cell)
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [3], waiters: [] })
    cell.checkStore()
  })

  test("lasts as long as the longest of what the lost session's holds asked for", () => {
    const { cell, alice } = lockCast()
    for (const lockDelayMs of [3, 8, 5]) alice.call(delayed(lockDelayMs, "shared"))
    expect(cell.expire(alice).begunDelays).toMatchObject([{ lockDelayMs: 8 }])
  })

  test("begins anew with a later loss, and is never shortened by one", () => {
    const { cell, alice, bob, carol } = lockCast()
    alice.call(delayed(8, "shared"))
    bob.call(delayed(3, "shared"))
    carol.call(delayed(0, "shared"))
    const { instance } = cell.expire(alice).begunDelays[0] as { instance: number }
    const first = cell.machine.appliedThrough
    cell.expire(carol)
    expect([...cell.machine.lockDelays()]).toEqual([{ instance, since: first, lockDelayMs: 8 }])
    expect(cell.expire(bob).begunDelays).toEqual([{ instance, since: first + 2, lockDelayMs: 8 }])
    cell.apply({ kind: "endLockDelay", instance, since: first, epoch: cell.machine.epoch })
    expect([...cell.machine.lockDelays()]).toHaveLength(1)
    endDelay(cell)
    expect([...cell.machine.lockDelays()]).toEqual([])
  })

  test("of two losses in one slot is told of once, as it is at the end", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(delayed(3, "shared"))
    bob.call(delayed(5, "shared"))
    const { epoch } = cell.machine
    const both = [1, 2].map((sessionId) => ({ kind: "expireSession", sessionId, epoch }) as const)
    expect(cell.apply(...both).begunDelays).toMatchObject([{ lockDelayMs: 5 }])
  })

  test("is not ended by the word of another master, or about another delay", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(delayed(9_000))
    bob.call(acquireOf(job))
    cell.expire(alice)
    const { epoch } = cell.machine
    cell.apply({ kind: "beginReign", replicaId: 2, round: 9 })
    endDelay(cell, { epoch })
    endDelay(cell, { since: 1 })
    expect(cell.lockOf("job").holders).toEqual([])
    expect([...cell.machine.lockDelays()]).toHaveLength(1)
    endDelay(cell)
    expect(cell.lockOf("job").holders).toEqual([2])
  })

  test("survives a restart, to be counted again in full", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(delayed(9_000))
    bob.call(acquireOf(job))
    cell.expire(alice)
    const before = [...cell.machine.lockDelays()]
    cell.restart()
    expect([...cell.machine.lockDelays()]).toEqual(before)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [2] })
    endDelay(cell)
    expect(cell.lockOf("job").holders).toEqual([2])
  })

  test("keeps an ephemeral node that nobody has open any more, and takes it along when it ends", () => {
    const { cell, alice } = lockCast()
    const handle = alice.open("job", { ephemeral: true })
    alice.call(acquireOf(by(handle), "exclusive", { lockDelayMs: 9_000 }))
    expect(cell.expire(alice).begunDelays).toHaveLength(1)
    cell.restart()
    const instance = [...cell.machine.lockDelays()][0]?.instance ?? 0
    expect(cell.machine.keysTouchedByEndOfDelay(instance)).toContain("/ls/test/job")
    endDelay(cell)
    expect(codeOf(cell.read({ kind: "getStat", node: job }))).toBe("NODE_NOT_FOUND")
    expect(cell.machine.keysTouchedByEndOfDelay(instance)).toEqual([])
    cell.checkStore()
  })

  test("of an ephemeral node is waited for like any other, and the node stays for the next holder", () => {
    const { cell, alice, bob } = lockCast()
    const handle = alice.open("job", { ephemeral: true })
    alice.call(acquireOf(by(handle), "exclusive", { lockDelayMs: 9_000 }))
    bob.call(acquireOf(job))
    cell.expire(alice)
    expect(cell.lockOf("job")).toEqual({ generation: 1, holders: [], waiters: [2] })
    endDelay(cell)
    expect(cell.lockOf("job")).toEqual({ generation: 2, holders: [2], waiters: [] })
    cell.checkStore()
  })

  test("keeps its node from being deleted: the lost holder may still be at work", () => {
    const { cell, alice, bob } = lockCast()
    alice.call(delayed(9_000))
    cell.expire(alice)
    expect(codeOf(bob.call({ kind: "delete", node: job }))).toBe("LOCK_HELD")
    endDelay(cell)
    answered(bob.call({ kind: "delete", node: job }), "delete")
    cell.checkStore()
  })

  test("that has ended says nothing to those who ask, and ends no second time", () => {
    const { cell, alice } = lockCast()
    alice.call(delayed(9_000))
    cell.expire(alice)
    const [delay] = cell.machine.lockDelays()
    endDelay(cell)
    cell.apply({ kind: "endLockDelay", instance: delay?.instance ?? 0, since: delay?.since ?? 0, epoch: 0 })
    cell.apply({ kind: "endLockDelay", instance: 999, since: 1, epoch: 0 })
    expect(answered(cell.read({ kind: "getLock", node: job }), "getLock").delay).toBeUndefined()
    cell.checkStore()
  })
})
