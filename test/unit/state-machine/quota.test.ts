import { afterEach, describe, expect, test } from "vitest"
import { type Limits, limits } from "../../../src/contract/limits.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { CellUnderTest, acquireOf, answered, at, bytesOf, codeOf, openOf } from "./cell-under-test.ts"

const usual = { ...limits }

/** Limits that a test can reach. */
function lower(lowered: Partial<Limits>): void {
  Object.assign(limits, lowered)
}

afterEach(() => {
  Object.assign(limits, usual)
})

function set(path: string, contents: string): MutatingOperation {
  return { kind: "setContents", node: at(path), contents: bytesOf(contents) }
}

function refusalOf(outcome: Outcome | undefined): string {
  expect(codeOf(outcome)).toBe("QUOTA_EXCEEDED")
  return outcome?.kind === "refused" ? outcome.detail : ""
}

function cellWith(directory: string): CellUnderTest {
  const cell = new CellUnderTest()
  answered(cell.outside(openOf(directory, { nodeKind: "directory" })), "open")
  return cell
}

describe("below one child of the root", () => {
  test("there is room for so many nodes, itself included, and a refusal says whose limit it is and what is used", () => {
    lower({ subtreeNodesMax: 3 })
    const cell = cellWith("d")
    cell.outside(set("d/a", ""))
    cell.outside(openOf("d/e", { nodeKind: "directory" }))
    const refused = refusalOf(cell.outside(set("d/e/b", "")))
    expect(refused).toBe(
      "/ls/test/d takes 3 nodes, and this call 1 more; what lies below one child of the root may take at most 3.",
    )
    expect(refusalOf(cell.session().call(acquireOf(at("d/lock"))))).toBe(refused)
    answered(cell.outside(set("elsewhere", "")), "setContents")
    cell.outside({ kind: "delete", node: at("d/a") })
    answered(cell.outside(set("d/e/b", "")), "setContents")
  })

  test("there is room for so many bytes of names and contents, and less is always welcome", () => {
    lower({ subtreeBytesMax: 10 })
    const cell = cellWith("d")
    answered(cell.outside(set("d/é", "1234567")), "setContents")
    expect(refusalOf(cell.outside(set("d/é", "12345678")))).toContain("/ls/test/d takes 10 bytes, and this call 1 more")
    expect(refusalOf(cell.outside(set("d/b", "")))).toContain("at most 10")
    lower({ subtreeBytesMax: 5 })
    answered(cell.outside(set("d/é", "123456")), "setContents")
    answered(cell.outside(set("d/é", "")), "setContents")
    answered(cell.outside(set("d/b", "x")), "setContents")
    cell.restart()
    expect(refusalOf(cell.outside(set("d/b", "xy")))).toContain("/ls/test/d takes 5 bytes")
  })

  test("a transaction finds as much room as its own steps leave", () => {
    lower({ subtreeNodesMax: 2 })
    const cell = cellWith("d")
    const a = { kind: "setContents", node: at("d/a"), contents: bytesOf("") } as const
    const b = { ...a, node: at("d/b") }
    const transact = (...then: (typeof a | { kind: "delete"; node: typeof a.node })[]): Outcome | undefined =>
      cell.outside({ kind: "transact", guards: [], then, otherwise: [] })
    expect(refusalOf(transact(a, b))).toMatch(/^Step 2 of then: .*takes 2 nodes/)
    answered(transact(a, { kind: "delete", node: a.node }, b), "transact")
  })
})

test("the whole cell holds so many nodes and bytes, whichever child of the root they are below", () => {
  const founded = new CellUnderTest().machine.nodeCount - 1
  lower({ cellNodesMax: founded + 2 })
  const cell = cellWith("d")
  answered(cell.outside(set("a", "x")), "setContents")
  expect(refusalOf(cell.outside(set("b", "")))).toBe(
    `The cell holds ${founded + 2} nodes, and this call 1 more; it may hold at most ${founded + 2}.`,
  )
  lower({ cellBytesMax: 1 })
  expect(refusalOf(cell.outside(set("a", "xy")))).toContain("bytes, and this call 1 more; it may hold at most 1.")
  answered(cell.outside(set("a", "")), "setContents")
  cell.outside({ kind: "delete", node: at("a") })
  lower({ cellBytesMax: 1_000 })
  cell.restart()
  answered(cell.outside(set("b", "")), "setContents")
  expect(codeOf(cell.outside(set("c", "")))).toBe("QUOTA_EXCEEDED")
})

test("a directory has so many children, and a refusal says how many it has", () => {
  lower({ childrenMax: 2 })
  const cell = cellWith("d")
  for (const path of ["d/a", "d/b"]) cell.outside(set(path, ""))
  expect(refusalOf(cell.outside(set("d/c", "")))).toBe("/ls/test/d has 2 children; a directory has at most 2.")
})

test("a session keeps so many ephemeral nodes alive, and none is made that it could not keep", () => {
  lower({ engagementsPerSessionMax: 1 })
  const session = new CellUnderTest().session("alice")
  session.open("a", { ephemeral: true })
  expect(refusalOf(session.call(openOf("b", { ephemeral: true })))).toContain("(alice)")
  expect(codeOf(session.read({ kind: "getStat", node: at("b") }))).toBe("NODE_NOT_FOUND")
  expect(refusalOf(session.call(openOf("a", { create: "mustExist" })))).toContain("the most allowed")
  session.cell.checkStore()
})

test("an ephemeral node is kept open by so many handles, and one more leaves it as it was", () => {
  lower({ opensPerNodeMax: 2 })
  const session = new CellUnderTest().session("alice")
  const first = session.open("a", { ephemeral: true })
  session.open("a")
  expect(refusalOf(session.call(openOf("a")))).toContain("/ls/test/a is kept open by 2 handles")
  session.call({ kind: "close", handle: first })
  session.open("a")
  session.cell.checkStore()
})
