import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import { encodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { CellUnderTest, acquireOf, answered, at, by, bytesOf, codeOf, foundedNodeCount } from "./cell-under-test.ts"
import { listOf, noContents, openOf, outsideOf, readerOf, tryAcquireOf } from "./cell-under-test.ts"

function set(path: string, contents: string, ifContentGeneration?: number): MutatingOperation {
  return { kind: "setContents", node: at(path), contents: bytesOf(contents), ifContentGeneration }
}

function remove(path: string, ifContentGeneration?: number): MutatingOperation {
  return { kind: "delete", node: at(path), ifContentGeneration }
}

describe("the tree", () => {
  test("begins with its root, which can't be deleted", () => {
    const cell = new CellUnderTest()
    const { stat } = answered(cell.read({ kind: "getStat", node: at("") }), "getStat")
    expect(stat).toMatchObject({ path: "/ls/test", kind: "directory", instance: 1, childCount: 1 })
    expect(codeOf(cell.outside(remove("")))).toBe("INVALID_ARGUMENT")
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
  })

  test("names the directory that is missing", () => {
    const cell = new CellUnderTest()
    const outcome = cell.outside(set("a/b/c", "x"))
    expect(codeOf(outcome)).toBe("NODE_NOT_FOUND")
    expect(outcome).toMatchObject({ detail: expect.stringContaining("/ls/test/a does not exist") as string })
  })

  test("has no nodes below a file", () => {
    const cell = new CellUnderTest()
    cell.outside(set("a", "x"))
    expect(codeOf(cell.outside(set("a/b", "x")))).toBe("NOT_A_DIRECTORY")
    expect(codeOf(cell.read({ kind: "getStat", node: at("a/b/c") }))).toBe("NOT_A_DIRECTORY")
  })

  test("does not mistake names for properties of its own", () => {
    const cell = new CellUnderTest()
    for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
      expect(codeOf(cell.read({ kind: "getStat", node: at(name) }))).toBe("NODE_NOT_FOUND")
      answered(cell.outside(set(name, name)), "setContents")
      expect(cell.contentsOf(name)).toBe(name)
    }
    cell.checkStore()
  })
})

describe("Open", () => {
  test("creates what is missing, once", () => {
    const session = new CellUnderTest().session()
    const first = answered(session.call(openOf("a", { contents: bytesOf("x"), create: "mustCreate" })), "open")
    expect(first).toMatchObject({ created: true, stat: { contentGeneration: 1, lockGeneration: 0, size: 1 } })
    expect(codeOf(session.call(openOf("a", { create: "mustCreate" })))).toBe("NODE_EXISTS")
    expect(answered(session.call(openOf("a", { contents: bytesOf("y") })), "open").created).toBe(false)
    expect(session.cell.contentsOf("a")).toBe("x")
  })

  test("of what must exist creates nothing", () => {
    const session = new CellUnderTest().session()
    expect(codeOf(session.call(openOf("a", { create: "mustExist" })))).toBe("NODE_NOT_FOUND")
    expect(session.cell.machine.nodeCount).toBe(foundedNodeCount)
  })

  test("does not pass a file off as a directory", () => {
    const session = new CellUnderTest().session()
    session.open("file")
    session.open("directory", { nodeKind: "directory" })
    expect(codeOf(session.call(openOf("file", { nodeKind: "directory" })))).toBe("NOT_A_DIRECTORY")
    expect(codeOf(session.call(openOf("directory")))).toBe("NOT_A_FILE")
    answered(session.call(openOf("directory", { create: "mustExist" })), "open")
  })

  test("of a permanent node that must exist is a read, and gives the handle its request's number", () => {
    const session = new CellUnderTest().session()
    session.open("a")
    const operation = openOf("a", { create: "mustExist" })
    const { machine } = session.cell
    if (!machine.isRead(operation)) throw new Error("not a read")
    const first = answered(
      machine.read(operation, readerOf({ sessionId: session.sessionId, requestNumber: 71 })),
      "open",
    ).handle
    const second = answered(
      machine.read(operation, readerOf({ sessionId: session.sessionId, requestNumber: 72 })),
      "open",
    ).handle
    expect(first).not.toBe(second)
    answered(session.call(acquireOf(by(first))), "acquire")
    const taken = session.call(tryAcquireOf(by(second)))
    expect(answered(taken, "tryAcquire").acquired).toBe(false)
  })

  test("of an ephemeral node is no read: the node lives as long as it is open", () => {
    const session = new CellUnderTest().session()
    session.open("a", { ephemeral: true })
    expect(session.cell.machine.isRead(openOf("a", { create: "mustExist" }))).toBe(false)
    expect(session.cell.machine.isRead(openOf("b", { create: "mustExist" }))).toBe(true)
    expect(session.cell.machine.isRead(openOf("b"))).toBe(false)
  })
})

describe("a handle", () => {
  test("opened for reading only neither writes nor locks nor deletes", () => {
    const session = new CellUnderTest().session()
    const node = by(session.open("a", { mode: "read" }))
    expect(answered(session.read({ kind: "getStat", node }), "getStat").stat.path).toBe("/ls/test/a")
    expect(codeOf(session.call({ kind: "setContents", node, contents: noContents }))).toBe("PERMISSION_DENIED")
    expect(codeOf(session.call(acquireOf(node)))).toBe("PERMISSION_DENIED")
    expect(codeOf(session.call(tryAcquireOf(node, "shared")))).toBe("PERMISSION_DENIED")
    expect(codeOf(session.call({ kind: "release", node }))).toBe("PERMISSION_DENIED")
    expect(codeOf(session.call({ kind: "delete", node }))).toBe("PERMISSION_DENIED")
  })

  test("is of no use to another session, or outside of any", () => {
    const cell = new CellUnderTest()
    const node = by(cell.session("alice").open("a"))
    expect(codeOf(cell.session("bob").read({ kind: "getStat", node }))).toBe("HANDLE_INVALID")
    expect(codeOf(cell.read({ kind: "getStat", node }))).toBe("HANDLE_INVALID")
  })

  test("outlives its node by not a moment, and does not fit the next node of that name", () => {
    const session = new CellUnderTest().session()
    const node = by(session.open("a"))
    session.call({ kind: "delete", node })
    session.open("a")
    expect(codeOf(session.call({ kind: "setContents", node, contents: noContents }))).toBe("HANDLE_INVALID")
    expect(codeOf(session.read({ kind: "getLock", node }))).toBe("HANDLE_INVALID")
  })

  test("that was forged is refused, and closing it does nothing", () => {
    const session = new CellUnderTest().session()
    const handle = session.open("a")
    const forged = handle.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))
    expect(codeOf(session.read({ kind: "getStat", node: by(forged) }))).toBe("HANDLE_INVALID")
    answered(session.call({ kind: "close", handle: forged }), "close")
    answered(session.call({ kind: "close", handle: "nonsense" }), "close")
  })

  test("is valid at the next master: it needs no table", () => {
    const session = new CellUnderTest().session()
    const node = by(session.open("a"))
    session.cell.restart()
    answered(session.read({ kind: "getStat", node }), "getStat")
  })
})

describe("SetContents", () => {
  test("creates a missing file and raises its generation with every write", () => {
    const cell = new CellUnderTest()
    expect(answered(cell.outside(set("a", "1")), "setContents").stat.contentGeneration).toBe(1)
    expect(answered(cell.outside(set("a", "1")), "setContents").stat.contentGeneration).toBe(2)
    expect(answered(cell.outside(set("a", "2")), "setContents").stat).toMatchObject({ contentGeneration: 3, size: 1 })
    expect(cell.contentsOf("a")).toBe("2")
  })

  test("at a generation writes at that generation only", () => {
    const cell = new CellUnderTest()
    cell.outside(set("a", "1"))
    expect(codeOf(cell.outside(set("a", "2", 2)))).toBe("GENERATION_MISMATCH")
    answered(cell.outside(set("a", "2", 1)), "setContents")
    expect(codeOf(cell.outside(set("a", "3", 1)))).toBe("GENERATION_MISMATCH")
    expect(cell.contentsOf("a")).toBe("2")
  })

  test("at generation zero writes only what does not exist", () => {
    const cell = new CellUnderTest()
    answered(cell.outside(set("a", "1", 0)), "setContents")
    expect(codeOf(cell.outside(set("a", "2", 0)))).toBe("GENERATION_MISMATCH")
    expect(codeOf(cell.outside(set("b", "2", 1)))).toBe("NODE_NOT_FOUND")
  })

  test("changes the checksum with the contents", () => {
    const cell = new CellUnderTest()
    const sums = ["", "a", "b", ""].map((text) => answered(cell.outside(set("a", text)), "setContents").stat.checksum)
    for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{16}$/)
    expect(new Set(sums).size).toBe(3)
    expect(sums[3]).toBe(sums[0])
  })

  test("of a directory, or of too much, is refused", () => {
    const cell = new CellUnderTest()
    expect(codeOf(cell.outside(set("", "x")))).toBe("NOT_A_FILE")
    const contents = new Uint8Array(limits.contentsBytesMax + 1)
    expect(codeOf(cell.outside({ kind: "setContents", node: at("a"), contents }))).toBe("CONTENTS_TOO_LARGE")
  })
})

describe("Delete", () => {
  test("spares a directory with children", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("d", { nodeKind: "directory" }))
    cell.outside(set("d/a", "x"))
    expect(codeOf(cell.outside(remove("d")))).toBe("DIRECTORY_NOT_EMPTY")
    answered(cell.outside(remove("d/a")), "delete")
    answered(cell.outside(remove("d")), "delete")
    expect(codeOf(cell.outside(remove("d")))).toBe("NODE_NOT_FOUND")
    cell.checkStore()
  })

  test("at a generation deletes at that generation only", () => {
    const cell = new CellUnderTest()
    cell.outside(set("a", "x"))
    expect(codeOf(cell.outside(remove("a", 2)))).toBe("GENERATION_MISMATCH")
    answered(cell.outside(remove("a", 1)), "delete")
  })

  test("makes room for a node with a larger instance number", () => {
    const cell = new CellUnderTest()
    const before = answered(cell.outside(set("a", "x")), "setContents").stat
    cell.outside(remove("a"))
    cell.restart()
    const after = answered(cell.outside(set("a", "x")), "setContents").stat
    expect(after.instance).toBeGreaterThan(before.instance)
    expect(after.contentGeneration).toBe(1)
  })
})

describe("an ephemeral file", () => {
  test("lives while any handle on it is open", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const bob = cell.session("bob")
    const first = alice.open("a", { ephemeral: true })
    const second = alice.open("a")
    const third = bob.open("a", { mode: "read", create: "mustExist" })
    alice.call({ kind: "close", handle: first })
    alice.call({ kind: "close", handle: first })
    alice.call({ kind: "close", handle: second })
    expect(cell.machine.nodeCount).toBe(foundedNodeCount + 1)
    cell.checkStore()
    cell.restart()
    bob.call({ kind: "close", handle: third })
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
    cell.checkStore()
  })

  test("goes with the last session that has it open", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const bob = cell.session("bob")
    alice.open("a", { ephemeral: true })
    bob.open("a")
    alice.call({ kind: "closeSession" })
    expect(cell.machine.nodeCount).toBe(foundedNodeCount + 1)
    cell.expire(bob)
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
    cell.checkStore()
  })

  test("stays while somebody holds its lock, though the session that made it has ended", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const bob = cell.session("bob")
    const carol = cell.session("carol")
    alice.open("a", { ephemeral: true })
    const held = answered(bob.call(acquireOf(at("a"))), "acquire")
    cell.expire(alice)
    cell.checkStore()
    cell.restart()
    expect(cell.lockOf("a")).toEqual({ generation: 1, holders: [bob.sessionId], waiters: [] })
    expect(carol.call(tryAcquireOf(at("a")))).toMatchObject({ acquired: false })
    bob.call({ kind: "release", node: by(held.handle) })
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
    cell.checkStore()
  })

  test("stays while another handle of the same session holds its lock, and goes when that is closed", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    const handle = alice.open("a", { ephemeral: true })
    const held = answered(alice.call(acquireOf(at("a"))), "acquire")
    alice.call({ kind: "close", handle })
    expect(cell.lockOf("a").holders).toEqual([alice.sessionId])
    cell.checkStore()
    alice.call({ kind: "close", handle: held.handle })
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
    cell.checkStore()
  })

  test("stays as long as its lock is passed on, and goes with the last who held it", () => {
    const cell = new CellUnderTest()
    const [alice, bob, carol] = [cell.session("alice"), cell.session("bob"), cell.session("carol")]
    const handle = alice.open("a", { ephemeral: true })
    alice.call(acquireOf(by(handle)))
    for (const next of [bob, carol]) next.call(acquireOf(at("a")))
    alice.call({ kind: "close", handle })
    expect(cell.lockOf("a")).toEqual({ generation: 2, holders: [bob.sessionId], waiters: [carol.sessionId] })
    bob.call({ kind: "release", node: at("a") })
    expect(cell.lockOf("a").holders).toEqual([carol.sessionId])
    cell.checkStore()
    expect(cell.machine.keysTouchedByEndOf(carol.sessionId)).toContain("/ls/test/a")
    cell.expire(carol)
    expect(cell.machine.nodeCount).toBe(foundedNodeCount)
    cell.checkStore()
  })

  test("needs a session to keep it alive", () => {
    const cell = new CellUnderTest()
    expect(codeOf(cell.outside(openOf("a", { ephemeral: true })))).toBe("INVALID_ARGUMENT")
    cell.session().open("a", { ephemeral: true })
    expect(codeOf(cell.outside(openOf("a")))).toBe("INVALID_ARGUMENT")
  })

  test("can be deleted while it is open, and nothing remains of it", () => {
    const session = new CellUnderTest().session()
    const handle = session.open("a", { ephemeral: true })
    answered(session.call({ kind: "delete", node: by(handle) }), "delete")
    answered(session.call({ kind: "close", handle }), "close")
    session.open("a")
    session.call({ kind: "closeSession" })
    expect(session.cell.machine.nodeCount).toBe(foundedNodeCount + 1)
    session.cell.checkStore()
  })
})

describe("an ephemeral directory", () => {
  test("goes when it is neither open nor inhabited, and may take its parent along", () => {
    const session = new CellUnderTest().session()
    const { machine } = session.cell
    const outer = session.open("outer", { nodeKind: "directory", ephemeral: true })
    const inner = session.open("outer/inner", { nodeKind: "directory", ephemeral: true })
    session.open("outer/inner/file")
    session.call({ kind: "close", handle: outer })
    session.call({ kind: "close", handle: inner })
    expect(machine.nodeCount).toBe(foundedNodeCount + 3)
    session.call({ kind: "delete", node: at("outer/inner/file") })
    expect(machine.nodeCount).toBe(foundedNodeCount)
    session.cell.checkStore()
  })

  test("is kept by whoever holds its lock, and goes with the lock", () => {
    const session = new CellUnderTest().session()
    const { machine } = session.cell
    const handle = session.open("d", { nodeKind: "directory", ephemeral: true })
    session.call(acquireOf(at("d")))
    session.open("d/file", { ephemeral: true })
    session.call({ kind: "close", handle })
    session.call({ kind: "delete", node: at("d/file") })
    expect(machine.nodeCount).toBe(foundedNodeCount + 1)
    session.call({ kind: "release", node: at("d") })
    expect(machine.nodeCount).toBe(foundedNodeCount)
    session.cell.checkStore()
  })
})

describe("ReadDir", () => {
  test("lists children in order of code units, page by page", () => {
    const cell = new CellUnderTest()
    const names = ["b", "a", "B", "\u{1F511}", "\uffee", "é", "aa", "10", "9"]
    cell.outside(openOf("d", { nodeKind: "directory" }))
    for (const name of names) cell.outside(set(`d/${name}`, name))
    const listed: string[] = []
    let more = true
    while (more) {
      const afterName = listed.at(-1) ?? ""
      const page = answered(cell.read(listOf("d", { afterName, pageSize: 2 })), "readDir")
      expect(page.stat.childCount).toBe(names.length)
      listed.push(...page.entries.map(({ name }) => name))
      more = page.more
    }
    expect(listed).toEqual(["10", "9", "B", "a", "aa", "b", "é", "\u{1F511}", "\uffee"])
  })

  test("goes on after a name that is gone, and sees what came between two pages", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("d", { nodeKind: "directory" }))
    for (const name of ["a", "b", "c"]) cell.outside(set(`d/${name}`, name))
    const list = (afterName: string): string[] =>
      answered(cell.read(listOf("d", { afterName })), "readDir").entries.map((one) => one.name)
    expect(list("a")).toEqual(["b", "c"])
    cell.outside(remove("d/b"))
    expect(list("a")).toEqual(["c"])
    cell.outside(set("d/bb", "x"))
    expect(list("b")).toEqual(["bb", "c"])
    expect(list("z")).toEqual([])
  })

  test("of a file is refused, as contents of a directory are", () => {
    const cell = new CellUnderTest()
    cell.outside(set("a", "x"))
    expect(codeOf(cell.read(listOf("a")))).toBe("NOT_A_DIRECTORY")
    expect(codeOf(cell.read({ kind: "getContentsAndStat", node: at("") }))).toBe("NOT_A_FILE")
  })
})

test("what a file holds is not changed by whoever reuses the bytes of its batch", () => {
  const { machine } = new CellUnderTest()
  for (const text of ["made", "written"]) {
    const operation = { kind: "setContents", node: at("a"), contents: bytesOf(text) } as const
    const batch = encodeBatch([outsideOf(operation)])
    machine.apply(machine.appliedThrough + 1, batch)
    batch.fill(0)
    const found = machine.read({ kind: "getContentsAndStat", node: at("a") }, readerOf())
    expect(answered(found, "getContentsAndStat").contents).toEqual(bytesOf(text))
  }
})
