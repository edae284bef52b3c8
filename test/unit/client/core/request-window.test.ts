import { describe, expect, test } from "vitest"
import { AssertionError } from "../../../../src/base/assert.ts"
import { RequestWindow } from "../../../../src/client/core/request-window.ts"

describe("a window of request numbers", () => {
  test("counts from one and never gives a number twice", () => {
    const window = new RequestWindow(10)
    expect([window.draw(), window.draw(), window.draw()]).toEqual([1, 2, 3])
    window.settle(2)
    expect(window.draw()).toBe(4)
  })

  test("has answered through the number before the oldest that is open", () => {
    const window = new RequestWindow(10)
    expect(window.answeredThrough).toBe(0)
    for (let count = 0; count < 4; count += 1) window.draw()
    window.settle(1)
    window.settle(3)
    expect(window.answeredThrough).toBe(1)
    window.settle(2)
    expect(window.answeredThrough).toBe(3)
    window.settle(4)
    expect(window.answeredThrough).toBe(4)
  })

  test("has room as far as the cell remembers from its oldest open number on, however few are open", () => {
    const window = new RequestWindow(3)
    expect(window.room).toBe(3)
    window.draw()
    window.settle(window.draw())
    window.settle(window.draw())
    expect(window.room).toBe(0)
    window.settle(1)
    expect(window.room).toBe(3)
  })

  test("refuses to settle a number that is not open", () => {
    const window = new RequestWindow(3)
    window.settle(window.draw())
    expect(() => {
      window.settle(1)
    }).toThrow(AssertionError)
  })
})
