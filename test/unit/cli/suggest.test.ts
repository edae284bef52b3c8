import { describe, expect, test } from "vitest"
import { suggest } from "../../../src/cli/suggest.ts"

describe("a suggestion", () => {
  const known = ["status", "stat", "set", "lock", "--replicas"]

  test.each([
    ["statsu", "status"],
    ["sett", "set"],
    ["lokc", "lock"],
    ["--replica", "--replicas"],
  ])("for %s is %s", (typed, meant) => {
    expect(suggest(typed, known)).toBe(meant)
  })

  test("is not made when nothing is near", () => {
    expect(suggest("frobnicate", known)).toBeUndefined()
    expect(suggest("", known)).toBeUndefined()
    expect(suggest("x", [])).toBeUndefined()
  })
})
