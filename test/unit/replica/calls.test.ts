import { beforeEach, describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { refuse } from "../../../src/contract/errors.ts"
import { limits } from "../../../src/contract/limits.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import { type Call, Calls } from "../../../src/replica/calls.ts"
import type { Applied } from "../../../src/state-machine/state-machine.ts"

const most = { commands: 3, bytes: 10 }
const closed: Outcome = { kind: "closeSession" }

let calls: Calls
let answers: [number, Outcome][]

beforeEach(() => {
  calls = new Calls()
  answers = []
})

function answer(ticket: number, outcome: Outcome): void {
  answers.push([ticket, outcome])
}

function write(ticket: number, bytes = 1, requestNumber = ticket): Call {
  const contents = new Uint8Array(bytes)
  const operation = { kind: "setContents", node: { kind: "path", path: "/ls/local/a" }, contents } as const
  const numbers = { sessionId: 7, requestNumber, answeredThrough: 0, stillOpen: [] }
  return {
    ticket,
    command: { kind: "call", ...numbers, principal: "", underSequencer: undefined, operation },
    keys: [],
  }
}

function applied(changes: Partial<Applied>): Applied {
  const nothing = { outcomes: [], settled: [], endedSessions: [], changes: [], begunDelays: [], begunWaits: [] }
  return { ...nothing, begunEpoch: undefined, attested: [], ...changes }
}

function tickets(batch: readonly Call[] | undefined): number[] | undefined {
  return batch?.map(({ ticket }) => ticket)
}

describe("a batch", () => {
  test("takes calls in the order in which they came, at most so many", () => {
    for (const ticket of [1, 2, 3, 4]) calls.enqueue(write(ticket))
    expect(tickets(calls.takeBatch(most))).toEqual([1, 2, 3])
    expect(tickets(calls.takeBatch(most))).toEqual([4])
    expect(calls.queuedCount).toBe(0)
  })

  test("holds at most so many bytes of contents", () => {
    for (const ticket of [1, 2, 3]) calls.enqueue(write(ticket, 5))
    expect(tickets(calls.takeBatch(most))).toEqual([1, 2])
  })

  test("is no longer counted as waiting", () => {
    for (const ticket of [1, 2, 3]) calls.enqueue(write(ticket, 5))
    expect(calls.queuedBytes).toBe(15)
    calls.takeBatch(most)
    expect(calls.queuedBytes).toBe(5)
    calls.clear()
    expect(calls.queuedBytes).toBe(0)
  })

  test("counts what makes a call long beside contents: paths of many steps, numbers left open", () => {
    const step = { kind: "delete", node: { kind: "path", path: "/ls/local/a" } } as const
    const transact = { kind: "transact", guards: [], then: Array(128).fill(step), otherwise: [] } as const
    const numbers = { sessionId: 7, requestNumber: 5000, answeredThrough: 4096 }
    const stillOpen = Array.from({ length: 4096 }, (_, at) => at + 1)
    const rest = { kind: "call", ...numbers, principal: "", underSequencer: undefined } as const
    calls.enqueue({ ticket: 1, command: { ...rest, stillOpen: [], operation: transact }, keys: [] })
    expect(calls.queuedBytes).toBeGreaterThanOrEqual(128 * limits.pathBytesMax)
    calls.takeBatch(most)
    calls.enqueue({ ticket: 2, command: { ...rest, stillOpen, operation: { kind: "closeSession" } }, keys: [] })
    expect(calls.queuedBytes).toBeGreaterThanOrEqual(4096 * 2)
  })

  test("takes one call however large it is", () => {
    calls.enqueue(write(1, 500))
    calls.enqueue(write(2, 1))
    expect(tickets(calls.takeBatch(most))).toEqual([1])
    expect(tickets(calls.takeBatch(most))).toEqual([2])
  })
})

describe("a proposed slot", () => {
  test("is its proposer's own only if its value was chosen", () => {
    calls.propose(4, utf8("mine"), [write(1)])
    expect(calls.takeChosen(4, utf8("another's"))).toBeUndefined()
    expect(tickets(calls.takeChosen(4, utf8("mine")))).toEqual([1])
    expect(calls.takeChosen(4, utf8("mine"))).toBeUndefined()
    expect(calls.takeChosen(5, utf8("mine"))).toBeUndefined()
  })

  test("that was taken by another value leaves its callers to be told at the end of the reign", () => {
    calls.propose(4, utf8("mine"), [write(1)])
    calls.takeChosen(4, utf8("another's"))
    expect(calls.clear().unknown).toEqual([1])
  })

  test("answers each caller with the outcome of its own command, and nobody for ticket zero", () => {
    calls.settle(
      [write(1), write(0), write(2)],
      applied({ outcomes: [closed, closed, refuse("INTERNAL", "")] }),
      answer,
    )
    expect(answers.map(([ticket, { kind }]) => [ticket, kind])).toEqual([
      [1, "closeSession"],
      [2, "refused"],
    ])
  })
})

describe("a call without an outcome waits", () => {
  beforeEach(() => calls.settle([write(1, 1, 9)], applied({ outcomes: [undefined] }), answer))

  test("and is answered by the slot that settles it", () => {
    expect(answers).toEqual([])
    calls.settleWaiting([{ sessionId: 7, requestNumber: 8, outcome: closed }], answer)
    calls.settleWaiting([{ sessionId: 6, requestNumber: 9, outcome: closed }], answer)
    expect(answers).toEqual([])
    calls.settleWaiting([{ sessionId: 7, requestNumber: 9, outcome: closed }], answer)
    expect(answers).toEqual([[1, closed]])
  })

  test("together with its retries, and each is answered once", () => {
    calls.wait(7, 9, 2)
    calls.settleWaiting([{ sessionId: 7, requestNumber: 9, outcome: closed }], answer)
    calls.settleWaiting([{ sessionId: 7, requestNumber: 9, outcome: closed }], answer)
    expect(answers.map(([ticket]) => ticket)).toEqual([1, 2])
  })

  test("unless its caller has gone", () => {
    calls.wait(7, 9, 2)
    calls.abandon(1)
    calls.abandon(99)
    calls.settleWaiting([{ sessionId: 7, requestNumber: 9, outcome: closed }], answer)
    expect(answers.map(([ticket]) => ticket)).toEqual([2])
  })

  test("and can be settled by the very slot in which it came", () => {
    const settled = [{ sessionId: 7, requestNumber: 5, outcome: closed }]
    calls.settle([write(3, 1, 5)], applied({ outcomes: [undefined], settled }), answer)
    expect(answers).toEqual([[3, closed]])
  })
})

describe("the end of a reign", () => {
  test("tells apart what was never proposed from what may yet count", () => {
    calls.enqueue(write(1))
    calls.enqueue(write(0))
    calls.propose(4, utf8("v"), [write(2), write(0)])
    calls.wait(7, 9, 3)
    expect(calls.clear()).toEqual({ undone: [1], unknown: [2, 3] })
    expect(calls.clear()).toEqual({ undone: [], unknown: [] })
    expect(calls.queuedCount).toBe(0)
  })
})
