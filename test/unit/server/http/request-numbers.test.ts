/** Numbers for calls of sessions whose clients don't count. */
import { expect, test } from "vitest"
import { RequestNumbers } from "../../../../src/server/http/request-numbers.ts"

const today = Date.UTC(2026, 10, 22)

test("grow, though the clock stands still or goes back", () => {
  let now = today
  const numbers = new RequestNumbers(3, () => now)
  const drawn = Array.from({ length: 100 }, () => numbers.next(0))
  now -= 60_000
  drawn.push(numbers.next(0))
  expect(drawn).toEqual([...new Set(drawn)].sort((left, right) => left - right))
  expect(drawn.every(Number.isSafeInteger)).toBe(true)
})

test("of two doors are never the same", () => {
  const doors = [1, 2, 255].map((id) => new RequestNumbers(id, () => today))
  const drawn = doors.flatMap((numbers) => Array.from({ length: 100 }, () => numbers.next(0)))
  expect(new Set(drawn).size).toBe(drawn.length)
})

test("come after what the caller has acknowledged, whichever door has drawn that", () => {
  const ahead = new RequestNumbers(1, () => today + 3_600_000).next(0)
  expect(new RequestNumbers(2, () => today).next(ahead)).toBeGreaterThan(ahead)
})
