import { describe, expect, test } from "vitest"
import { CellUnderTest, acquireOf, answered, at, by, bytesOf } from "./cell-under-test.ts"

describe("a lock", () => {
  test("is advisory: while it is held, anybody reads and writes the file", () => {
    const cell = new CellUnderTest()
    const alice = cell.session("alice")
    answered(alice.call(acquireOf(at("a"))), "acquire")
    answered(
      cell.session("bob").call({ kind: "setContents", node: at("a"), contents: bytesOf("bob's") }),
      "setContents",
    )
    answered(cell.outside({ kind: "setContents", node: at("a"), contents: bytesOf("a stranger's") }), "setContents")
    expect(cell.contentsOf("a")).toBe("a stranger's")
    expect(cell.lockOf("a").holders).toEqual([alice.sessionId])
  })
})

describe("a handle that was closed", () => {
  test("keeps nothing, and still names its node to the session that opened it", () => {
    const cell = new CellUnderTest()
    const [alice, bob] = [cell.session("alice"), cell.session("bob")]
    const handle = alice.open("a")
    answered(alice.call(acquireOf(by(handle))), "acquire")
    answered(alice.call({ kind: "close", handle }), "close")
    expect(cell.lockOf("a").holders).toEqual([])
    answered(alice.read({ kind: "getStat", node: by(handle) }), "getStat")
    expect(bob.read({ kind: "getStat", node: by(handle) })).toMatchObject({ code: "HANDLE_INVALID" })
  })
})

describe("GetContentsAndStat", () => {
  test("tells contents and facts of one moment, whatever is written between two calls", () => {
    const cell = new CellUnderTest()
    const known = new Map<string, string>()
    for (let round = 1; round <= 20; round += 1) {
      const contents = "x".repeat(round)
      const { stat } = answered(
        cell.outside({ kind: "setContents", node: at("a"), contents: bytesOf(contents) }),
        "setContents",
      )
      known.set(contents, stat.checksum)
      const read = answered(cell.read({ kind: "getContentsAndStat", node: at("a") }), "getContentsAndStat")
      expect(read.stat).toMatchObject({ size: read.contents.length, contentGeneration: round })
      expect(known.get(new TextDecoder().decode(read.contents))).toBe(read.stat.checksum)
    }
  })
})
