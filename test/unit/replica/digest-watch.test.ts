import { describe, expect, test } from "vitest"
import { DigestWatch } from "../../../src/replica/digest-watch.ts"

function report(slot: number, digest: number): { kind: "digestReport"; slot: number; digest: number } {
  return { kind: "digestReport", slot, digest }
}

describe("a replica", () => {
  test("reports its digest every so many slots", () => {
    const watch = new DigestWatch(4, 2)
    expect([1, 2, 3, 4, 5].map((slot) => watch.note(slot, () => 100 + slot)?.digest)).toEqual([
      undefined,
      undefined,
      undefined,
      104,
      undefined,
    ])
  })

  test("disagrees if its own digest of that slot was another one", () => {
    const watch = new DigestWatch(4, 2)
    watch.note(4, () => 104)
    expect(watch.disagrees({ slot: 4, digest: 104 })).toBe(false)
    expect(watch.disagrees({ slot: 4, digest: 999 })).toBe(true)
  })

  test("does not judge a slot of which it remembers nothing", () => {
    const watch = new DigestWatch(1, 2)
    expect(watch.disagrees({ slot: 4, digest: 999 })).toBe(false)
    for (let slot = 1; slot <= 40; slot += 1) watch.note(slot, () => slot)
    expect(watch.disagrees({ slot: 1, digest: 999 })).toBe(false)
    expect(watch.disagrees({ slot: 40, digest: 999 })).toBe(true)
  })
})

describe("a leader", () => {
  test("attests what a quorum agrees on, once", () => {
    const watch = new DigestWatch(4, 3)
    expect(watch.onReport(1, report(4, 77))).toBeUndefined()
    expect(watch.onReport(2, report(4, 99))).toBeUndefined()
    expect(watch.onReport(3, report(4, 77))).toBeUndefined()
    expect(watch.onReport(4, report(4, 77))).toEqual({ slot: 4, digest: 77 })
    expect(watch.onReport(5, report(4, 77))).toBeUndefined()
  })

  test("does not count one replica twice, nor reports of different slots together", () => {
    const watch = new DigestWatch(4, 2)
    watch.onReport(1, report(4, 77))
    expect(watch.onReport(1, report(4, 77))).toBeUndefined()
    expect(watch.onReport(2, report(8, 77))).toBeUndefined()
  })

  test("forgets old slots", () => {
    const watch = new DigestWatch(4, 2)
    watch.onReport(1, report(4, 77))
    for (let slot = 8; slot <= 80; slot += 4) watch.onReport(1, report(slot, 1))
    expect(watch.onReport(2, report(4, 77))).toBeUndefined()
  })
})
