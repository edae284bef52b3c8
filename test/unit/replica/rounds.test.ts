import { beforeEach, describe, expect, test } from "vitest"
import { never } from "../../../src/base/instant.ts"
import { Round, Rounds } from "../../../src/replica/rounds.ts"

let rounds: Rounds
let round: Round
let endings: number

beforeEach(() => {
  rounds = new Rounds()
  round = new Round()
  endings = 0
  round.whenOver.push(() => (endings += 1))
})

describe("a round", () => {
  test("that waits for nobody is over", () => {
    expect(round.isOver).toBe(true)
  })

  test("is over when the last of its sessions has acknowledged", () => {
    rounds.await(round, 1, 5, 100, 9_000)
    rounds.await(round, 2, 1, 100, 9_000)
    expect(rounds.acknowledge(1, 4, 200)).toEqual([])
    expect(rounds.acknowledge(1, 5, 200)).toEqual([])
    expect([round.isOver, endings]).toEqual([false, 0])
    expect(rounds.acknowledge(2, 1, 300)).toEqual([{ sessionId: 2, waitedMs: 200 }])
    expect([round.isOver, endings]).toEqual([true, 1])
    expect(rounds.acknowledge(2, 1, 300)).toEqual([])
    expect([endings, rounds.nextAt()]).toEqual([1, never])
  })

  test("waits for no session longer than its cache lease", () => {
    rounds.await(round, 1, 5, 100, 2_000)
    rounds.await(round, 2, 1, 100, 3_000)
    expect(rounds.takeDue(1_999)).toEqual([])
    expect([rounds.takeDue(2_000), rounds.nextAt()]).toEqual([[], 3_000])
    expect(rounds.takeDue(3_000)).toEqual([{ sessionId: 2, waitedMs: 2_900 }])
    expect(endings).toBe(1)
  })

  test("does not wait for a session that has ended", () => {
    rounds.await(round, 1, 5, 100, 2_000)
    expect(rounds.endSession(1, 150)).toEqual([{ sessionId: 1, waitedMs: 50 }])
    expect(rounds.endSession(1, 150)).toEqual([])
  })

  test("of a take-over waits until the session has said what it caches", () => {
    rounds.await(round, 1, undefined, 100, 2_000)
    expect(rounds.acknowledge(1, 999, 110)).toEqual([])
    expect(rounds.hear(1, undefined, 120)).toEqual([{ sessionId: 1, waitedMs: 20 }])
  })

  test("of a take-over waits, if need be, until the session has forgotten something", () => {
    rounds.await(round, 1, undefined, 100, 2_000)
    expect(rounds.hear(1, 7, 120)).toEqual([])
    expect(rounds.acknowledge(1, 6, 130)).toEqual([])
    expect(rounds.acknowledge(1, 7, 140)).toEqual([{ sessionId: 1, waitedMs: 40 }])
  })
})

describe("a session that is waited for", () => {
  test("ends all rounds that one acknowledgement covers", () => {
    const later = new Round()
    rounds.await(round, 1, 1, 100, 2_000)
    rounds.await(later, 1, 2, 200, 2_000)
    expect(rounds.acknowledge(1, 2, 300).map(({ waitedMs }) => waitedMs)).toEqual([200, 100])
  })

  test("may be waited for again because of what ended", () => {
    const next = new Round()
    round.whenOver.push(() => rounds.await(next, 1, 9, 300, 2_000))
    rounds.await(round, 1, 1, 100, 2_000)
    rounds.acknowledge(1, 1, 300)
    expect([round.isOver, next.isOver]).toEqual([true, false])
    expect(rounds.acknowledge(1, 9, 310)).toHaveLength(1)
  })

  test("is shown with how long it has held something up", () => {
    expect(rounds.waitedFor(1, 500)).toBe(0)
    rounds.await(round, 1, 1, 100, 2_000)
    rounds.await(round, 1, 2, 300, 2_000)
    expect(rounds.waitedFor(1, 500)).toBe(400)
    rounds.acknowledge(1, 1, 500)
    expect(rounds.waitedFor(1, 500)).toBe(200)
  })
})
