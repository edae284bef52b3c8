import { expect, test } from "vitest"
import { acquireOf, at } from "./cell-under-test.ts"
import { job, lockCast, release } from "./lock-cast.ts"

test("every lock that is held counts once, and so does every wait, whoever is engaged with the node", () => {
  const { cell, alice, bob, carol } = lockCast()
  expect(cell.machine.lockCounts()).toEqual({ locksHeld: 0, lockWaiters: 0, lockDelays: 0 })
  alice.call(acquireOf(job, "shared"))
  bob.call(acquireOf(job, "shared"))
  carol.call(acquireOf(job))
  carol.open("other")
  carol.call(acquireOf(at("other")))
  expect(cell.machine.lockCounts()).toEqual({ locksHeld: 2, lockWaiters: 1, lockDelays: 0 })
  alice.call(release)
  bob.call(release)
  cell.restart()
  expect(cell.machine.lockCounts()).toEqual({ locksHeld: 2, lockWaiters: 0, lockDelays: 0 })
  cell.expire(carol)
  expect(cell.machine.lockCounts()).toEqual({ locksHeld: 0, lockWaiters: 0, lockDelays: 0 })
})

test("a lock that is barred counts as such, and not as held", () => {
  const { cell, alice, bob } = lockCast()
  alice.call(acquireOf(job, "exclusive", { lockDelayMs: 9_000 }))
  bob.call(acquireOf(job))
  cell.expire(alice)
  expect(cell.machine.lockCounts()).toEqual({ locksHeld: 0, lockWaiters: 1, lockDelays: 1 })
})
