import { expect, test } from "vitest"
import { AssertionError } from "../../../src/base/assert.ts"
import { siphash } from "../../../src/base/siphash.ts"

const key = Uint8Array.from({ length: 16 }, (_, at) => at)

// The authors' vectors (vectors.h of the reference implementation) for the messages 00, 00 01, 00 01 02, ...
test.each([
  [0, "726fdb47dd0e0e31"],
  [1, "74f839c593dc67fd"],
  [2, "0d6c8009d9a94f5a"],
  [3, "85676696d7fb7e2d"],
  [4, "cf2794e0277187b7"],
  [5, "18765564cd99a68d"],
  [6, "cbc9466e58fee3ce"],
  [7, "ab0200f58b01d137"],
  [8, "93f5f5799a932462"],
  [15, "a129ca6149be45e5"],
])("SipHash-2-4 of %d bytes is as its authors published it", (length, expected) => {
  const message = Uint8Array.from({ length }, (_, at) => at)
  expect(siphash(key, message)).toBe(expected)
})

test("another key gives other check digits", () => {
  expect(siphash(new Uint8Array(16), Uint8Array.of(1))).not.toBe(siphash(key, Uint8Array.of(1)))
})

test("a key of another length is a broken invariant", () => {
  expect(() => siphash(new Uint8Array(15), Uint8Array.of(1))).toThrow(AssertionError)
})
