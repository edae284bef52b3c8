import { describe, expect, test } from "vitest"
import type { AclChange } from "../../../src/contract/acl.ts"
import type { HandleMode, Outcome } from "../../../src/contract/requests.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { CellUnderTest, acquireOf, answered, at, by, bytesOf, codeOf, listOf, openOf } from "./cell-under-test.ts"
import { tryAcquireOf } from "./cell-under-test.ts"

function set(path: string, contents: string): MutatingOperation {
  return { kind: "setContents", node: at(path), contents: bytesOf(contents) }
}

function setAcl(path: string, acl: AclChange, ifAclGeneration?: number): MutatingOperation {
  return { kind: "setAcl", node: at(path), acl, ifAclGeneration }
}

function detailOf(outcome: Outcome | undefined): string {
  return outcome?.kind === "refused" ? outcome.detail : ""
}

/** With a list that alice and bob are on, and a directory that only they may write. */
function teamCell(): CellUnderTest {
  const cell = new CellUnderTest()
  answered(cell.outside(set("acl/team", "alice\nbob # since spring\n"), "root"), "setContents")
  answered(cell.outside(openOf("d", { nodeKind: "directory", acl: { write: "team" } }), "root"), "open")
  return cell
}

describe("a cell that has just been founded", () => {
  const cell = new CellUnderTest()
  const aclOf = (path: string): unknown => answered(cell.read({ kind: "getStat", node: at(path) }), "getStat").stat.acl

  test("is everybody's to read and write, and its administrators' to give rights in", () => {
    expect(aclOf("")).toEqual({ read: "anyone", write: "anyone", changeAcl: "administrators" })
    expect(codeOf(cell.outside(setAcl("", { read: "nobody" })))).toBe("PERMISSION_DENIED")
  })

  test("has a directory of ACLs that everybody may read and its administrators write, with the list of these", () => {
    const expected = { read: "anyone", write: "administrators", changeAcl: "administrators" }
    expect(aclOf("acl")).toEqual(expected)
    expect(aclOf("acl/administrators")).toEqual(expected)
    expect(cell.contentsOf("acl/administrators")).toBe("root\n")
    expect(codeOf(cell.outside(set("acl/team", "mallory")))).toBe("PERMISSION_DENIED")
    expect(codeOf(cell.outside(set("acl/administrators", "mallory")))).toBe("PERMISSION_DENIED")
    expect(codeOf(cell.outside({ kind: "delete", node: at("acl/administrators") }))).toBe("PERMISSION_DENIED")
    cell.checkStore()
  })

  test("is not founded twice", () => {
    const before = cell.machine.digest
    const signingSeeds = [new Uint8Array(32), new Uint8Array(32)]
    const founded = { handleKey: new Uint8Array(16), signingSeeds, administrators: ["mallory"] }
    expect(cell.apply({ kind: "foundCell", ...founded }).changes).toEqual([])
    expect(cell.machine.digest).not.toBe(before)
    expect(cell.contentsOf("acl/administrators")).toBe("root\n")
  })
})

describe("an ACL", () => {
  test("is inherited from the directory, except for the names that Open gives", () => {
    const cell = teamCell()
    const stat = answered(cell.outside(openOf("d/a", { acl: { read: "team" } }), "alice"), "open").stat
    expect(stat.acl).toEqual({ read: "team", write: "team", changeAcl: "administrators" })
    cell.outside(setAcl("d", { write: "anyone" }), "root")
    const found = cell.read({ kind: "getStat", node: at("d/a") }, "alice")
    expect(answered(found, "getStat").stat.acl.write).toBe("team")
  })

  test("decides who reads, who writes and who takes the lock, in either mode", () => {
    const cell = teamCell()
    cell.outside(set("d/a", "x"), "alice")
    const carol = cell.session("carol", "carol")
    expect(carol.read({ kind: "getStat", node: at("d/a") }).kind).toBe("getStat")
    for (const operation of [
      set("d/a", "y"),
      acquireOf(at("d/a")),
      tryAcquireOf(at("d/a"), "shared"),
      acquireOf(at("d/new")),
      set("d/new", "x"),
      { kind: "delete", node: at("d/a") } as const,
      openOf("d/a"),
    ]) {
      expect(codeOf(carol.call(operation)), operation.kind).toBe("PERMISSION_DENIED")
    }
    answered(cell.session("bob", "bob").call(acquireOf(at("d/a"))), "acquire")
  })

  test("that names a list nobody has written is nobody's, save the administrators'", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("a", { acl: { read: "nobody" } }), "root")
    expect(codeOf(cell.read({ kind: "getStat", node: at("a") }))).toBe("PERMISSION_DENIED")
    answered(cell.read({ kind: "getStat", node: at("a") }, "root"), "getStat")
  })

  test("holds as its list is now: a name taken off it may no more, after a restart neither", () => {
    const cell = teamCell()
    answered(cell.outside(set("d/a", "x"), "bob"), "setContents")
    cell.outside(set("acl/team", "alice"), "root")
    expect(codeOf(cell.outside(set("d/a", "y"), "bob"))).toBe("PERMISSION_DENIED")
    cell.restart()
    expect(codeOf(cell.outside(set("d/a", "y"), "bob"))).toBe("PERMISSION_DENIED")
    answered(cell.outside(set("d/a", "y"), "alice"), "setContents")
  })

  test("of the directory must let one write who deletes in it, though by handle", () => {
    const cell = teamCell()
    cell.outside(openOf("d/a", { acl: { write: "anyone" } }), "alice")
    const carol = cell.session("carol", "carol")
    const node = by(carol.open("d/a"))
    answered(carol.call({ kind: "setContents", node, contents: bytesOf("mine to write") }), "setContents")
    expect(codeOf(carol.call({ kind: "delete", node }))).toBe("PERMISSION_DENIED")
    expect(codeOf(carol.call({ kind: "delete", node: at("d/a") }))).toBe("PERMISSION_DENIED")
  })

  test("gives nobody a node that its maker could not use as asked", () => {
    const cell = new CellUnderTest()
    const unusable = openOf("a", { acl: { write: "administrators" } })
    expect(codeOf(cell.outside(unusable))).toBe("PERMISSION_DENIED")
    expect(codeOf(cell.read({ kind: "getStat", node: at("a") }))).toBe("NODE_NOT_FOUND")
    answered(cell.outside({ ...unusable, mode: "read" }), "open")
  })

  test("on the way to a node doesn't matter, but what is missing is told only to those who may look", () => {
    const cell = teamCell()
    cell.outside(openOf("d/e", { nodeKind: "directory" }), "alice")
    cell.outside(set("d/e/a", "x"), "alice")
    cell.outside(setAcl("d/e", { read: "team" }), "root")
    answered(cell.read({ kind: "getStat", node: at("d/e/a") }, "carol"), "getStat")
    expect(codeOf(cell.read({ kind: "getStat", node: at("d/e/missing") }, "carol"))).toBe("PERMISSION_DENIED")
    expect(codeOf(cell.read({ kind: "getStat", node: at("d/e/missing/b") }, "carol"))).toBe("PERMISSION_DENIED")
    expect(codeOf(cell.read({ kind: "getStat", node: at("d/e/missing") }, "alice"))).toBe("NODE_NOT_FOUND")
    expect(codeOf(cell.read(listOf("d/e"), "carol"))).toBe("PERMISSION_DENIED")
  })
})

test("below what one may not read, there is no telling what is there from what is missing", () => {
  const cell = teamCell()
  for (const path of ["d/e", "d/e/f"]) cell.outside(openOf(path, { nodeKind: "directory" }), "alice")
  cell.outside(set("d/e/f/a", "x"), "alice")
  for (const path of ["d/e", "d/e/f", "d/e/f/a"]) cell.outside(setAcl(path, { read: "team" }), "root")
  const paths = ["d/e", "d/e/f", "d/e/f/a", "d/e/f/missing", "d/e/missing", "d/e/missing/b", "d/e/f/a/b"]
  const asked = paths.flatMap((path) => [
    cell.read({ kind: "getStat", node: at(path) }, "carol"),
    cell.outside({ kind: "delete", node: at(path) }, "carol"),
    cell.outside(openOf(path, { create: "mustCreate" }), "carol"),
  ])
  const [first] = asked
  expect(codeOf(first)).toBe("PERMISSION_DENIED")
  for (const outcome of asked) expect(outcome).toEqual(first)
})

test("a listing does not give away the contents of children that the caller may not read", () => {
  const cell = teamCell()
  cell.outside(set("d/a", "secret"), "alice")
  cell.outside(setAcl("d/a", { read: "team" }), "root")
  const statFor = (principal: string): unknown =>
    answered(cell.read(listOf("d"), principal), "readDir").entries[0]?.stat
  expect(statFor("carol")).toMatchObject({ kind: "file", acl: { read: "team" }, checksum: "", size: 0 })
  expect(statFor("alice")).toMatchObject({ checksum: expect.stringMatching(/^[0-9a-f]{16}$/) as string, size: 6 })
})

describe("a handle", () => {
  test("is given for what its opener may do, and stays good when the ACL changes", () => {
    const cell = teamCell()
    const alice = cell.session("alice", "alice")
    const node = by(alice.open("d/a"))
    cell.outside(setAcl("d/a", { read: "nobody", write: "nobody" }), "root")
    answered(alice.call({ kind: "setContents", node, contents: bytesOf("still") }), "setContents")
    expect(codeOf(alice.call(set("d/a", "x")))).toBe("PERMISSION_DENIED")
    expect(codeOf(alice.call(openOf("d/a", { mode: "read" })))).toBe("PERMISSION_DENIED")
  })

  test("for writing doesn't change the ACL, and one for changing the ACL doesn't write", () => {
    const cell = new CellUnderTest()
    const root = cell.session("root", "root")
    const [writing, changing] = [by(root.open("a")), by(root.open("a", { mode: "changeAcl" }))]
    expect(codeOf(root.call({ kind: "setAcl", node: writing, acl: {} }))).toBe("PERMISSION_DENIED")
    expect(codeOf(root.call({ kind: "setContents", node: changing, contents: bytesOf("x") }))).toBe("PERMISSION_DENIED")
    answered(root.call({ kind: "setAcl", node: changing, acl: { read: "team" } }), "setAcl")
    answered(root.read({ kind: "getStat", node: changing }), "getStat")
  })
})

describe("a handle of no session", () => {
  test("is of no use to whoever may not open the node: nothing else says whose it is", () => {
    const cell = teamCell()
    const { handle } = answered(cell.outside(openOf("d/a"), "alice"), "open")
    const write = { kind: "setContents", node: by(handle), contents: bytesOf("x") } as const
    expect(codeOf(cell.outside(write, "carol"))).toBe("PERMISSION_DENIED")
    answered(cell.outside(write, "bob"), "setContents")
  })
})

describe("SetAcl", () => {
  test("changes the names given, raises the ACL generation and is told", () => {
    const cell = new CellUnderTest()
    const before = answered(cell.outside(openOf("a")), "open").stat
    expect(before.aclGeneration).toBe(1)
    const after = answered(cell.outside(setAcl("a", { write: "team" }, 1), "root"), "setAcl").stat
    expect(after).toMatchObject({ aclGeneration: 2, contentGeneration: 1, commitIndex: cell.machine.appliedThrough })
    expect(after.acl).toEqual({ ...before.acl, write: "team" })
    expect(codeOf(cell.outside(setAcl("a", { write: "anyone" }, 1), "root"))).toBe("GENERATION_MISMATCH")
    cell.checkStore()
  })

  test("needs the right to change the ACL, which the right to write is not", () => {
    const cell = teamCell()
    cell.outside(set("d/a", "x"), "alice")
    expect(codeOf(cell.outside(setAcl("d/a", { read: "team" }), "alice"))).toBe("PERMISSION_DENIED")
    cell.outside(setAcl("d/a", { changeAcl: "team", write: "nobody" }), "root")
    answered(cell.outside(setAcl("d/a", { write: "team" }), "bob"), "setAcl")
  })
})

describe("CheckAccess", () => {
  const cell = teamCell()
  cell.outside(openOf("secret", { acl: { read: "nobody" } }), "root")
  const check = (path: string, right: HandleMode, principal: string, asker = "anonymous"): Outcome =>
    cell.read({ kind: "checkAccess", path: `/ls/local/${path}`, right, principal }, asker)

  test("says whether, and why", () => {
    expect(check("d", "write", "alice")).toEqual({
      kind: "checkAccess",
      allowed: true,
      reason: '"alice" may write /ls/test/d: its list for writing, /ls/test/acl/team, names them.',
    })
    expect(check("d", "read", "zoe")).toMatchObject({
      reason: '"zoe" may read /ls/test/d: its list for reading, "anyone", is everybody.',
    })
    expect(check("d", "write", "root")).toMatchObject({
      reason: '"root" may write /ls/test/d: the list /ls/test/acl/administrators names them.',
    })
    expect(check("d", "write", "zoe")).toEqual({
      kind: "checkAccess",
      allowed: false,
      reason: '"zoe" may not write /ls/test/d: its list for writing, /ls/test/acl/team, does not name them.',
    })
    expect(check("secret", "write", "zoe", "root")).toMatchObject({
      reason: '"zoe" may not write /ls/test/secret: its list for reading, /ls/test/acl/nobody, does not exist.',
    })
  })

  test("says what a refusal says", () => {
    const refused = cell.outside(set("d/new", "x"), "zoe")
    expect(detailOf(refused)).toBe((check("d", "write", "zoe") as { readonly reason: string }).reason)
  })

  test("does not tell who is on a list to those who may not read the list, save about themselves", () => {
    const secretive = teamCell()
    secretive.outside(setAcl("acl/team", { read: "administrators" }), "root")
    const ask = (principal: string, asker: string): Outcome =>
      secretive.read({ kind: "checkAccess", path: "/ls/local/d", right: "write", principal }, asker)
    expect(codeOf(ask("alice", "zoe"))).toBe("PERMISSION_DENIED")
    expect(ask("zoe", "zoe")).toMatchObject({ allowed: false })
    expect(ask("alice", "root")).toMatchObject({ allowed: true })
  })

  test("is answered to those who may read the node, of nodes that are there", () => {
    expect(codeOf(check("secret", "read", "zoe", "zoe"))).toBe("PERMISSION_DENIED")
    expect(codeOf(check("missing", "read", "zoe"))).toBe("NODE_NOT_FOUND")
  })
})

test("who may be told of a path is decided by the node there, or by the nearest above", () => {
  const { machine } = teamCell()
  const cell = teamCell()
  cell.outside(setAcl("d", { read: "team" }), "root")
  expect(machine.mayRead("carol", "/ls/test/d/gone")).toBe(true)
  expect(cell.machine.mayRead("carol", "/ls/test/d/gone/too")).toBe(false)
  expect(cell.machine.mayRead("carol", "/ls/test/d")).toBe(false)
  expect(cell.machine.mayRead("alice", "/ls/test/d/gone")).toBe(true)
  expect(cell.machine.mayRead("carol", "/ls/test/gone")).toBe(true)
  expect(cell.machine.mayRead("root", "nonsense")).toBe(false)
})

test("a recursive listing leaves out what may not be read, with what is below, wherever it begins", () => {
  const cell = new CellUnderTest()
  for (const path of ["d", "d/e"]) cell.outside(openOf(path, { nodeKind: "directory" }))
  for (const path of ["d/a", "d/e/a", "d/f"]) cell.outside(set(path, "x"))
  cell.outside(setAcl("d/e", { read: "nobody" }), "root")
  const list = (principal: string, afterName: string): string[] =>
    answered(cell.read(listOf("d", { recursive: true, afterName }), principal), "readDir").entries.map(
      ({ name }) => name,
    )
  expect(list("root", "")).toEqual(["a", "e", "e/a", "f"])
  expect(list("carol", "")).toEqual(["a", "f"])
  expect(list("root", "e")).toEqual(["e/a", "f"])
  expect(list("carol", "e")).toEqual(["f"])
  expect(list("carol", "e/0")).toEqual(["f"])
  expect(list("root", "e/b/c")).toEqual(["f"])
})
