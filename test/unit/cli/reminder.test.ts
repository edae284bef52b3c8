import { expect, test } from "vitest"
import { Reminder } from "../../../src/cli/reminder.ts"

test("nothing is said in the first five seconds", () => {
  expect(new Reminder().isDue("no master", 4_999)).toBe(false)
})

test("the same is said every ten seconds, and news at once", () => {
  const reminder = new Reminder()
  const saidAt = [5_000, 5_100, 14_900, 15_000, 16_000].filter((passedMs) => reminder.isDue("no master", passedMs))
  expect(saidAt).toEqual([5_000, 15_000])
  expect(reminder.isDue("no quorum", 16_100)).toBe(true)
  expect(reminder.isDue("no quorum", 16_200)).toBe(false)
})
