/** ETags, and the conditions that are made of them. */
import { describe, expect, test } from "vitest"
import { conditionOf, etagOf, isListed } from "../../../../src/server/http/etag.ts"

const version = { instance: 17, contentGeneration: 3 }

test("an ETag says which file it is, and which contents of it", () => {
  expect(etagOf(version)).toBe('"17-3"')
  expect(conditionOf(etagOf(version), undefined)).toEqual({ kind: "version", version })
})

describe("a condition", () => {
  test("is made of If-Match or of If-None-Match", () => {
    expect(conditionOf(undefined, undefined)).toEqual({ kind: "none" })
    expect(conditionOf("*", undefined)).toEqual({ kind: "exists" })
    expect(conditionOf(undefined, "*")).toEqual({ kind: "missing" })
  })

  test.each([
    ['"17-3"', "*"],
    ['"1-1", "2-2"', undefined],
    ['W/"17-3"', undefined],
    ["17-3", undefined],
    ['"17-x"', undefined],
    ['"0-1"', undefined],
    ["", undefined],
    [undefined, '"17-3"'],
  ])("is not made of If-Match %s and If-None-Match %s", (ifMatch, ifNoneMatch) => {
    expect(() => conditionOf(ifMatch, ifNoneMatch)).toThrow(
      expect.objectContaining({ refusal: expect.objectContaining({ code: "INVALID_ARGUMENT" }) as unknown }),
    )
  })
})

test("a list of ETags names those that are in it", () => {
  expect(isListed('"1-1", W/"17-3"', '"17-3"')).toBe(true)
  expect(isListed(" * ", '"17-3"')).toBe(true)
  expect(isListed('"17-30","7-3"', '"17-3"')).toBe(false)
  expect(isListed("", '"17-3"')).toBe(false)
})
