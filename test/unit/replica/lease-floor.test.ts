import { beforeEach, describe, expect, test } from "vitest"
import { never } from "../../../src/base/instant.ts"
import { limits } from "../../../src/contract/limits.ts"
import { LeaseFloor } from "../../../src/replica/lease-floor.ts"

let floor: LeaseFloor

beforeEach(() => {
  floor = new LeaseFloor(10)
})

describe("the lease floor", () => {
  test("is no matter while sessions are few", () => {
    expect(floor.next(10_000, 0, 1)).toBeUndefined()
    expect(floor.granted(12_000, 10_000, 0)).toBe(12_000)
    expect(floor.nextAt()).toBe(never)
  })

  test("is raised so that KeepAlives stay below their rate, and up to its bound", () => {
    for (const sessionCount of [15_000, 30_000, 50_000]) {
      const leaseMs = new LeaseFloor(10).next(sessionCount, 0, 1) ?? 0
      expect((2 * sessionCount * 1_000) / leaseMs).toBeLessThanOrEqual(1_700)
    }
    expect(floor.next(200_000, 0, 1)).toBe(limits.sessionLeaseMsUnderLoadMax)
  })

  test("is proposed once, and nothing longer is granted before it is in the log", () => {
    expect(floor.next(20_000, 0, 1)).toBe(24_000)
    expect(floor.next(20_000, 0, 2)).toBeUndefined()
    expect(floor.granted(12_000, 20_000, 0)).toBe(12_000)
    expect(floor.granted(12_000, 20_000, 24_000)).toBe(24_000)
    expect(floor.next(20_000, 24_000, 3)).toBeUndefined()
  })

  test("shortens no lease that was asked for", () => {
    expect(floor.granted(600_000, 20_000, 24_000)).toBe(600_000)
    expect(floor.granted(12_000, 9_000, 24_000)).toBe(12_000)
  })

  test("is lowered only when the last of the long leases is over", () => {
    expect(floor.next(9_000, 24_000, 1_000)).toBeUndefined()
    expect(floor.nextAt()).toBe(1_000 + 24_240)
    expect(floor.next(9_000, 24_000, 25_239)).toBeUndefined()
    expect(floor.next(9_000, 24_000, 25_240)).toBe(0)
    expect(floor.nextAt()).toBe(never)
  })

  test("is not lowered below what was granted in the meantime", () => {
    floor.next(9_000, 24_000, 1_000)
    expect(floor.next(15_000, 24_000, 10_000)).toBeUndefined()
    expect(floor.next(9_000, 24_000, 25_240)).toBeUndefined()
    expect(floor.next(9_000, 24_000, 34_240)).toBe(18_000)
  })

  test("is not lowered below what was granted while it was not looked at", () => {
    floor.next(9_000, 24_000, 1_000)
    expect(floor.granted(12_000, 15_000, 24_000)).toBe(18_000)
    expect(floor.next(9_000, 24_000, 10_000)).toBeUndefined()
    expect(floor.next(9_000, 24_000, 25_240)).toBeUndefined()
    expect(floor.next(9_000, 24_000, 34_240)).toBe(0)
  })

  test("is granted by no longer once a lower one stands in the log", () => {
    floor.next(9_000, 24_000, 1_000)
    expect(floor.next(9_000, 24_000, 25_240)).toBe(0)
    expect(floor.granted(12_000, 20_000, 24_000)).toBe(12_000)
    expect(floor.next(20_000, 0, 25_250)).toBe(24_000)
    expect(floor.granted(12_000, 20_000, 24_000)).toBe(24_000)
  })

  test("is not lowered when there are many again", () => {
    floor.next(9_000, 24_000, 1_000)
    expect(floor.next(20_000, 24_000, 10_000)).toBeUndefined()
    expect(floor.nextAt()).toBe(never)
    expect(floor.next(9_000, 24_000, 30_000)).toBeUndefined()
  })
})
