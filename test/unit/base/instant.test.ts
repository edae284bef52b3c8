import fc from "fast-check"
import { expect, test } from "vitest"
import { AssertionError } from "../../../src/base/assert.ts"
import { after, lengthened, never, shortened } from "../../../src/base/instant.ts"

test("no span leads beyond never", () => {
  expect(after(5, 7)).toBe(12)
  expect(after(never, 1)).toBe(never)
  expect(after(1, Number.MAX_SAFE_INTEGER)).toBe(never)
})

test("a span is not negative", () => {
  expect(() => after(5, -1)).toThrow(AssertionError)
})

test("who holds by its own clock stops before who granted by its own clock goes on", () => {
  // A clock that is slower by the bound shows span * (1 - bound) while the other shows span; a faster one, span * (1 + bound).
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(100), (span, driftPerMille) => {
      expect(shortened(span, driftPerMille) * 1000).toBeLessThanOrEqual(span * (1000 - driftPerMille))
      expect(lengthened(span, driftPerMille) * 1000).toBeGreaterThanOrEqual(span * (1000 + driftPerMille))
    }),
  )
})

test("spans are whole milliseconds, rounded to the safe side", () => {
  expect(lengthened(1, 10)).toBe(2)
  expect(shortened(1, 10)).toBe(0)
  expect(lengthened(1000, 10)).toBe(1010)
  expect(shortened(1000, 10)).toBe(990)
})
