import { describe, expect, test } from "vitest"
import { CellUnderTest, acquireOf, at, codeOf, founding, noContents, openOf, outsideOf } from "./cell-under-test.ts"
import { cellName } from "./cell-under-test.ts"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { Applied } from "../../../src/state-machine/state-machine.ts"
import { StateMachine } from "../../../src/state-machine/state-machine.ts"

function told({ changes }: Applied): string[] {
  return changes.map(({ change: { kind, path } }) => `${kind} ${path.slice("/ls/test".length)}`)
}

describe("what happens to nodes is told", () => {
  test("when they are made, written, given another ACL and deleted, in the order in which it happened", () => {
    const session = new CellUnderTest().session("root", "root")
    const { cell } = session
    const write = { kind: "setContents", node: at("a"), contents: noContents } as const
    const applied = cell.apply(
      session.next(write),
      session.next(write),
      session.next({ kind: "setAcl", node: at("a"), acl: {} }),
      session.next({ kind: "delete", node: at("a") }),
      session.next(openOf("a")),
    )
    expect(told(applied)).toEqual([
      "nodeCreated /a",
      "contentsChanged /a",
      "aclChanged /a",
      "nodeDeleted /a",
      "nodeCreated /a",
    ])
    const [made, written, , deleted, madeAgain] = applied.changes.map(({ change }) => change)
    expect(written).toEqual({
      kind: "contentsChanged",
      path: "/ls/test/a",
      instance: made?.instance,
      contentGeneration: 2,
    })
    expect(deleted?.instance).toBe(made?.instance)
    expect(madeAgain?.instance).toBeGreaterThan(made?.instance ?? 0)
  })

  test("with the list of those who could read the node then, after the change, or before it went", () => {
    const { cell } = new CellUnderTest().session()
    const applied = cell.apply(
      outsideOf({ kind: "setContents", node: at("a"), contents: noContents }, "root"),
      outsideOf({ kind: "setAcl", node: at("a"), acl: { read: "team" } }, "root"),
      outsideOf({ kind: "setContents", node: at("a"), contents: noContents }, "root"),
      outsideOf({ kind: "delete", node: at("a") }, "root"),
    )
    expect(applied.changes.map(({ change, readers }) => [change.kind, readers])).toEqual([
      ["nodeCreated", "anyone"],
      ["aclChanged", "team"],
      ["contentsChanged", "team"],
      ["nodeDeleted", "team"],
    ])
    expect([cell.machine.isReader("alice", "anyone"), cell.machine.isReader("alice", "team")]).toEqual([true, false])
    expect(cell.machine.isReader("root", "team")).toBe(true)
  })

  test("when a lock is taken on a file that this makes: first the file, then the lock", () => {
    const session = new CellUnderTest().session()
    expect(told(session.cell.apply(session.next(acquireOf(at("a")))))).toEqual(["nodeCreated /a", "lockAcquired /a"])
  })

  test("when ephemeral nodes go with their session, the inner ones first", () => {
    const session = new CellUnderTest().session()
    session.open("d", { nodeKind: "directory", ephemeral: true })
    session.open("d/a", { ephemeral: true })
    expect(told(session.cell.expire(session))).toEqual(["nodeDeleted /d/a", "nodeDeleted /d"])
  })

  test("not at all when nothing has happened", () => {
    const session = new CellUnderTest().session()
    session.open("a")
    expect(told(session.cell.apply(session.next(openOf("a"))))).toEqual([])
    expect(told(session.cell.apply(session.next(openOf("a", { create: "mustCreate" }))))).toEqual([])
  })

  test("when the cell is founded", () => {
    const applied = new StateMachine(cellName).apply(1, encodeBatch([founding]))
    expect(told(applied)).toEqual(["nodeCreated /acl", "nodeCreated /acl/administrators"])
  })
})

describe("a directory's commit index", () => {
  test("moves when children come or go, and not when they are written", () => {
    const cell = new CellUnderTest()
    const indexOf = (path: string): number => {
      const found = cell.read({ kind: "getStat", node: at(path) })
      return found.kind === "getStat" ? found.stat.commitIndex : 0
    }
    const write = { kind: "setContents", node: at("d/a"), contents: noContents } as const
    cell.outside(openOf("d", { nodeKind: "directory" }))
    cell.outside(write)
    const born = cell.machine.appliedThrough
    expect([indexOf("d"), indexOf("d/a")]).toEqual([born, born])
    expect(indexOf("")).toBe(born - 1)
    cell.outside(write)
    expect([indexOf("d"), indexOf("d/a")]).toEqual([born, born + 1])
    cell.outside({ kind: "delete", node: at("d/a") })
    expect(indexOf("d")).toBe(born + 2)
    cell.checkStore()
  })
})

describe("a node in its lock-delay", () => {
  test("is deleted by nobody: the lost holder may still act on it", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    alice.call(acquireOf(at("a"), "exclusive", { lockDelayMs: 5_000 }))
    cell.expire(alice)
    const bob = cell.session("bob")
    const refused = bob.call({ kind: "delete", node: at("a") })
    expect(codeOf(refused)).toBe("LOCK_HELD")
    expect(refused).toMatchObject({ detail: expect.stringContaining("alice was lost: its lease ran out") as string })
    const [delay] = cell.machine.lockDelays()
    cell.apply({ kind: "endLockDelay", instance: delay?.instance ?? 0, since: delay?.since ?? 0, epoch: 0 })
    expect(bob.call({ kind: "delete", node: at("a") })).toEqual({ kind: "delete" })
  })
})
