import { beforeEach, describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { Request } from "../../../src/contract/requests.ts"
import { PutOff } from "../../../src/replica/put-off.ts"
import { requestOf } from "../../support/replica-cell.ts"

const patienceMs = 8_000

let putOff: PutOff

beforeEach(() => {
  putOff = new PutOff()
})

/** The call of session 1 with this number. */
function call(requestNumber: number, changes: Partial<Request> = {}): Request {
  return requestOf({ kind: "closeSession" }, { sessionId: 1, requestNumber, ...changes })
}

describe("a call that was put off", () => {
  beforeEach(() => {
    putOff.note(call(5), 0)
  })

  test("is ahead of the later ones of its session", () => {
    expect(putOff.isAhead(call(6), 1)).toBe(true)
    expect(putOff.isAhead(call(99), 1)).toBe(true)
  })

  test("is ahead of neither itself nor an earlier one", () => {
    expect(putOff.isAhead(call(5), 1)).toBe(false)
    expect(putOff.isAhead(call(4), 1)).toBe(false)
    expect(putOff.isAhead(call(6), 1)).toBe(true)
  })

  test("is no matter to other sessions, nor to what has no number and so no place in the order", () => {
    expect(putOff.isAhead(call(6, { sessionId: 2 }), 1)).toBe(false)
    expect(putOff.isAhead(call(0), 1)).toBe(false)
  })

  test("lets the later ones pass once it has come again", () => {
    putOff.takenIn(call(5))
    expect(putOff.isAhead(call(6), 1)).toBe(false)
    expect(putOff.count).toBe(0)
  })

  test("keeps them waiting until the first of those put off, and then the next, has come again", () => {
    putOff.note(call(6), 1)
    putOff.takenIn(call(5))
    expect(putOff.isAhead(call(7), 2)).toBe(true)
    expect(putOff.isAhead(call(6), 2)).toBe(false)
    putOff.takenIn(call(6))
    expect(putOff.isAhead(call(7), 2)).toBe(false)
  })

  test("lets them pass after a while, for its client may have given it up", () => {
    expect(putOff.isAhead(call(6), patienceMs - 1)).toBe(true)
    expect(putOff.isAhead(call(6), patienceMs)).toBe(false)
    expect(putOff.count).toBe(0)
  })

  test("is waited for anew when it is put off again", () => {
    putOff.note(call(6), 1)
    putOff.note(call(5), 1_000)
    expect(putOff.isAhead(call(6), patienceMs + 999)).toBe(true)
    expect(putOff.isAhead(call(6), patienceMs + 1_000)).toBe(false)
  })

  test("is not waited for any longer because calls behind it are put off for its sake", () => {
    for (let now = 0; now < patienceMs; now += 500) putOff.note(call(6), now)
    expect(putOff.isAhead(call(6), patienceMs)).toBe(false)
  })

  test("is forgotten when its client says that it is done with it", () => {
    expect(putOff.isAhead(call(8, { answeredThrough: 7, stillOpen: [5] }), 1)).toBe(true)
    expect(putOff.isAhead(call(8, { answeredThrough: 7 }), 1)).toBe(false)
    expect(putOff.isAhead(call(6), 1)).toBe(false)
  })
})

test("a call without a number is never put off", () => {
  putOff.note(call(0), 0)
  expect(putOff.count).toBe(0)
})

describe("what is remembered", () => {
  test("of a session that is refused for hours is what it was refused of late", () => {
    for (let number = 1; number <= 10_000; number += 1) putOff.note(call(number), 100 * number)
    expect(putOff.count).toBe(patienceMs / 100)
  })

  test("of sessions that are never heard of again is gone after a while", () => {
    for (let sessionId = 1; sessionId <= 50; sessionId += 1) putOff.note(call(1, { sessionId }), sessionId)
    putOff.note(call(1, { sessionId: 99 }), patienceMs + 50)
    expect(putOff.count).toBe(1)
  })

  test("is what was last heard of so many sessions", () => {
    const others = Array.from({ length: limits.sessionsPutOffMax - 1 }, (_, index) => index + 3)
    putOff.note(call(1, { sessionId: 1 }), 0)
    putOff.note(call(1, { sessionId: 2 }), 0)
    putOff.note(call(2, { sessionId: 1 }), 0)
    for (const sessionId of others) putOff.note(call(1, { sessionId }), 0)
    expect(putOff.isAhead(call(3, { sessionId: 1 }), 1)).toBe(true)
    expect(putOff.isAhead(call(3, { sessionId: 2 }), 1)).toBe(false)
  })
})
