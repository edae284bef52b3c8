/** Lock-delays and limited waits: timed by the master, ended by the log. */
import { beforeEach, describe, expect, test } from "vitest"
import type { Operation } from "../../../src/contract/requests.ts"
import { gist, ReplicaCell } from "../../support/replica-cell.ts"
import { at, ScriptedSession } from "./scripted-session.ts"

function acquire(changes: { readonly lockDelayMs?: number; readonly waitMs?: number } = {}): Operation {
  return { kind: "acquire", node: at("lock"), mode: "exclusive", lockDelayMs: 0, waitMs: 0, ...changes }
}

const getLock: Operation = { kind: "getLock", node: at("lock") }

let cell: ReplicaCell
let waiter: ScriptedSession

beforeEach(() => {
  cell = new ReplicaCell(3).found()
  waiter = new ScriptedSession(cell, { sessionLeaseMs: 600_000 })
})

function lock(): ReturnType<typeof cell.answer<"getLock">> {
  return cell.answer(cell.submit(cell.master, getLock), "getLock")
}

/** A holder that asked for a lock-delay and is lost. */
function loseHolder(lockDelayMs: number): void {
  const holder = new ScriptedSession(cell, { sessionLeaseMs: 1_000 })
  expect(gist(holder.call(acquire({ lockDelayMs })))).toBe("acquire")
  cell.run(1_100)
  expect(cell.replica(cell.master).status().sessionCount).toBe(1)
}

describe("a lock whose holder was lost", () => {
  test("is barred for its lock-delay, says for how long at most, and then passes on", () => {
    loseHolder(10_000)
    const ticket = waiter.submit(acquire())
    cell.settle()
    const remainingMs = lock().delay?.remainingMs ?? 0
    expect(remainingMs).toBeGreaterThan(9_900)
    expect(remainingMs).toBeLessThanOrEqual(10_100)
    cell.run(5_000)
    expect(lock().delay?.remainingMs).toBe(remainingMs - 5_000)
    expect(cell.outcome(ticket)).toBeUndefined()
    cell.run(remainingMs - 5_000 + 20)
    expect(gist(cell.outcome(ticket))).toBe("acquire")
    expect(cell.saw("lockDelayEndProposed")).toBe(true)
  })

  test("is barred in full again by a new master", () => {
    loseHolder(10_000)
    const ticket = waiter.submit(acquire())
    cell.run(8_000)
    cell.crash(1)
    cell.run(2_500)
    expect(cell.master).not.toBe(0)
    const remainingMs = lock().delay?.remainingMs ?? 0
    expect(remainingMs).toBeGreaterThan(8_000)
    cell.run(5_000)
    expect(lock().holders).toEqual([])
    cell.run(5_200)
    expect(lock().holders).toHaveLength(1)
    expect(gist(cell.outcome(ticket))).toBeUndefined()
  })

  test("says so to who tries to take it", () => {
    loseHolder(10_000)
    const outcome = waiter.call({ kind: "tryAcquire", node: at("lock"), mode: "shared", lockDelayMs: 0 })
    expect(outcome).toMatchObject({ acquired: false, holders: [], delay: { lockDelayMs: 10_000 } })
    expect(outcome?.kind === "tryAcquire" && !outcome.acquired && outcome.delay?.remainingMs).toBeGreaterThan(9_000)
  })
})

describe("an Acquire that waits no longer than some time", () => {
  let holder: ScriptedSession

  beforeEach(() => {
    holder = new ScriptedSession(cell, { sessionLeaseMs: 600_000 })
    holder.call(acquire())
  })

  test("is refused when that is over", () => {
    const ticket = waiter.submit(acquire({ waitMs: 2_000 }))
    cell.settle()
    cell.run(1_990)
    expect(cell.outcome(ticket)).toBeUndefined()
    cell.run(30)
    expect(gist(cell.outcome(ticket))).toBe("DEADLINE_EXCEEDED")
    expect(lock().waiters).toEqual([])
  })

  test("is granted if the lock comes free before", () => {
    const ticket = waiter.submit(acquire({ waitMs: 2_000 }))
    holder.call({ kind: "release", node: at("lock") })
    expect(gist(cell.outcome(ticket))).toBe("acquire")
    cell.run(3_000)
    expect(cell.saw("waitEndProposed")).toBe(false)
    expect(lock().holders).toHaveLength(1)
  })

  test("waits in full again under a new master", () => {
    waiter.submit(acquire({ waitMs: 4_000 }))
    cell.settle()
    cell.run(3_000)
    cell.crash(1)
    cell.run(2_500)
    expect(lock().waiters).toHaveLength(1)
    cell.run(4_000)
    expect(lock().waiters).toEqual([])
  })
})

test("a lock is shown with how long it has been held and waited for, at least", () => {
  const holder = new ScriptedSession(cell, { sessionLeaseMs: 600_000 })
  holder.call(acquire())
  cell.run(3_000)
  waiter.submit(acquire())
  cell.settle()
  cell.run(2_000)
  const { holders, waiters } = lock()
  expect(holders[0]?.forMs).toBeLessThanOrEqual(5_000)
  expect(holders[0]?.forMs).toBeGreaterThan(4_800)
  expect(waiters[0]?.forMs).toBeLessThanOrEqual(2_000)
  expect(waiters[0]?.forMs).toBeGreaterThan(1_800)
})
