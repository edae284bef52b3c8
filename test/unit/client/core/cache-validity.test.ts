import { describe, expect, test } from "vitest"
import { CacheValidity, type CacheLeaseGrant } from "../../../../src/client/core/cache-validity.ts"

const driftPerMille = 10

function granted(changes: Partial<CacheLeaseGrant> = {}): CacheValidity {
  const validity = new CacheValidity(driftPerMille)
  validity.extend({ sentAt: 100, parkedMs: 0, sessionLeaseMs: 12_000, cacheLeaseMs: 5_000, ...changes })
  return validity
}

describe("a cache", () => {
  test("is of no use before a lease was granted", () => {
    expect(new CacheValidity(driftPerMille).isUsable(1)).toBe(false)
  })

  test("may be used for the lease counted from the sending and shortened by the drift, to the millisecond", () => {
    const validity = granted()
    expect(validity.isUsable(100 + 4_949)).toBe(true)
    expect(validity.isUsable(100 + 4_950)).toBe(false)
  })

  test("may be used for the time that the master held the call as well", () => {
    const validity = granted({ parkedMs: 2_000 })
    expect([validity.isUsable(100 + 6_929), validity.isUsable(100 + 6_930)]).toEqual([true, false])
  })

  test("is never used for longer than its session is safe", () => {
    const validity = granted({ sessionLeaseMs: 1_000 })
    expect([validity.isUsable(100 + 989), validity.isUsable(100 + 990)]).toEqual([true, false])
  })

  test("that has lapsed is good again with the next grant, and no late grant shortens it", () => {
    const validity = granted()
    expect(validity.isUsable(9_000)).toBe(false)
    validity.extend({ sentAt: 8_000, parkedMs: 0, sessionLeaseMs: 12_000, cacheLeaseMs: 5_000 })
    validity.extend({ sentAt: 200, parkedMs: 0, sessionLeaseMs: 12_000, cacheLeaseMs: 5_000 })
    expect(validity.isUsable(9_000)).toBe(true)
  })

  test("is not kept usable by a grant of nothing", () => {
    const validity = new CacheValidity(driftPerMille)
    validity.extend({ sentAt: 100, parkedMs: 1_000, sessionLeaseMs: 12_000, cacheLeaseMs: 0 })
    expect(validity.isUsable(1_100)).toBe(false)
  })

  test("is frozen from the first word of another master until it is thawed, whatever is granted meanwhile", () => {
    const validity = granted()
    validity.freeze()
    validity.extend({ sentAt: 300, parkedMs: 0, sessionLeaseMs: 12_000, cacheLeaseMs: 5_000 })
    expect(validity.isUsable(400)).toBe(false)
    validity.thaw()
    expect(validity.isUsable(400)).toBe(true)
  })

  test("ends with its session for good", () => {
    const validity = granted()
    validity.end()
    validity.thaw()
    validity.extend({ sentAt: 300, parkedMs: 0, sessionLeaseMs: 12_000, cacheLeaseMs: 5_000 })
    expect(validity.isUsable(400)).toBe(false)
  })
})
