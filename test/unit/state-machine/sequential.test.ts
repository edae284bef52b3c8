import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { Command } from "../../../src/state-machine/commands.ts"
import { CellUnderTest, answered, at, codeOf, listOf, openOf, outsideOf } from "./cell-under-test.ts"

function namesIn(cell: CellUnderTest, path: string): string[] {
  return answered(cell.read(listOf(path)), "readDir").entries.map(({ name }) => name)
}

describe("a sequential name", () => {
  test("has ten digits, which grow with every child of the directory that gets one", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("d", { nodeKind: "directory" }))
    for (const stem of ["job-", "job-", "other-", "job-"]) cell.outside(openOf(`d/${stem}`, { sequential: true }))
    expect(namesIn(cell, "d")).toEqual(["job-0000000001", "job-0000000002", "job-0000000004", "other-0000000003"])
    cell.checkStore()
  })

  test("is never given twice, though its node is gone and the cell restarted", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("d", { nodeKind: "directory" }))
    cell.outside(openOf("d/q", { sequential: true }))
    cell.outside({ kind: "delete", node: at("d/q0000000001") })
    cell.restart()
    expect(answered(cell.outside(openOf("d/q", { sequential: true })), "open")).toMatchObject({
      created: true,
      stat: { path: "/ls/test/d/q0000000002" },
    })
  })

  test("goes past names that somebody took by hand", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("q0000000001"))
    cell.outside(openOf("q0000000002"))
    expect(answered(cell.outside(openOf("q", { sequential: true })), "open").stat.path).toBe("/ls/test/q0000000003")
    expect(answered(cell.outside(openOf("q", { sequential: true })), "open").stat.path).toBe("/ls/test/q0000000004")
  })

  test("is searched for behind a thousand names that were taken by hand, and no farther", () => {
    const cell = new CellUnderTest()
    const take = (number: number): Command => outsideOf(openOf(`q${String(number).padStart(10, "0")}`))
    cell.apply(...Array.from({ length: 1_001 }, (_, index) => take(index + 1)))
    expect(codeOf(cell.outside(openOf("q", { sequential: true })))).toBe("NODE_EXISTS")
    cell.outside({ kind: "delete", node: at("q0000001001") })
    expect(answered(cell.outside(openOf("q", { sequential: true })), "open").stat.path).toBe("/ls/test/q0000001001")
  })

  test("is refused to what must exist, to the root, below a file, and when it would be too long", () => {
    const cell = new CellUnderTest()
    cell.outside(openOf("file"))
    const open = (path: string): string => codeOf(cell.outside(openOf(path, { sequential: true })))
    expect(codeOf(cell.outside(openOf("q", { sequential: true, create: "mustExist" })))).toBe("INVALID_ARGUMENT")
    expect(codeOf(cell.outside({ ...openOf("", { sequential: true }), path: "/ls/local" }))).toBe("INVALID_ARGUMENT")
    expect(open("file/q")).toBe("NOT_A_DIRECTORY")
    expect(open("missing/q")).toBe("NODE_NOT_FOUND")
    expect(open("x".repeat(limits.nameBytesMax - 9))).toBe("INVALID_PATH")
    answered(cell.outside(openOf("x".repeat(limits.nameBytesMax - 10), { sequential: true })), "open")
  })

  test("may be that of an ephemeral node or of a directory", () => {
    const session = new CellUnderTest().session()
    session.open("job-", { sequential: true, ephemeral: true })
    session.open("dir-", { sequential: true, nodeKind: "directory" })
    expect(namesIn(session.cell, "")).toEqual(["acl", "dir-0000000002", "job-0000000001"])
    session.call({ kind: "closeSession" })
    expect(namesIn(session.cell, "")).toEqual(["acl", "dir-0000000002"])
  })
})
