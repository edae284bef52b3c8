import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { type Ballot, noBallot } from "../../../src/paxos/ballot.ts"
import { Outbox } from "../../../src/paxos/effects.ts"
import { Log } from "../../../src/paxos/log.ts"
import type { AcceptedSlot, Incarnation, Promised } from "../../../src/paxos/messages.ts"
import { Proposer } from "../../../src/paxos/proposer.ts"
import { settingsOf, text } from "../../support/paxos-cell.ts"

const ballot: Ballot = { round: 5, replicaId: 1 }

interface Testimony {
  readonly chosenThrough?: number
  readonly accepted?: readonly (readonly [slot: number, value: string, ballot: Ballot])[]
  readonly incarnation?: number
  readonly incarnations?: readonly Incarnation[]
}

function promise(of: Ballot, testimony: Testimony = {}): Promised {
  const { chosenThrough = 0, accepted = [], incarnation = 0, incarnations = [] } = testimony
  const slots: AcceptedSlot[] = accepted.map(([slot, value, own]) => ({ slot, value: utf8(value), ballot: own }))
  return { kind: "promise", ballot: of, chosenThrough, accepted: slots, incarnation, incarnations }
}

class Candidacy {
  readonly log = new Log(0, [])
  readonly out = new Outbox()
  readonly proposer: Proposer

  constructor(replicas = 3, admits?: number) {
    this.proposer = new Proposer(settingsOf(1, replicas), this.log)
    const incarnation = admits === undefined ? undefined : { replicaId: admits, round: 5 }
    this.proposer.prepare(ballot, incarnation, 10, this.out)
  }

  /** Returns whether this promise makes the candidate a leader. */
  promised(from: number, testimony?: Testimony, of = ballot): boolean {
    return this.proposer.onPromise(from, promise(of, testimony), 20, this.out)
  }

  accepted(from: number, slot: number, of = ballot, sentAt = 20): void {
    this.proposer.onAccepted(from, { kind: "accepted", ballot: of, slot, sentAt }, 30, this.out)
  }

  /** What was proposed, each slot once. */
  get proposals(): [number, string][] {
    const proposals = new Map<number, string>()
    for (const { message } of this.out.send)
      if (message.kind === "accept") proposals.set(message.slot, text(message.value))
    return [...proposals]
  }

  asked(kind: "prepare" | "accept" | "heartbeat"): number[] {
    return this.out.send.filter(({ message }) => message.kind === kind).map(({ to }) => to)
  }

  get chosen(): [number, string][] {
    return this.out.chosen.map(({ slot, value }) => [slot, text(value)])
  }
}

function leading(replicas = 3): Candidacy {
  const candidacy = new Candidacy(replicas)
  for (let id = 1; 2 * (id - 1) < replicas; id += 1) candidacy.promised(id)
  expect(candidacy.proposer.leading).toBeDefined()
  return candidacy
}

describe("a candidate", () => {
  test("asks itself first, and the others when its own promise is durable", () => {
    const candidacy = new Candidacy()
    expect(candidacy.asked("prepare")).toEqual([1])
    candidacy.promised(1)
    expect(candidacy.asked("prepare")).toEqual([1, 2, 3])
  })

  test("asks those again that have not promised", () => {
    const candidacy = new Candidacy(5)
    for (const id of [1, 4]) candidacy.promised(id)
    candidacy.out.send.length = 0
    candidacy.proposer.tick(candidacy.proposer.wakeAt() ?? 0, candidacy.out)
    expect(candidacy.asked("prepare")).toEqual([2, 3, 5])
  })

  test("leads with a quorum of promises and not with less", () => {
    const candidacy = new Candidacy(5)
    expect([1, 2, 3].map((id) => candidacy.promised(id))).toEqual([false, false, true])
  })

  test("does not count one voter twice", () => {
    const candidacy = new Candidacy(5)
    expect([1, 2, 2, 2].map((id) => candidacy.promised(id))).toEqual([false, false, false, false])
  })

  test("does not count a promise of another ballot", () => {
    const candidacy = new Candidacy()
    candidacy.promised(1)
    expect(candidacy.promised(2, {}, { round: 4, replicaId: 1 })).toBe(false)
    expect(candidacy.promised(2, {}, { round: 5, replicaId: 2 })).toBe(false)
  })

  test("gives up after a while", () => {
    const { proposer, out } = new Candidacy()
    proposer.tick(10 + 1_000, out)
    expect(proposer.idle).toBe(true)
  })

  test("uses no ballot of another replica", () => {
    const proposer = new Proposer(settingsOf(2, 3), new Log(0, []))
    expect(() => proposer.prepare(ballot, undefined, 10, new Outbox())).toThrow("own ballots")
  })
})

describe("a new leader", () => {
  test("adopts for each slot the value with the highest ballot, whoever reports it", () => {
    const candidacy = new Candidacy(5)
    candidacy.promised(1, { accepted: [[1, "old", { round: 2, replicaId: 3 }]] })
    candidacy.promised(2, { accepted: [[1, "new", { round: 3, replicaId: 2 }]] })
    candidacy.promised(3, { accepted: [[1, "older", { round: 1, replicaId: 5 }]] })
    expect(candidacy.proposals).toEqual([[1, "new"]])
  })

  test("adopts the value of the higher replica when two of one round are reported", () => {
    const candidacy = new Candidacy()
    candidacy.promised(1, { accepted: [[1, "of replica 3", { round: 2, replicaId: 3 }]] })
    candidacy.promised(2, { accepted: [[1, "of replica 2", { round: 2, replicaId: 2 }]] })
    expect(candidacy.proposals).toEqual([[1, "of replica 3"]])
  })

  test("fills slots of which nothing was reported with no-ops, below the last one reported", () => {
    const candidacy = new Candidacy()
    candidacy.promised(1, { accepted: [[2, "b", { round: 1, replicaId: 2 }]] })
    candidacy.promised(2, { accepted: [[4, "d", { round: 1, replicaId: 2 }]] })
    expect(candidacy.proposals).toEqual([
      [1, ""],
      [2, "b"],
      [3, ""],
      [4, "d"],
    ])
    expect(candidacy.proposer.propose(utf8("own"), 30, candidacy.out)).toBe(5)
  })

  test("proposes nothing for slots that a voter knows to be chosen", () => {
    const candidacy = new Candidacy()
    candidacy.promised(1, {
      accepted: [
        [1, "stale", { round: 1, replicaId: 2 }],
        [3, "c", { round: 1, replicaId: 2 }],
      ],
    })
    candidacy.promised(2, { chosenThrough: 2 })
    expect(candidacy.proposals).toEqual([[3, "c"]])
  })

  test("does not count a promise made before its maker lost its records", () => {
    const candidacy = new Candidacy()
    candidacy.promised(1, { incarnations: [{ replicaId: 2, round: 4 }] })
    expect(candidacy.promised(2, { incarnation: 3 })).toBe(false)
    expect(candidacy.out.trace).toContainEqual({ kind: "promiseDiscounted", voter: 2 })
    expect(candidacy.promised(2, { incarnation: 4 })).toBe(true)
  })

  test("takes back a promise counted so far when a later voter knows better", () => {
    const candidacy = new Candidacy(5)
    candidacy.promised(1)
    candidacy.promised(2, { accepted: [[1, "of the old one", { round: 1, replicaId: 2 }]] })
    expect(candidacy.promised(3, { incarnations: [{ replicaId: 2, round: 4 }] })).toBe(false)
    expect(candidacy.promised(4)).toBe(true)
    expect(candidacy.proposals).toEqual([])
  })

  test("does not count the replica that its ballot admits", () => {
    const candidacy = new Candidacy(3, 3)
    candidacy.promised(1)
    expect(candidacy.promised(3)).toBe(false)
    expect(candidacy.promised(2)).toBe(true)
  })
})

describe("a leader", () => {
  test("takes a slot for chosen with a quorum and not with less", () => {
    const candidacy = leading(5)
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    for (const id of [1, 2]) candidacy.accepted(id, 1)
    expect(candidacy.chosen).toEqual([])
    candidacy.accepted(4, 1)
    expect(candidacy.chosen).toEqual([[1, "a"]])
  })

  test("does not count one voter twice", () => {
    const candidacy = leading()
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    for (const id of [2, 2, 2]) candidacy.accepted(id, 1)
    expect(candidacy.chosen).toEqual([])
  })

  test("does not count votes of another ballot", () => {
    const candidacy = leading()
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    candidacy.accepted(1, 1)
    candidacy.accepted(2, 1, { round: 4, replicaId: 1 })
    expect(candidacy.chosen).toEqual([])
    expect(candidacy.proposer.leading?.masterLease.until).toBe(0)
  })

  test("takes slots for chosen in order, however the votes come in", () => {
    const candidacy = leading()
    for (const value of ["a", "b"]) candidacy.proposer.propose(utf8(value), 20, candidacy.out)
    for (const id of [1, 2]) candidacy.accepted(id, 2)
    expect(candidacy.chosen).toEqual([])
    for (const id of [1, 3]) candidacy.accepted(id, 1)
    expect(candidacy.chosen).toEqual([
      [1, "a"],
      [2, "b"],
    ])
  })

  test("has room for a window of slots, which the chosen ones leave", () => {
    const candidacy = leading()
    for (let count = 0; count < 8; count += 1) candidacy.proposer.propose(utf8("x"), 20, candidacy.out)
    expect(candidacy.proposer.capacity).toBe(0)
    for (const id of [1, 2]) candidacy.accepted(id, 1)
    expect(candidacy.proposer.capacity).toBe(1)
  })

  test("has room for a window of bytes, too", () => {
    const candidacy = leading()
    candidacy.proposer.propose(new Uint8Array(10_000), 20, candidacy.out)
    expect(candidacy.proposer.capacity).toBe(0)
    for (const id of [1, 2]) candidacy.accepted(id, 1)
    expect(candidacy.proposer.capacity).toBe(8)
  })

  test("counts its lease from when it sent what was answered, not from when the answer came", () => {
    const candidacy = leading()
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    for (const id of [1, 2]) candidacy.accepted(id, 1, ballot, 20)
    expect(candidacy.proposer.leading?.masterLease.until).toBe(20 + 990)
    for (const id of [1, 3]) {
      candidacy.proposer.onHeartbeatAnswer(id, { kind: "heartbeatAnswer", ballot, sentAt: 50, chosenThrough: 0 })
    }
    expect(candidacy.proposer.leading?.masterLease.until).toBe(50 + 990)
  })

  test("sends a slot again to those who have not answered, and to no others", () => {
    const candidacy = leading()
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    candidacy.accepted(1, 1)
    candidacy.out.send.length = 0
    for (let now = 20; now <= 320; now += 100) candidacy.proposer.tick(now, candidacy.out)
    expect(candidacy.asked("accept")).toEqual([2, 3])
  })

  test("tells the others soon of a chosen slot", () => {
    const candidacy = leading()
    candidacy.proposer.tick(20, candidacy.out)
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    for (const id of [1, 2]) candidacy.accepted(id, 1)
    const wakeAt = candidacy.proposer.wakeAt() ?? 0
    expect(wakeAt).toBeLessThanOrEqual(40)
    candidacy.out.send.length = 0
    candidacy.proposer.tick(wakeAt, candidacy.out)
    expect(candidacy.out.send[1]?.message).toMatchObject({ kind: "heartbeat", chosenThrough: 1 })
  })

  test("steps down when it has heard no quorum for longer than any stall", () => {
    const candidacy = leading()
    candidacy.proposer.tick(20 + 1_999, candidacy.out)
    expect(candidacy.proposer.leading).toBeDefined()
    candidacy.proposer.tick(20 + 2_000, candidacy.out)
    expect(candidacy.proposer.idle).toBe(true)
  })

  test("steps down when it can't learn what was chosen before its reign", () => {
    const candidacy = new Candidacy()
    candidacy.promised(1)
    candidacy.promised(2, { chosenThrough: 3 })
    for (let now = 20; now < 8_020; now += 100) {
      for (const id of [1, 2]) {
        candidacy.proposer.onHeartbeatAnswer(id, { kind: "heartbeatAnswer", ballot, sentAt: now, chosenThrough: 0 })
      }
      candidacy.proposer.tick(now, candidacy.out)
    }
    expect(candidacy.proposer.leading).toBeDefined()
    candidacy.proposer.tick(8_020, candidacy.out)
    expect(candidacy.out.trace.at(-1)).toEqual({ kind: "steppedDown", ballot, reason: "neverCaughtUp" })
  })

  test("does not mind learning from another what it has proposed itself", () => {
    const candidacy = leading()
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    candidacy.log.learn({ slot: 1, value: utf8("a") }, candidacy.out)
    candidacy.proposer.advance(30, candidacy.out)
    expect(candidacy.proposer.leading).toBeDefined()
    expect(candidacy.proposer.capacity).toBe(8)
  })

  test("steps down when it learns that its slot was chosen otherwise", () => {
    const candidacy = leading()
    candidacy.proposer.propose(utf8("a"), 20, candidacy.out)
    candidacy.log.learn({ slot: 1, value: utf8("b") }, candidacy.out)
    candidacy.proposer.advance(30, candidacy.out)
    expect(candidacy.proposer.idle).toBe(true)
  })

  test("steps down when it learns of a slot that it has not proposed yet", () => {
    const candidacy = leading()
    candidacy.log.learn({ slot: 1, value: utf8("b") }, candidacy.out)
    candidacy.proposer.advance(30, candidacy.out)
    expect(candidacy.proposer.idle).toBe(true)
  })

  test("names as successor the other one that reaches furthest", () => {
    const candidacy = leading(5)
    const heard = (id: number, chosenThrough: number): void =>
      candidacy.proposer.onHeartbeatAnswer(id, { kind: "heartbeatAnswer", ballot, sentAt: 20, chosenThrough })
    expect(candidacy.proposer.successor()).toBeUndefined()
    heard(1, 9)
    heard(2, 3)
    heard(3, 5)
    heard(4, 5)
    expect(candidacy.proposer.successor()).toBe(3)
  })

  test("knows no ballot below the lowest", () => {
    expect(leading().proposer.ballot).not.toEqual(noBallot)
  })
})
