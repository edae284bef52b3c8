import { setImmediate as nextTurn } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { Leash, offsetToProcessClock } from "../../../src/client/leash.ts"

describe("a leash", () => {
  test("shows both sides the same: how long the main thread has been silent", async () => {
    const main = new Leash()
    const worker = new Leash(main.shared)
    main.beat()
    const before = worker.silentMs()
    await nextTurn()
    expect(worker.silentMs()).toBeGreaterThanOrEqual(before)
    main.beat()
    expect(worker.silentMs()).toBeLessThan(1_000)
  })

  test("counts what was sent, whichever side looks", () => {
    const main = new Leash()
    const worker = new Leash(main.shared)
    worker.noteSent()
    worker.noteSent()
    expect(main.sentCount).toBe(2n)
  })

  test("that was never pulled at is as old as the machine", () => {
    expect(new Leash().silentMs()).toBeGreaterThan(0)
  })
})

describe("an instant of another thread", () => {
  test("never seems later than it was, however long a pause there was while the clocks were read", () => {
    const pause = (pauseMs: number): void => {
      const goOnAt = performance.now() + pauseMs
      while (performance.now() < goOnAt);
    }
    const pausing = (startedAt: number, pauseMs: number) => (): number => {
      pause(pauseMs)
      const now = Math.floor(performance.now()) + startedAt
      pause(pauseMs)
      return now
    }
    for (const [pauseThereMs, pauseHereMs] of [
      [0, 0],
      [20, 0],
      [0, 20],
    ] as const) {
      const there = offsetToProcessClock(pausing(12_345, pauseThereMs), "atMost")
      const here = offsetToProcessClock(pausing(0, pauseHereMs), "atLeast")
      const behindMs = here - (there + 12_345)
      expect(behindMs).toBeGreaterThanOrEqual(0)
      expect(behindMs).toBeLessThan(1_000)
    }
  })
})
