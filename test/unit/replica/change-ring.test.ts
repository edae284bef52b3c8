import { describe, expect, test } from "vitest"
import type { NodeChange } from "../../../src/contract/changes.ts"
import { ChangeRing } from "../../../src/replica/change-ring.ts"
import type { GuardedChange } from "../../../src/state-machine/changes.ts"

function open(change: NodeChange): GuardedChange {
  return { change, readers: "anyone" }
}

function changed(name: string): GuardedChange {
  return open({ kind: "contentsChanged", path: `/ls/cell/${name}`, instance: 2, contentGeneration: 1 })
}

function created(name: string): GuardedChange {
  return open({ kind: "nodeCreated", path: `/ls/cell/${name}`, instance: 2 })
}

function indexes(ring: ChangeRing, after: number): readonly number[] {
  return [...ring.after(after)].map(({ index }) => index)
}

describe("the ring of changes", () => {
  test("tells those after an index, in order, and all of one slot together", () => {
    const ring = new ChangeRing(10)
    ring.add(11, [changed("a")])
    ring.add(12, [])
    ring.add(13, [changed("b"), changed("c")])
    expect(indexes(ring, 10)).toEqual([11, 13, 13])
    expect(indexes(ring, 11)).toEqual([13, 13])
    expect(indexes(ring, 13)).toEqual([])
    expect(indexes(ring, 99)).toEqual([])
    expect(ring.floor).toBe(10)
  })

  test("drops the oldest, and says from where on it is complete", () => {
    const ring = new ChangeRing(0, 3)
    for (let slot = 1; slot <= 20; slot += 1) ring.add(slot, [changed("a")])
    expect(ring.floor).toBe(17)
    expect(indexes(ring, ring.floor)).toEqual([18, 19, 20])
  })

  test("is not complete for a slot of which it has dropped a part", () => {
    const ring = new ChangeRing(0, 3)
    ring.add(1, [changed("a"), changed("b")])
    ring.add(2, [changed("c"), changed("d")])
    expect(ring.floor).toBe(1)
    expect(indexes(ring, 1)).toEqual([2, 2])
  })

  test("knows nothing of what came before a snapshot", () => {
    const ring = new ChangeRing(0)
    ring.add(1, [changed("a")])
    expect(ring.hasChangedAfter("/ls/cell/a", 0)).toBe(true)
    ring.reset(50)
    expect(ring.floor).toBe(50)
    expect(indexes(ring, 50)).toEqual([])
    ring.add(51, [changed("b")])
    expect([ring.hasChangedAfter("/ls/cell/a", 50), ring.hasChangedAfter("/ls/cell/b", 50)]).toEqual([false, true])
  })
})

describe("whether a key has changed", () => {
  test("is known for the node and the listing it stands in", () => {
    const ring = new ChangeRing(0)
    ring.add(1, [changed("d/a")])
    expect(ring.hasChangedAfter("/ls/cell/d/a", 0)).toBe(true)
    expect(ring.hasChangedAfter("/ls/cell/d/", 0)).toBe(true)
    expect(ring.hasChangedAfter("/ls/cell/d", 0)).toBe(false)
    expect(ring.hasChangedAfter("/ls/cell/d/a", 1)).toBe(false)
  })

  test("is known of the parent too when a child comes or goes", () => {
    const ring = new ChangeRing(0)
    ring.add(1, [created("d/a")])
    for (const key of ["d/a", "d/a/", "d/", "d", ""]) expect(ring.hasChangedAfter(`/ls/cell/${key}`, 0)).toBe(true)
  })

  test("is not said of a lock", () => {
    const ring = new ChangeRing(0)
    ring.add(1, [open({ kind: "lockFreed", path: "/ls/cell/a", instance: 2, lost: false })])
    expect(ring.hasChangedAfter("/ls/cell/a", 0)).toBe(false)
  })

  test("is known of changes that came after the first question, and however many came", () => {
    const ring = new ChangeRing(0, 4)
    expect(ring.hasChangedAfter("/ls/cell/a0", 0)).toBe(false)
    for (let slot = 1; slot <= 100; slot += 1) ring.add(slot, [changed(`a${String(slot)}`)])
    expect(ring.hasChangedAfter("/ls/cell/a100", 96)).toBe(true)
    expect(ring.hasChangedAfter("/ls/cell/a97", 96)).toBe(true)
    expect(ring.hasChangedAfter("/ls/cell/a97", 97)).toBe(false)
  })
})
