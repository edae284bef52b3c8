/** The queue that a virtual world lives by. */
import { describe, expect, test } from "vitest"
import { Timeline } from "../../../src/testing/time.ts"

describe("the timeline", () => {
  test("events happen in order of time, and those of one instant in the order they were planned", () => {
    const timeline = new Timeline()
    const seen: string[] = []
    for (const [at, name] of [
      [5, "c"],
      [1, "a"],
      [5, "d"],
      [3, "b"],
    ] as const) {
      timeline.plan(at, () => seen.push(name))
    }
    timeline.runUntil(4)
    expect(seen.join("")).toBe("ab")
    timeline.planAfter(1, () => seen.push("e"))
    timeline.runUntil(10)
    expect(seen.join("")).toBe("abcde")
    expect(timeline.now).toBe(10)
  })

  test("promises that wait for an event are settled before the next one happens", async () => {
    const timeline = new Timeline()
    const seen: string[] = []
    const first = new Promise<void>((resolve) => {
      timeline.plan(1, resolve)
    })
    void first.then(() => Promise.resolve()).then(() => seen.push("settled"))
    timeline.plan(1, () => seen.push("next"))
    await timeline.passUntil(10)
    expect(seen).toEqual(["settled", "next"])
    expect(timeline.now).toBe(10)
  })
})
