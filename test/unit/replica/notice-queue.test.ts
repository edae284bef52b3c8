import { beforeEach, describe, expect, test } from "vitest"
import type { LockRequested, Notice } from "../../../src/contract/notices.ts"
import { limits } from "../../../src/contract/limits.ts"
import { NoticeQueue } from "../../../src/replica/notice-queue.ts"

let queue: NoticeQueue

beforeEach(() => {
  queue = new NoticeQueue()
})

function event(index: number, path = "/ls/cell/a"): Notice {
  return { kind: "event", subscriptionId: 1, index, change: { kind: "nodeCreated", path, instance: 2 } }
}

function invalidate(...keys: string[]): Notice {
  return { kind: "invalidate", keys }
}

describe("notices", () => {
  test("are numbered from one, and repeated until they are acknowledged", () => {
    expect([queue.add(event(5), 5), queue.add(event(6), 6)]).toEqual([1, 2])
    expect(queue.batch(6)).toMatchObject({ firstNotice: 1, notices: [event(5), event(6)], isWhole: true })
    expect(queue.batch(6).notices).toHaveLength(2)
    expect(queue.acknowledge(1)).toBe(1)
    expect(queue.batch(6)).toMatchObject({ firstNotice: 2, notices: [event(6)] })
    queue.acknowledge(2)
    expect(queue.batch(6)).toMatchObject({ firstNotice: 3, notices: [] })
    expect(queue.count).toBe(0)
  })

  test("are not unsaid by an acknowledgement that was overtaken", () => {
    for (const index of [5, 6, 7]) queue.add(event(index), index)
    queue.batch(7)
    queue.acknowledge(2)
    queue.acknowledge(1)
    expect(queue.batch(7)).toMatchObject({ firstNotice: 3, notices: [event(7)] })
  })

  test("that were never sent can't be acknowledged", () => {
    queue.add(event(5), 5)
    expect(queue.acknowledge(1)).toBe(0)
    queue.batch(5)
    queue.add(event(6), 6)
    expect(queue.acknowledge(99)).toBe(1)
    expect(queue.count).toBe(1)
  })
})

describe("invalidations", () => {
  test("that have not been sent become one", () => {
    expect([queue.add(invalidate("a"), 5), queue.add(invalidate("b"), 6)]).toEqual([1, 1])
    expect(queue.batch(7).notices).toEqual([invalidate("a", "b")])
    expect(queue.add(invalidate("c"), 7)).toBe(2)
    expect(queue.batch(7).notices).toEqual([invalidate("a", "b"), invalidate("c")])
  })

  test("do not overtake an event", () => {
    queue.add(invalidate("a"), 5)
    queue.add(event(6), 6)
    expect(queue.add(invalidate("b"), 6)).toBe(3)
  })

  test("of one notice stay few enough to be sent", () => {
    const numbers = Array.from({ length: 200 }, (_, at) => queue.add(invalidate(`key-${String(at)}`), 5))
    expect(new Set(numbers).size).toBe(Math.ceil(200 / 64))
  })
})

describe("how far a session has been told", () => {
  test("is everything, when everything is sent", () => {
    queue.add(event(5), 5)
    expect(queue.batch(9).toldThrough).toBe(9)
  })

  test("ends before the first change that had to be left for the next answer", () => {
    for (let index = 1; index <= 600; index += 1) queue.add(event(index), index)
    const batch = queue.batch(700)
    expect(batch).toMatchObject({ firstNotice: 1, isWhole: false, toldThrough: 512 })
    expect(batch.notices).toHaveLength(512)
    queue.acknowledge(512)
    expect(queue.batch(700)).toMatchObject({ firstNotice: 513, isWhole: true, toldThrough: 700 })
  })

  test("ends before a write whose invalidation had to be left", () => {
    const path = `/ls/cell/${"x".repeat(1_000)}`
    for (let index = 1; index <= 200; index += 1) queue.add(event(index, path), index)
    queue.add(invalidate("a"), 200)
    for (let index = 201; index <= 400; index += 1) queue.add(event(index, path), index)
    const { notices, isWhole, toldThrough } = queue.batch(400)
    expect(isWhole).toBe(false)
    expect(notices.length).toBeGreaterThan(201)
    expect(toldThrough).toBe(notices.length - 1)
  })

  test("falls back when older changes are told late, to a new subscription", () => {
    for (let index = 1; index <= 512; index += 1) queue.add(event(1_000 + index), 1_000 + index)
    queue.add(event(7), 1_512)
    expect(queue.batch(1_512).toldThrough).toBe(6)
  })
})

describe("a queue that overflows", () => {
  const most = limits.noticesPerSessionMax

  test("becomes one notice that stands for all of it, under the next number", () => {
    queue.add(invalidate("a"), 1)
    for (let index = 2; index <= most; index += 1) queue.add(event(index), index)
    expect(queue.count).toBe(most)
    expect(queue.add(event(5_000), 5_000)).toBe(most + 1)
    expect(queue.batch(5_000)).toMatchObject({
      firstNotice: most + 1,
      notices: [{ kind: "resync", through: 5_000 }],
      toldThrough: 5_000,
    })
    expect(queue.add(event(5_001), 5_001)).toBe(most + 2)
  })

  test("lets what was sent before be acknowledged for what it is", () => {
    for (let index = 1; index <= most; index += 1) queue.add(event(index), index)
    queue.batch(most)
    queue.add(event(5_000), 5_000)
    expect(queue.acknowledge(512)).toBe(512)
    expect(queue.count).toBe(1)
  })
})

describe("a request for a lock", () => {
  function wanted(index: number, instance = 2): Notice {
    const asked = { mode: "exclusive", sessionId: index, clientName: "bob", holders: [1] } as const
    const change: LockRequested = { kind: "lockRequested", path: "/ls/cell/a", instance, ...asked }
    return { kind: "lockWanted", index, change }
  }

  test("is told like an event", () => {
    queue.add(wanted(8), 8)
    expect(queue.batch(8)).toMatchObject({ firstNotice: 1, notices: [wanted(8)] })
  })

  test("that has not been told yet gives way to the next one for the same lock", () => {
    expect([wanted(5), event(6), wanted(7, 3), wanted(8)].map((notice, at) => queue.add(notice, 5 + at))).toEqual([
      1, 2, 3, 3,
    ])
    expect(queue.batch(8)).toMatchObject({ firstNotice: 1, notices: [event(6), wanted(7, 3), wanted(8)] })
  })

  test("that has been told, acknowledged or not, is followed by the next one", () => {
    for (const index of [5, 6]) {
      queue.add(wanted(index), index)
      queue.batch(index)
    }
    expect(queue.batch(6).notices).toEqual([wanted(5), wanted(6)])
    queue.acknowledge(2)
    expect(queue.add(wanted(7), 7)).toBe(3)
    expect(queue.batch(7).notices).toEqual([wanted(7)])
  })

  test("counts as untold until the one that stands for it is told", () => {
    queue.add(wanted(5), 5)
    for (let index = 6; index <= 600; index += 1) queue.add(event(index), index)
    queue.add(wanted(601), 601)
    expect(queue.batch(601)).toMatchObject({ isWhole: false, toldThrough: 4 })
  })

  test("never makes the queue overflow, however often it is repeated", () => {
    for (let index = 1; index <= 2 * limits.noticesPerSessionMax; index += 1) queue.add(wanted(index), index)
    expect(queue.count).toBe(1)
    expect(queue.batch(9_000)).toMatchObject({ firstNotice: 1, isWhole: true, toldThrough: 9_000 })
  })

  test("leaves invalidations before it where a number that was given out reaches them", () => {
    queue.add(wanted(5), 5)
    const number = queue.add(invalidate("a"), 5)
    queue.add(wanted(6), 6)
    const { notices } = queue.batch(6)
    expect(notices.slice(0, number)).toContainEqual(invalidate("a"))
  })
})
