import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { AssertionError } from "../../../../src/base/assert.ts"
import { RequestWindow, type Acknowledgement } from "../../../../src/client/core/request-window.ts"
import "../../../support/seeded-properties.ts"

describe("a window of request numbers", () => {
  test("counts from one and never gives a number twice", () => {
    const window = new RequestWindow(10)
    expect([window.draw(), window.draw(), window.draw()]).toEqual([1, 2, 3])
    window.settle(2)
    expect(window.draw()).toBe(4)
  })

  test("acknowledges through the number before the oldest that is open", () => {
    const window = new RequestWindow(10)
    for (let count = 0; count < 4; count += 1) window.draw()
    expect(window.acknowledgementFor(4)).toEqual({ answeredThrough: 0, stillOpen: [] })
    window.settle(1)
    window.settle(3)
    expect(window.acknowledgementFor(4)).toEqual({ answeredThrough: 1, stillOpen: [] })
    window.settle(2)
    expect(window.acknowledgementFor(4)).toEqual({ answeredThrough: 3, stillOpen: [] })
  })

  test("passes a call that stays open once it holds back half of the window, and lists it", () => {
    const window = new RequestWindow(4)
    window.draw()
    window.settle(window.draw())
    expect(window.acknowledgementFor(1)).toEqual({ answeredThrough: 0, stillOpen: [] })
    const third = window.draw()
    expect(window.acknowledgementFor(third)).toEqual({ answeredThrough: 2, stillOpen: [1] })
  })

  test("never says of a call that is sent again that it has been answered", () => {
    const window = new RequestWindow(4)
    for (let count = 0; count < 4; count += 1) window.draw()
    expect(window.acknowledgementFor(2)).toEqual({ answeredThrough: 1, stillOpen: [1] })
    expect(window.acknowledgementFor(1)).toEqual({ answeredThrough: 0, stillOpen: [] })
  })

  test("lists nothing in a request without a number, which the cell does not remember", () => {
    const window = new RequestWindow(4)
    for (let count = 0; count < 4; count += 1) window.draw()
    expect(window.acknowledgementFor(0)).toEqual({ answeredThrough: 0, stillOpen: [] })
  })

  test("has room for as many open calls as the cell remembers, however old the oldest is", () => {
    const window = new RequestWindow(3)
    window.draw()
    for (let count = 0; count < 10; count += 1) window.settle(window.draw())
    expect(window.room).toBe(2)
    window.draw()
    window.draw()
    expect(window.room).toBe(0)
    expect(() => window.draw()).toThrow(AssertionError)
  })

  test("refuses to settle a number that is not open", () => {
    const window = new RequestWindow(3)
    window.settle(window.draw())
    expect(() => {
      window.settle(1)
    }).toThrow(AssertionError)
  })
})

/** What the cell makes of acknowledgements, whichever order they come in: a number is closed as soon as one says so. */
class Memory {
  readonly results = new Set<number>()
  readonly #closed = new Set<number>()

  take(requestNumber: number, { answeredThrough, stillOpen }: Acknowledgement): "remembered" | "forgotten" {
    if (this.#closed.has(requestNumber)) return "forgotten"
    for (let number = 1; number <= answeredThrough; number += 1) {
      if (stillOpen.includes(number)) continue
      this.#closed.add(number)
      this.results.delete(number)
    }
    this.results.add(requestNumber)
    return "remembered"
  }
}

type Move = { readonly kind: "draw" } | { readonly kind: "settle" | "resend"; readonly place: number }

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: "draw" as const }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), place: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("resend" as const), place: fc.nat() }) },
  ),
  { maxLength: 200 },
)

describe("a session that goes on while some of its calls wait", () => {
  test("never has an open call forgotten, lists nothing that is settled, and stays within the cell's memory", () => {
    const sizeMax = 8
    const play = (steps: readonly Move[]): void => {
      const window = new RequestWindow(sizeMax)
      const memory = new Memory()
      const open: number[] = []
      let last = 0
      const send = (requestNumber: number): void => {
        const said = window.acknowledgementFor(requestNumber)
        expect(said.answeredThrough).toBeLessThan(requestNumber)
        const openThen = open.filter((number) => number <= said.answeredThrough)
        expect(said.stillOpen).toEqual(openThen)
        expect(memory.take(requestNumber, said)).toBe("remembered")
        expect(memory.results.size).toBeLessThanOrEqual(sizeMax)
      }
      for (const step of steps) {
        const chosen = step.kind === "draw" ? undefined : open[step.place % open.length]
        if (step.kind === "draw" && window.room > 0) {
          const drawn = window.draw()
          expect(drawn).toBe(last + 1)
          last = drawn
          open.push(drawn)
          send(drawn)
        } else if (step.kind === "resend" && chosen !== undefined) {
          send(chosen)
        } else if (step.kind === "settle" && chosen !== undefined) {
          open.splice(open.indexOf(chosen), 1)
          window.settle(chosen)
        }
      }
      for (const requestNumber of open) send(requestNumber)
    }
    fc.assert(fc.property(moves, play))
  })
})
