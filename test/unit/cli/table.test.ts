import { expect, test } from "vitest"
import { aligned } from "../../../src/cli/table.ts"

test("columns are as wide as their widest word, and no line ends in spaces", () => {
  const lines = [
    ["id", "name", "more"],
    ["1", "alice", ""],
    ["22", "bob", "x"],
  ]
  expect(aligned(lines)).toBe("id  name   more\n1   alice\n22  bob    x")
})
