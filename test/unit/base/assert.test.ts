import { expect, test } from "vitest"
import { AssertionError, assert, present, unreachable } from "../../../src/base/assert.ts"

test("a claim that holds passes, one that doesn't names itself", () => {
  expect(() => assert(true, "the sky is up")).not.toThrow()
  expect(() => assert(false, "the sky is up")).toThrow(AssertionError)
  expect(() => assert(false, "the sky is up")).toThrow("broken invariant: the sky is up")
})

test("a value that is there is handed through, be it falsy", () => {
  expect(present(0, "a number")).toBe(0)
  expect(() => present(undefined, "a number")).toThrow(AssertionError)
})

test("a case that cannot be is a broken invariant", () => {
  expect(() => unreachable({ kind: "odd" } as never)).toThrow(AssertionError)
})
