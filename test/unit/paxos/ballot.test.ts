import { describe, expect, test } from "vitest"
import { compareBallots, nextBallot, noBallot } from "../../../src/paxos/ballot.ts"
import { quorum } from "../../../src/paxos/settings.ts"
import { settingsOf } from "../../support/paxos-cell.ts"

describe("ballots", () => {
  test("are ordered by round first", () => {
    expect(compareBallots({ round: 2, replicaId: 1 }, { round: 1, replicaId: 5 })).toBeGreaterThan(0)
    expect(compareBallots({ round: 1, replicaId: 5 }, { round: 2, replicaId: 1 })).toBeLessThan(0)
  })

  test("of one round are told apart by their replica", () => {
    expect(compareBallots({ round: 7, replicaId: 2 }, { round: 7, replicaId: 1 })).toBeGreaterThan(0)
    expect(compareBallots({ round: 7, replicaId: 1 }, { round: 7, replicaId: 2 })).toBeLessThan(0)
  })

  test("are equal only when both parts are", () => {
    expect(compareBallots({ round: 7, replicaId: 2 }, { round: 7, replicaId: 2 })).toBe(0)
  })

  test("that a candidate can own are above none", () => {
    expect(compareBallots(nextBallot(noBallot, 1), noBallot)).toBeGreaterThan(0)
  })

  test("next to a ballot belong to the one who asks and lie above it", () => {
    const next = nextBallot({ round: 7, replicaId: 5 }, 1)
    expect(next).toEqual({ round: 8, replicaId: 1 })
    expect(compareBallots(next, { round: 7, replicaId: 5 })).toBeGreaterThan(0)
  })
})

describe("a quorum", () => {
  test.each([1, 2, 3, 4, 5, 6, 7])("of %i replicas meets every other quorum", (count) => {
    const size = quorum(settingsOf(1, count))
    expect(2 * size).toBeGreaterThan(count)
    expect(2 * (size - 1)).toBeLessThanOrEqual(count)
  })
})
