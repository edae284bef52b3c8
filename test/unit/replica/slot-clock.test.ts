import { describe, expect, test } from "vitest"
import { SlotClock } from "../../../src/replica/slot-clock.ts"

describe("the age of a slot", () => {
  test("is never overstated, and seldom understated by much", () => {
    const clock = new SlotClock()
    // One slot every 10 ms.
    for (let slot = 1; slot <= 1_000; slot += 1) clock.note(slot, slot * 10)
    for (const slot of [1, 2, 57, 500, 985]) {
      const age = 10_000 - slot * 10
      expect(clock.ageOf(slot, 10_000)).toBeLessThanOrEqual(age)
      expect(clock.ageOf(slot, 10_000)).toBeGreaterThan(age - 100)
    }
  })

  test("of slots before this process is at least that of the process", () => {
    const clock = new SlotClock()
    clock.note(500, 1_000)
    expect(clock.ageOf(3, 6_000)).toBe(5_000)
  })

  test("of what has not been applied is nothing", () => {
    const clock = new SlotClock()
    expect(clock.ageOf(3, 6_000)).toBe(0)
    clock.note(500, 1_000)
    expect(clock.ageOf(501, 2_000)).toBe(0)
  })

  test("is known of the latest slot, though others came right before it and none after", () => {
    const clock = new SlotClock()
    for (let slot = 1; slot <= 50; slot += 1) clock.note(slot, 1_000 + slot)
    expect(clock.ageOf(50, 60_000)).toBe(58_950)
    expect(clock.ageOf(20, 60_000)).toBeGreaterThan(58_900)
  })

  test("is known to about a sixteenth however long ago it was", () => {
    const clock = new SlotClock()
    const end = 200_000
    for (let slot = 1; slot <= end; slot += 1) clock.note(slot, slot * 100)
    for (const slot of [1, 1_000, end / 2, end - 10_000, end - 200, end - 3]) {
      const age = (end - slot) * 100
      expect(clock.ageOf(slot, end * 100)).toBeLessThanOrEqual(age)
      expect(clock.ageOf(slot, end * 100)).toBeGreaterThan(age * 0.9 - 100)
    }
  })
})
