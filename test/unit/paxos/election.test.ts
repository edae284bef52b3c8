import { describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import { noBallot } from "../../../src/paxos/ballot.ts"
import { Outbox } from "../../../src/paxos/effects.ts"
import { Election } from "../../../src/paxos/election.ts"
import type { PreVoteAnswer } from "../../../src/paxos/messages.ts"
import { settingsOf } from "../../support/paxos-cell.ts"

const settings = settingsOf(2, 3)
const ballot = { round: 3, replicaId: 2 }

function election(seed = 1, quietUntil = 100): Election {
  return new Election(settings, new Prng(seed), noBallot, quietUntil)
}

function answer(granted: boolean, changes: Partial<PreVoteAnswer> = {}): PreVoteAnswer {
  return { kind: "preVoteAnswer", ballot, granted, promised: noBallot, chosenThrough: 0, ...changes }
}

describe("suspicion", () => {
  test("begins after the quiet span, jittered so that seldom two replicas stand at once", () => {
    const instants = Array.from({ length: 20 }, (_, seed) => election(seed).suspectAt)
    expect(Math.min(...instants)).toBeGreaterThan(100)
    expect(Math.max(...instants)).toBeLessThanOrEqual(100 + settings.electionJitterMs)
    expect(new Set(instants).size).toBeGreaterThan(10)
  })

  test("is put off by a whole lease when someone leads", () => {
    const it = election()
    it.trust(500)
    expect(it.suspectAt).toBeGreaterThan(500 + 1_010)
  })

  test("comes early when the leader has said that it leaves, but not before its successor's chance", () => {
    const it = election()
    it.trust(500)
    it.doubt(600)
    expect(it.suspectAt).toBeGreaterThan(600 + 2 * settings.electionJitterMs)
    expect(it.suspectAt).toBeLessThan(600 + 4 * settings.electionJitterMs)
  })
})

describe("a pre-vote", () => {
  test("asks everybody, itself included, and comes again later", () => {
    const it = election()
    const out = new Outbox()
    it.poll(ballot, 7, 300, out)
    expect(out.send.map(({ to }) => to)).toEqual([1, 2, 3])
    expect(it.suspectAt).toBeGreaterThan(300)
  })

  test("is won with a quorum, once", () => {
    const it = election()
    it.poll(ballot, 0, 300, new Outbox())
    expect(it.onPreVoteAnswer(2, answer(true))).toBeUndefined()
    expect(it.onPreVoteAnswer(2, answer(true))).toBeUndefined()
    expect(it.onPreVoteAnswer(3, answer(true))).toEqual(ballot)
    expect(it.onPreVoteAnswer(1, answer(true))).toBeUndefined()
  })

  test("is not won with refusals or with answers to another question", () => {
    const it = election()
    it.poll(ballot, 0, 300, new Outbox())
    it.onPreVoteAnswer(2, answer(true))
    expect(it.onPreVoteAnswer(3, answer(false))).toBeUndefined()
    expect(it.onPreVoteAnswer(1, answer(true, { ballot: { round: 2, replicaId: 2 } }))).toBeUndefined()
  })

  test("is void once someone leads", () => {
    const it = election()
    it.poll(ballot, 0, 300, new Outbox())
    it.onPreVoteAnswer(2, answer(true))
    it.trust(310)
    expect(it.onPreVoteAnswer(3, answer(true))).toBeUndefined()
  })
})

describe("a fresh ballot", () => {
  test("is above every ballot heard of, one's own promise and refusals included", () => {
    const it = election()
    expect(it.freshBallot(noBallot)).toEqual({ round: 1, replicaId: 2 })
    it.noteBallot({ round: 4, replicaId: 1 })
    expect(it.freshBallot(noBallot)).toEqual({ round: 5, replicaId: 2 })
    it.onPreVoteAnswer(3, answer(false, { promised: { round: 8, replicaId: 3 } }))
    expect(it.freshBallot({ round: 6, replicaId: 1 })).toEqual({ round: 9, replicaId: 2 })
    expect(it.freshBallot({ round: 12, replicaId: 1 })).toEqual({ round: 13, replicaId: 2 })
  })
})
