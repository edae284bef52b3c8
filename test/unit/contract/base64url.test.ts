import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { fromBase64Url, toBase64Url } from "../../../src/contract/base64url.ts"

describe("base64url", () => {
  test("is what Node makes of the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64Url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString("base64url"))
        expect(fromBase64Url(text)).toEqual(bytes)
      }),
    )
  })

  test("is refused when it is not what the same bytes would be written as", () => {
    const alphabet = fc.constantFrom(..."AQgwZz09-_=+/ \né")
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 8 }), (text) => {
        const bytes = fromBase64Url(text)
        if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(["A", "AA==", "AB", "AAB", "A+", "A/", "A A", "AAAAA"])("%j is refused", (text) => {
    expect(fromBase64Url(text)).toBeUndefined()
  })
})
