import { expect, test } from "vitest"
import { principalsOn } from "../../../src/contract/acl.ts"

test("a list names a principal to a line; blanks and remarks don't count", () => {
  expect(principalsOn("alice\n\n  bob  # on leave\n# nobody else\r\ncarol")).toEqual(["alice", "bob", "carol"])
})

test("an empty list names nobody", () => {
  expect(principalsOn("")).toEqual([])
})
