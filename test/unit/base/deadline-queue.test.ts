import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { DeadlineQueue } from "../../../src/base/deadline-queue.ts"
import { never } from "../../../src/base/instant.ts"

describe("a deadline queue", () => {
  test("is never due when it is empty", () => {
    const queue = new DeadlineQueue<string>()
    expect(queue.nextAt()).toBe(never)
    expect(queue.takeDue(1_000_000)).toEqual([])
  })

  test("gives what is due at or before an instant, the earliest first, and keeps the rest", () => {
    const queue = new DeadlineQueue<string>()
    queue.set("late", 30)
    queue.set("early", 10)
    queue.set("just now", 20)
    expect(queue.takeDue(20)).toEqual(["early", "just now"])
    expect(queue.nextAt()).toBe(30)
    expect(queue.size).toBe(1)
  })

  test("gives equal deadlines in the order in which they were set", () => {
    const queue = new DeadlineQueue<number>()
    for (const key of [5, 3, 9, 1, 7]) queue.set(key, 10)
    expect(queue.takeDue(10)).toEqual([5, 3, 9, 1, 7])
  })

  test("knows a moved deadline at its new place only", () => {
    const queue = new DeadlineQueue<string>()
    queue.set("moved", 10)
    queue.set("moved", 30)
    queue.set("sooner", 20)
    queue.set("sooner", 5)
    expect(queue.takeDue(10)).toEqual(["sooner"])
    expect(queue.nextAt()).toBe(30)
  })

  test("forgets a deadline that was taken back", () => {
    const queue = new DeadlineQueue<string>()
    queue.set("gone", 10)
    queue.delete("gone")
    queue.delete("never there")
    expect(queue.nextAt()).toBe(never)
    queue.set("gone", 20)
    expect(queue.takeDue(20)).toEqual(["gone"])
  })

  test("is empty after clear, and usable", () => {
    const queue = new DeadlineQueue<string>()
    queue.set("a", 10)
    queue.clear()
    expect([queue.size, queue.nextAt()]).toEqual([0, never])
    queue.set("b", 5)
    expect(queue.takeDue(10)).toEqual(["b"])
  })

  test("behaves like a list sorted anew each time", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("set" as const), key: fc.nat(8), at: fc.nat(50) }),
      fc.record({ kind: fc.constant("delete" as const), key: fc.nat(8) }),
      fc.record({ kind: fc.constant("take" as const), at: fc.nat(60) }),
    )
    // Long enough for stale entries to outnumber the current ones, so that the heap is rebuilt.
    fc.assert(
      fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), (steps) => {
        const queue = new DeadlineQueue<number>()
        let model: { key: number; at: number }[] = []
        for (const current of steps) {
          if (current.kind !== "take") model = model.filter(({ key }) => key !== current.key)
          if (current.kind === "set") {
            model.push({ key: current.key, at: current.at })
            queue.set(current.key, current.at)
          } else if (current.kind === "delete") {
            queue.delete(current.key)
          } else {
            // Sorting is stable: equal deadlines stay in the order in which they were set.
            const due = model.filter(({ at }) => at <= current.at).sort((left, right) => left.at - right.at)
            expect(queue.takeDue(current.at)).toEqual(due.map(({ key }) => key))
            model = model.filter(({ at }) => at > current.at)
          }
          expect(queue.size).toBe(model.length)
          expect(queue.nextAt()).toBe(Math.min(never, ...model.map(({ at }) => at)))
        }
      }),
      { numRuns: 60 },
    )
  })
})
