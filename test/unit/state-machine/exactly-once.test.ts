import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { resultKey } from "../../../src/state-machine/entry-key.ts"
import { CellUnderTest, type SessionUnderTest, acquireOf, answered, at, bytesOf, codeOf } from "./cell-under-test.ts"
import { type Arrival, NaiveMemory, operationOf } from "./naive-memory.ts"

function set(path: string, contents: string): MutatingOperation {
  return { kind: "setContents", node: at(path), contents: bytesOf(contents) }
}

/** Bob waits for a lock of Alice's, in his first request. */
function waitingCast(): { cell: CellUnderTest; alice: SessionUnderTest; bob: SessionUnderTest } {
  const cell = new CellUnderTest()
  const alice = cell.session("alice")
  const bob = cell.session("bob")
  alice.call(acquireOf(at("job")))
  bob.call(acquireOf(at("job")))
  return { cell, alice, bob }
}

describe("a call that is still open", () => {
  test("goes on waiting, though all later ones have been acknowledged", () => {
    const { cell, alice, bob } = waitingCast()
    bob.call(set("a", "1"))
    const { settled } = cell.apply(bob.again(set("a", "2"), 3, 2, { stillOpen: [1] }))
    expect(settled).toEqual([])
    expect(cell.machine.recall(bob.sessionId, 1)).toBe("waiting")
    expect(cell.machine.recall(bob.sessionId, 2)).toBeUndefined()
    cell.checkStore()
    cell.restart()
    expect(cell.apply(alice.next({ kind: "release", node: at("job") })).settled).toMatchObject([
      { sessionId: 2, requestNumber: 1, outcome: { kind: "acquire" } },
    ])
    expect(cell.machine.recall(bob.sessionId, 1)).toMatchObject({ kind: "acquire" })
    cell.checkStore()
  })

  test("may still come, and is carried out once; its number tells, not its place", () => {
    const { cell, bob } = waitingCast()
    cell.apply(bob.again(set("a", "9"), 9, 8, { stillOpen: [1, 4] }))
    const late = bob.again(set("late", "x"), 4, 3, { stillOpen: [1] })
    const [first, second] = cell.apply(late, late).outcomes
    expect(answered(first, "setContents").stat.contentGeneration).toBe(1)
    expect(second).toEqual(first)
    expect(codeOf(cell.apply(bob.again(set("later", "x"), 5)).outcomes[0])).toBe("REQUEST_FORGOTTEN")
    cell.checkStore()
  })

  test("may name itself among the open ones when it is sent again", () => {
    const { cell, bob } = waitingCast()
    cell.apply(bob.again(set("a", "9"), 9, 8, { stillOpen: [1] }))
    expect(cell.apply(bob.again(acquireOf(at("job")), 1, 8, { stillOpen: [1] })).outcomes).toEqual([undefined])
    expect(cell.lockOf("job").waiters).toEqual([2])
  })

  test("is taken back once it is left off the list, and doesn't come back when it is listed again", () => {
    const { cell, bob } = waitingCast()
    cell.apply(bob.again(set("a", "4"), 4, 3, { stillOpen: [1, 3] }))
    const { settled } = cell.apply(bob.again(set("a", "5"), 5, 4, { stillOpen: [3] }))
    expect(settled).toMatchObject([{ sessionId: 2, requestNumber: 1, outcome: { code: "CANCELLED" } }])
    cell.apply(bob.again(set("a", "6"), 6, 5, { stillOpen: [1, 3] }))
    expect(codeOf(cell.apply(bob.again(acquireOf(at("job")), 1)).outcomes[0])).toBe("REQUEST_FORGOTTEN")
    expect(cell.lockOf("job").waiters).toEqual([])
    answered(cell.apply(bob.again(set("three", "x"), 3)).outcomes[0], "setContents")
    cell.checkStore()
  })

  test("can be cancelled, even before it comes", () => {
    const { cell, bob } = waitingCast()
    const cancel = (requestNumber: number, own: number): Outcome | undefined =>
      cell.apply(bob.again({ kind: "cancelAcquire", requestNumber }, own, own - 1, { stillOpen: [1, 2] })).outcomes[0]
    expect(cancel(1, 7)).toEqual({ kind: "cancelAcquire", cancelled: true })
    expect(cancel(2, 8)).toEqual({ kind: "cancelAcquire", cancelled: true })
    expect(cancel(3, 9)).toEqual({ kind: "cancelAcquire", cancelled: false })
    expect(codeOf(cell.apply(bob.again(acquireOf(at("job")), 2)).outcomes[0])).toBe("CANCELLED")
    cell.checkStore()
  })
})

describe("a list of open calls", () => {
  test("that is out of order, or names what is not acknowledged, is refused and does nothing", () => {
    const { cell, bob } = waitingCast()
    for (const stillOpen of [[2, 1], [1, 1], [0], [9], [1, 4]]) {
      expect(codeOf(cell.apply(bob.again(set("a", "x"), 9, 3, { stillOpen })).outcomes[0])).toBe("INVALID_ARGUMENT")
    }
    expect(cell.machine.recall(bob.sessionId, 1)).toBe("waiting")
    cell.checkStore()
  })

  test("is bounded, and so is what is remembered for it", () => {
    const session = new CellUnderTest().session()
    const most = limits.stillOpenMax
    const numbers = Array.from({ length: most + 1 }, (_, place) => place + 1)
    const tooMany = session.again(set("a", "x"), most + 2, most + 1, { stillOpen: numbers })
    expect(codeOf(session.cell.apply(tooMany).outcomes[0])).toBe("INVALID_ARGUMENT")
    const stillOpen = numbers.slice(0, most)
    session.cell.apply(...stillOpen.map((number) => session.again({ kind: "close", handle: "" }, number)))
    const full = session.again(set("a", "x"), most + 1, most, { stillOpen })
    expect(codeOf(session.cell.apply(full).outcomes[0])).toBe("QUOTA_EXCEEDED")
    const fewer = session.again(set("a", "x"), most + 1, most, { stillOpen: stillOpen.slice(1) })
    answered(session.cell.apply(fewer).outcomes[0], "setContents")
    session.cell.checkStore()
  })
})

test("a session can always be closed, however much it has left unacknowledged", () => {
  const session = new CellUnderTest().session()
  const calls = Array.from({ length: limits.outstandingRequestsMax }, () => session.next({ kind: "close", handle: "" }))
  session.cell.apply(...calls)
  expect(session.call({ kind: "closeSession" })).toEqual({ kind: "closeSession" })
})

test("what a session's calls have read is remembered up to so many bytes, until it is acknowledged", () => {
  const session = new CellUnderTest().session()
  const sizeMax = limits.contentsBytesMax
  session.call({ kind: "setContents", node: at("a"), contents: new Uint8Array(sizeMax) })
  const readings = Math.ceil(limits.rememberedBytesMax / sizeMax)
  const reading: MutatingOperation = {
    kind: "transact",
    guards: [],
    then: [{ kind: "getContentsAndStat", node: at("a") }],
    otherwise: [],
  }
  for (let count = 0; count < readings; count += 1) answered(session.call(reading), "transact")
  expect(codeOf(session.call(reading))).toBe("QUOTA_EXCEEDED")
  // What sets others free, and whatever has a short answer, still goes through.
  answered(session.call({ kind: "release", node: at("a") }), "release")
  session.cell.restart()
  expect(codeOf(session.call(reading))).toBe("QUOTA_EXCEEDED")
  answered(session.call(reading, session.requestNumber), "transact")
})

const lastNumber = 12
const arrival: fc.Arbitrary<Arrival> = fc
  .record({
    requestNumber: fc.integer({ min: 1, max: lastNumber }),
    answeredThrough: fc.oneof(fc.constant(0), fc.nat(lastNumber)),
    open: fc.uniqueArray(fc.integer({ min: 1, max: lastNumber })),
    forged: fc.nat(5).map((draw) => draw === 0),
  })
  .map(({ open, ...rest }) => ({
    ...rest,
    stillOpen: open.filter((number) => number <= rest.answeredThrough).sort((left, right) => left - right),
  }))

type Step = Arrival | { readonly released: number } | "restart"

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: arrival },
  { weight: 2, arbitrary: fc.record({ released: fc.integer({ min: 1, max: lastNumber }) }) },
  { weight: 1, arbitrary: fc.constant("restart" as const) },
)

/** Of an outcome, as much as the naive memory knows. What was cancelled is done with. */
function summaryOf(outcome: Outcome | "waiting" | undefined): string | undefined {
  if (outcome === undefined || outcome === "waiting") return outcome
  return outcome.kind === "refused" && outcome.code !== "CANCELLED" ? outcome.code : "done"
}

/** What can be seen of each call: what is remembered, who waits, and how often it has been carried out. */
function describeCalls({ cell, sessionId }: SessionUnderTest): string[] {
  return numbers.map((number) => {
    const waiters = cell.lockOf(`lock-${number}`).waiters.length
    const file = cell.read({ kind: "getStat", node: at(`file-${number}`) })
    const written = file.kind === "getStat" ? file.stat.contentGeneration : 0
    return `${number} ${summaryOf(cell.machine.recall(sessionId, number))} ${waiters} ${written}`
  })
}

function describeMemory(naive: NaiveMemory): string[] {
  return numbers.map((number) => {
    const waiters = naive.recall(number) === "waiting" ? 1 : 0
    return `${number} ${naive.recall(number)} ${waiters} ${naive.written.get(number) ?? 0}`
  })
}

const numbers = Array.from({ length: lastNumber }, (_, place) => place + 1)

describe("the calls of a session, however they are delayed, doubled and reordered,", () => {
  test("are remembered, forgotten and carried out as by a memory that keeps every acknowledgement", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: "max" }), (steps) => {
        const cell = new CellUnderTest()
        const stranger = cell.session("stranger")
        const session = cell.session()
        const naive = new NaiveMemory()
        for (const number of numbers) stranger.call(acquireOf(at(`lock-${number}`)))
        for (const one of steps) {
          if (one === "restart") cell.restart()
          else if ("released" in one) {
            stranger.call({ kind: "release", node: at(`lock-${one.released}`) })
            naive.release(one.released)
          } else {
            const { requestNumber, answeredThrough, stillOpen, forged } = one
            const operation = operationOf(requestNumber, forged)
            const command = session.again(operation, requestNumber, answeredThrough, { stillOpen })
            expect(summaryOf(cell.apply(command).outcomes[0]) ?? "waiting").toBe(naive.take(one))
          }
          expect(describeCalls(session)).toEqual(describeMemory(naive))
        }
        cell.checkStore()
      }),
      { numRuns: 200 },
    )
  })
})

function resultsStoredBy(cell: CellUnderTest): readonly string[] {
  return cell.store().filter((key) => key.startsWith("result/"))
}

describe("a result that came and went between two stores", () => {
  test("is neither waiting to be stored, nor written, nor removed", () => {
    const cell = new CellUnderTest()
    const session = cell.session()
    cell.store()
    session.call(set("a", "0"))
    const waitingCount = cell.machine.waitingWriteCount
    for (let number = 1; number <= 50; number += 1) session.call(set("a", String(number)), number)
    expect(cell.machine.waitingWriteCount).toBeLessThanOrEqual(waitingCount + 1)
    expect(resultsStoredBy(cell)).toEqual([resultKey(session.sessionId, 51)])
    session.call(set("a", "51"), 51)
    expect(resultsStoredBy(cell)).toEqual(
      [resultKey(session.sessionId, 51), resultKey(session.sessionId, 52)].reverse(),
    )
    cell.checkStore()
  })
})
