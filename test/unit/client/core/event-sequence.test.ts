import { describe, expect, test } from "vitest"
import { EventSequence } from "../../../../src/client/core/event-sequence.ts"

/** Which of the events with these indexes are let through. */
function admitted(sequence: EventSequence, indexes: readonly number[]): number[] {
  return indexes.filter((index) => sequence.admits(index))
}

describe("the events of a subscription", () => {
  test("are all let through while they come in order, several of one index too", () => {
    expect(admitted(new EventSequence(0), [1, 2, 2, 2, 5])).toEqual([1, 2, 2, 2, 5])
  })

  test("up to the index that nobody asked for are not let through", () => {
    expect(admitted(new EventSequence(4), [3, 4, 4, 5])).toEqual([5])
  })

  test("are let through once though a new master tells some again", () => {
    const sequence = new EventSequence(0)
    expect(admitted(sequence, [7, 8, 8])).toEqual([7, 8, 8])
    sequence.beginAnew()
    expect(admitted(sequence, [7, 8, 8, 8, 9])).toEqual([8, 9])
  })

  test("of the very index that was half told are completed", () => {
    const sequence = new EventSequence(0)
    admitted(sequence, [8])
    sequence.beginAnew()
    expect(admitted(sequence, [8, 8])).toEqual([8])
  })

  test("are asked for again from the index before the last, of which there may be more", () => {
    const sequence = new EventSequence(3)
    expect(sequence.resumesAfter).toBe(3)
    admitted(sequence, [7, 8])
    expect(sequence.resumesAfter).toBe(7)
    sequence.skipThrough(20)
    expect(sequence.resumesAfter).toBe(20)
    sequence.skipThrough(5)
    expect(admitted(sequence, [19, 20, 21])).toEqual([21])
  })
})
