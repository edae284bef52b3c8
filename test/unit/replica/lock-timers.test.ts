import { describe, expect, test } from "vitest"
import { never } from "../../../src/base/instant.ts"
import type { LockDelay } from "../../../src/contract/requests.ts"
import { LockDelays } from "../../../src/replica/lock-delays.ts"
import { TimedWaits } from "../../../src/replica/timed-waits.ts"

function told(sessionId: number, lockDelayMs: number): LockDelay {
  return { lockDelayMs, remainingMs: 0, sessionId, clientName: "alice", reason: "its lease ran out" }
}

describe("a lock-delay", () => {
  test("lasts its span lengthened by the drift bound, from its beginning or from the take-over", () => {
    const delays = new LockDelays(10, 1)
    delays.begin({ instance: 4, since: 9, lockDelayMs: 1_000 }, 500)
    delays.begin({ instance: 5, since: 9, lockDelayMs: 2_000 }, 500)
    expect(delays.nextAt()).toBe(1_510)
    expect(delays.takeDue(1_509)).toEqual([])
    expect(delays.takeDue(1_510)).toEqual([{ instance: 4, since: 9, lockDelayMs: 1_000 }])
    expect(delays.takeDue(9_999)).toEqual([{ instance: 5, since: 9, lockDelayMs: 2_000 }])
    expect(delays.nextAt()).toBe(never)
  })

  test("that is followed by a longer one of the same node ends with it", () => {
    const delays = new LockDelays(10, 1)
    delays.begin({ instance: 4, since: 9, lockDelayMs: 1_000 }, 500)
    delays.begin({ instance: 4, since: 11, lockDelayMs: 3_000 }, 600)
    expect(delays.takeDue(3_000)).toEqual([])
    expect(delays.takeDue(3_630)).toEqual([{ instance: 4, since: 11, lockDelayMs: 3_000 }])
  })

  test("is told with what is left of it at most", () => {
    const delays = new LockDelays(10, 1_000)
    delays.onSessionEnded(7, 5_000)
    expect(delays.withRemaining(told(7, 2_000), 6_000).remainingMs).toBe(1_020)
    expect(delays.withRemaining(told(7, 2_000), 9_000).remainingMs).toBe(0)
    // Begun under an earlier master, and so begun again.
    expect(delays.withRemaining(told(3, 2_000), 1_500).remainingMs).toBe(1_520)
  })

  test("is told rightly of sessions that ended long ago or just now, however many have ended", () => {
    const delays = new LockDelays(10, 1)
    for (let sessionId = 1; sessionId <= 100; sessionId += 1) delays.onSessionEnded(sessionId, sessionId * 1_000)
    expect(delays.withRemaining(told(100, 2_000), 100_500).remainingMs).toBe(1_520)
    expect(delays.withRemaining(told(60, 60_000), 100_500).remainingMs).toBe(60_600 - 40_500)
    expect(delays.withRemaining(told(2, 60_000), 100_500).remainingMs).toBe(0)
  })
})

describe("a wait that is to end", () => {
  test("ends when its time is over, once", () => {
    const waits = new TimedWaits()
    waits.begin({ sessionId: 7, requestNumber: 3, waitMs: 1_000 }, 500)
    expect(waits.nextAt()).toBe(1_500)
    expect(waits.takeDue(1_500)).toEqual([{ sessionId: 7, requestNumber: 3, waitMs: 1_000 }])
    expect(waits.takeDue(9_999)).toEqual([])
  })

  test("is not ended when it was answered before", () => {
    const waits = new TimedWaits()
    waits.settle(7, 3)
    waits.begin({ sessionId: 7, requestNumber: 3, waitMs: 1_000 }, 500)
    waits.begin({ sessionId: 7, requestNumber: 4, waitMs: 1_000 }, 500)
    waits.settle(7, 3)
    waits.settle(8, 4)
    expect(waits.takeDue(1_500).map(({ requestNumber }) => requestNumber)).toEqual([4])
  })
})
