import { describe, expect, test } from "vitest"

import { PaxosCell, type CellOptions } from "../../support/paxos-cell.ts"

/** Replica 1 leads, and the first slot has shown that 2 and 3 answer soonest. */
function reigning(options: CellOptions = {}): PaxosCell {
  const cell = new PaxosCell({ replicas: 5, ...options })
  cell.elect(1)
  propose(cell)
  cell.settle()
  cell.beat(1)
  return cell
}

/** In which thousands of slots may be held back. */
const wide = { settings: { windowSlots: 10_000, retainedSlots: 1_000 } }

function propose(cell: PaxosCell): number {
  return cell.propose(1, `value ${String(cell.chosen.size)}`)
}

/** To whom accepts are on their way, and for which slots. */
function asked(cell: PaxosCell): (readonly [to: number, slot: number])[] {
  return cell.inFlight.flatMap(({ to, message }) => (message.kind === "accept" ? [[to, message.slot] as const] : []))
}

/** Slots that are chosen one after the other, before the reserves hear of any. */
function chooseOneByOne(cell: PaxosCell, count: number): void {
  for (let done = 0; done < count; done += 1) {
    propose(cell)
    cell.settle()
  }
}

describe("a leader", () => {
  test("asks everybody for its first slot, and then as many as a quorum needs, who answered soonest", () => {
    const cell = new PaxosCell({ replicas: 5 })
    cell.elect(1)
    propose(cell)
    expect(asked(cell).map(([to]) => to)).toEqual([2, 3, 4, 5])
    cell.deliver(({ to }) => to === 5 || to === 3)
    cell.deliver(({ to }) => to === 1)
    cell.settle()
    propose(cell)
    expect(asked(cell)).toEqual([
      [3, 2],
      [5, 2],
    ])
    cell.settle()
    expect(cell.known(1)).toHaveLength(2)
  })

  test("tells its reserves a moment later, in order, without their having to fetch anything", () => {
    const cell = reigning(wide)
    chooseOneByOne(cell, 5)
    expect(cell.known(1)).toHaveLength(6)
    expect(cell.known(4)).toHaveLength(1)
    const before = cell.now()
    cell.wake(1)
    expect(cell.now() - before).toBeLessThanOrEqual(10)
    expect(asked(cell).filter(([to]) => to === 4)).toEqual([2, 3, 4, 5, 6].map((slot) => [4, slot]))
    cell.settle()
    for (const id of cell.replicas) expect(cell.known(id)).toHaveLength(6)
    expect(cell.saw("fetchBegan")).toBe(false)
  })

  test("is helped by its reserves when one who was asked is gone, and asks another after a few such slots", () => {
    const cell = reigning()
    cell.crash(2)
    for (let slot = 2; slot <= 5; slot += 1) {
      propose(cell)
      cell.settle()
      expect(cell.known(1)).toHaveLength(slot - 1)
      cell.beat(1)
      expect(cell.known(1)).toHaveLength(slot)
    }
    propose(cell)
    expect(asked(cell).map(([to]) => to)).toEqual([3, 4])
    cell.settle()
    expect(cell.known(1)).toHaveLength(6)
    cell.start(2)
    cell.run(500)
    expect(cell.known(2)).toHaveLength(6)
  })

  test("does not ask another because of a single slow answer", () => {
    const cell = reigning()
    propose(cell)
    const late = cell.take(({ to }) => to === 2)
    cell.settle()
    cell.beat(1)
    expect(cell.known(1)).toHaveLength(2)
    for (const flight of late) cell.arrive(flight)
    cell.settle()
    propose(cell)
    expect(asked(cell).map(([to]) => to)).toEqual([2, 3])
  })

  test("asks everybody now and then, and finds out who answers soonest by now", () => {
    const cell = reigning(wide)
    chooseOneByOne(cell, 126)
    expect(propose(cell)).toBe(128)
    // What was held back goes first, or slot 128 would seem to stand alone.
    expect(asked(cell).filter(([to, slot]) => to === 5 && slot > 125)).toEqual([
      [5, 126],
      [5, 127],
      [5, 128],
    ])
    cell.settle(({ from, to }) => from !== 2 && to !== 2)
    cell.settle()
    propose(cell)
    expect(asked(cell).map(([to]) => to)).toEqual([3, 4])
    cell.settle()
    expect(cell.saw("fetchBegan")).toBe(false)
  })

  test("does not hold back more than a part of its window", () => {
    const cell = reigning()
    const large = "x".repeat(3_000)
    cell.propose(1, large)
    expect(asked(cell).map(([to]) => to)).toEqual([2, 3, 4, 5])
    cell.settle()
    for (const value of ["a", "b"]) cell.propose(1, value)
    expect(asked(cell).map(([to]) => to)).toEqual([2, 3, 2, 3])
    cell.propose(1, "c")
    expect(asked(cell).filter(([to]) => to === 4)).toHaveLength(3)
  })

  test("of three has one reserve, which is enough to go on when the other is gone", () => {
    const cell = reigning({ replicas: 3 })
    propose(cell)
    expect(asked(cell).map(([to]) => to)).toEqual([2])
    cell.crash(2)
    cell.settle()
    cell.beat(1)
    expect(cell.known(1)).toHaveLength(2)
  })
})
