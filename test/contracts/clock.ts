/** What every Clock must do, and the Timers that go with it. */
import { expect, test, vi } from "vitest"
import type { Clock, Timers } from "../../src/host/ports.ts"

export function describeClockContract(make: () => { clock: Clock; timers: Timers }): void {
  test("the time is a whole number of milliseconds, one at least, and never goes back", () => {
    const { clock } = make()
    let before = 1
    for (let count = 0; count < 10_000; count += 1) {
      const now = clock.now()
      expect(Number.isSafeInteger(now) && now >= before).toBe(true)
      before = now
    }
  })

  test("a timer calls back once its instant has come, not before", async () => {
    const { clock, timers } = make()
    const due = clock.now() + 5
    const calledAt = await new Promise<number>((resolve) => timers.at(due, () => resolve(clock.now())))
    expect(calledAt).toBeGreaterThanOrEqual(due)
  })

  test("a timer for an instant that has passed calls back all the same", async () => {
    const { clock, timers } = make()
    await new Promise<void>((resolve) => timers.at(clock.now() - 1, resolve))
  })

  test("a timer that was taken back does not call", async () => {
    const { clock, timers } = make()
    const cancelled = vi.fn()
    const cancel = timers.at(clock.now() + 2, cancelled)
    cancel()
    await new Promise<void>((resolve) => timers.at(clock.now() + 5, resolve))
    expect(cancelled).not.toHaveBeenCalled()
  })

  test("what is due soon is called in the order of asking, and not at once", async () => {
    const { timers } = make()
    const called: number[] = []
    const both = new Promise<void>((resolve) => {
      timers.soon(() => called.push(1))
      timers.soon(() => {
        called.push(2)
        resolve()
      })
    })
    expect(called).toEqual([])
    await both
    expect(called).toEqual([1, 2])
  })
}
