import { expect, test } from "vitest"
import type { Command } from "../../../src/state-machine/commands.ts"
import { CellUnderTest, answered, at, bytesOf } from "./cell-under-test.ts"

const beginReign: Command = { kind: "beginReign", replicaId: 1, round: 2 }

function writeOf(text: string) {
  return { kind: "setContents", node: at("a"), contents: bytesOf(text) } as const
}

test("what follows a hole in the log is void until the next reign: no later call is done without the one before", () => {
  const cell = new CellUnderTest()
  const alice = cell.session()
  answered(alice.call(writeOf("one")), "setContents")
  const lost = alice.next(writeOf("two"))
  const later = alice.next({ kind: "delete", node: at("a") })
  // The slot of "two" was filled with nothing; the one after it was found, and adopted.
  cell.apply()
  const [outcome] = cell.apply(later).outcomes
  expect(outcome).toMatchObject({ kind: "refused", code: "FAIL_OVER_IN_PROGRESS" })
  expect(cell.contentsOf("a")).toBe("one")
  cell.checkStore()
  cell.restart()
  cell.apply(later)
  expect(cell.contentsOf("a")).toBe("one")
  // The client sends both again, and each is done once.
  cell.apply(beginReign, lost, later)
  cell.checkStore()
  expect(cell.read({ kind: "getStat", node: at("a") })).toMatchObject({ code: "NODE_NOT_FOUND" })
})

test("a master's own commands behind a hole are void as well", () => {
  const cell = new CellUnderTest()
  const alice = cell.session()
  cell.apply()
  cell.expire(alice)
  expect(cell.machine.sessionCount).toBe(1)
  cell.apply(beginReign)
  cell.expire(alice)
  expect(cell.machine.sessionCount).toBe(0)
})

test("what a master proposed is void in the reign of another, which has put something else in the place of what was lost", () => {
  const cell = new CellUnderTest()
  cell.apply(beginReign)
  const alice = cell.session()
  const lost = alice.next(writeOf("one"))
  const later = alice.next(writeOf("two"))
  cell.apply(beginReign)
  const [outcome] = cell.applyOf(1, later).outcomes
  expect(outcome).toMatchObject({ kind: "refused", code: "FAIL_OVER_IN_PROGRESS" })
  cell.applyOf(2, lost, later)
  expect(cell.contentsOf("a")).toBe("two")
  cell.checkStore()
})
