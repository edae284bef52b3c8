import { describe, expect, test } from "vitest"
import { CacheNames, localForm } from "../../../../src/client/core/cache-names.ts"

describe("the names of what is cached", () => {
  test("are one for both names of the cell, once its own is known", () => {
    const names = new CacheNames()
    expect(names.keyOf("/ls/local/a/b")).toBe("/ls/local/a/b")
    expect(names.keyOf("/ls/test/a/b")).toBeUndefined()
    names.learn("/ls/test/anything")
    expect(names.keyOf("/ls/test/a/b")).toBe("/ls/local/a/b")
    expect([names.keyOf("/ls/test"), names.keyOf("/ls/local")]).toEqual(["/ls/local", "/ls/local"])
  })

  test("are none for what names another cell, or no node", () => {
    const names = new CacheNames()
    names.learn("/ls/test")
    const odd = ["/ls/tes/a", "/ls/tests/a", "/ls/localhost/a", "/ls/local/a/", "/ls/local/", "a", ""]
    for (const path of odd) expect([path, names.keyOf(path)]).toEqual([path, undefined])
  })

  test("are spelled with the cell's own name outside, and come back the same", () => {
    const names = new CacheNames()
    expect(names.isKnown).toBe(false)
    for (const key of ["/ls/test", "/ls/test/", "/ls/test/a", "/ls/test/a/b/"]) {
      expect(names.outward(names.inward(key))).toBe(key)
    }
    expect(names.isKnown).toBe(true)
  })

  test("are told from any cell's paths where it is better to touch too much", () => {
    expect(["/ls/test/a", "/ls/local/a/", "/ls/x"].map(localForm)).toEqual(["/ls/local/a", "/ls/local/a/", "/ls/local"])
  })
})
