import { describe, expect, test } from "vitest"
import { AssertionError } from "../../../src/base/assert.ts"
import { Prng } from "../../../src/base/prng.ts"

function rolls(seed: number, count = 8): number[] {
  const dice = new Prng(seed)
  return Array.from({ length: count }, () => dice.next32())
}

describe("seeded dice", () => {
  test("roll the same for the same seed, for ever", () => {
    expect(rolls(7)).toEqual(rolls(7))
    expect(rolls(7, 3)).toEqual([763015656, 2415926552, 1476159297])
  })

  test("roll differently for seeds that differ in any bit", () => {
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER, -1]
    expect(new Set(seeds.map((seed) => rolls(seed).join())).size).toBe(seeds.length)
  })

  test("show every face about as often as any other", () => {
    const dice = new Prng(1)
    const counts = new Array<number>(10).fill(0)
    for (let roll = 0; roll < 10_000; roll += 1) {
      const face = dice.below(10)
      counts[face] = (counts[face] as number) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })

  test("stay within their bounds", () => {
    const dice = new Prng(2)
    const seen = new Set(Array.from({ length: 200 }, () => dice.between(-2, 2)))
    expect([...seen].sort((left, right) => left - right)).toEqual([-2, -1, 0, 1, 2])
    expect(Array.from({ length: 50 }, () => dice.chance(0, 3))).not.toContain(true)
    expect(Array.from({ length: 50 }, () => dice.chance(3, 3))).not.toContain(false)
  })

  test("have at least one face", () => {
    expect(() => new Prng(1).below(0)).toThrow(AssertionError)
  })
})

test("a shuffled deck holds the same cards", () => {
  const deck = Array.from({ length: 52 }, (_, card) => card)
  const shuffled = new Prng(3).shuffle([...deck])
  expect(shuffled).not.toEqual(deck)
  expect(shuffled.sort((left, right) => left - right)).toEqual(deck)
})
