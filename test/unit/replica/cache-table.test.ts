import { beforeEach, describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import { CacheTable } from "../../../src/replica/cache-table.ts"

let table: CacheTable

beforeEach(() => {
  table = new CacheTable()
})

describe("the table of caches", () => {
  test("says once who has what", () => {
    table.register("a", 1)
    table.register("b", 1)
    table.register("a", 2)
    expect(table.take(["a", "b", "c"])).toEqual(
      new Map([
        [1, ["a", "b"]],
        [2, ["a"]],
      ]),
    )
    expect(table.take(["a", "b", "c"])).toEqual(new Map())
    expect([table.keyCountOf(1), table.keyCountOf(2)]).toEqual([0, 0])
  })

  test("counts a key once, however often it is read", () => {
    expect([table.register("a", 1), table.register("a", 1)]).toEqual([true, true])
    expect(table.keyCountOf(1)).toBe(1)
  })

  test("forgets a session that has ended", () => {
    table.register("a", 1)
    table.register("a", 2)
    table.endSession(1)
    expect([...table.take(["a"]).keys()]).toEqual([2])
    expect(table.keyCountOf(1)).toBe(0)
  })

  test("takes no more keys of one session than it is allowed, but knows those it has", () => {
    for (let at = 0; at < limits.cachedKeysPerSessionMax; at += 1) table.register(`key-${String(at)}`, 1)
    expect(table.register("one more", 1)).toBe(false)
    expect(table.register("key-5", 1)).toBe(true)
    expect(table.register("one more", 2)).toBe(true)
  })

  test("takes no more sessions for one key than is allowed", () => {
    for (let sessionId = 1; sessionId <= limits.cachersPerKeyMax; sessionId += 1) table.register("a", sessionId)
    expect(table.register("a", limits.cachersPerKeyMax + 1)).toBe(false)
    expect(table.register("b", limits.cachersPerKeyMax + 1)).toBe(true)
  })
})
