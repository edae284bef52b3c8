import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { Acceptor, type AcceptorMemory } from "../../../src/paxos/acceptor.ts"
import { type Ballot, noBallot } from "../../../src/paxos/ballot.ts"
import { Outbox } from "../../../src/paxos/effects.ts"
import { Log } from "../../../src/paxos/log.ts"
import type { Accept, AcceptedSlot, Heartbeat, Incarnation, Prepare, PreVote } from "../../../src/paxos/messages.ts"
import { settingsOf } from "../../support/paxos-cell.ts"
import { replayed } from "../../support/paxos-store.ts"

const settings = settingsOf(1, 3)
/** A full lease, as its granter counts it. */
const leaseMs = 1_010

const newborn: AcceptorMemory = { promised: noBallot, incarnations: [], incarnation: 0, voting: true }

function ballot(round: number, replicaId: number): Ballot {
  return { round, replicaId }
}

function prepare(of: Ballot, chosenThrough = 0, admits?: Incarnation): Prepare {
  return { kind: "prepare", ballot: of, chosenThrough, admits }
}

function accept(of: Ballot, slot: number, value = "v"): Accept {
  return { kind: "accept", ballot: of, slot, value: utf8(value), chosenThrough: 0, sentAt: 1 }
}

function heartbeat(of: Ballot): Heartbeat {
  return { kind: "heartbeat", ballot: of, chosenThrough: 0, sentAt: 1 }
}

function preVote(of: Ballot, chosenThrough = 0): PreVote {
  return { kind: "preVote", ballot: of, chosenThrough }
}

/** An acceptor, its log, and everything it has left behind so far. */
class Scene {
  readonly out = new Outbox()
  readonly log: Log
  readonly acceptor: Acceptor

  constructor(memory: Partial<AcceptorMemory> = {}, accepted: readonly AcceptedSlot[] = [], now = 1) {
    this.log = new Log(0, accepted)
    this.acceptor = new Acceptor(settings, this.log, { ...newborn, ...memory }, now)
  }

  get answers(): string[] {
    return this.out.sendAfterSync.map(({ message }) => message.kind)
  }

  get nacks(): number {
    return this.out.send.filter(({ message }) => message.kind === "nack").length
  }

  /** The same replica after a crash, with what it has recorded and nothing else. */
  restarted(now: number): Scene {
    const memory = replayed([{ records: this.out.records, appliedThrough: 0 }], true)
    return new Scene(memory, memory.accepted, now)
  }
}

describe("an acceptor's promise", () => {
  test("is told only once it would survive a crash", () => {
    const { acceptor, out } = new Scene()
    expect(acceptor.prepare(prepare(ballot(1, 2)), 10, out)).toBe(true)
    expect(out.send).toEqual([])
    expect(out.sendAfterSync.map(({ to, message }) => [to, message.kind])).toEqual([[2, "promise"]])
    expect(out.records).toEqual([{ kind: "promised", ballot: ballot(1, 2), incarnations: [] }])
  })

  test("is never lowered, even across a restart", () => {
    const before = new Scene()
    before.acceptor.prepare(prepare(ballot(5, 2)), 10, before.out)
    const after = before.restarted(20)
    expect(after.acceptor.promised).toEqual(ballot(5, 2))
    expect(after.acceptor.prepare(prepare(ballot(4, 3)), 20 + leaseMs, after.out)).toBe(false)
    expect(after.acceptor.accept(accept(ballot(4, 3), 1), 20 + leaseMs, after.out)).toBe(false)
    expect(after.acceptor.heartbeat(heartbeat(ballot(4, 3)), 20 + leaseMs, after.out)).toBe(false)
    expect([after.nacks, after.answers, after.out.records]).toEqual([3, [], []])
  })

  test("is raised, and the rise recorded, by an accept or heartbeat of a higher ballot", () => {
    for (const speak of ["accept", "heartbeat"] as const) {
      const scene = new Scene()
      if (speak === "accept") scene.acceptor.accept(accept(ballot(3, 2), 1), 10, scene.out)
      else scene.acceptor.heartbeat(heartbeat(ballot(3, 2)), 10, scene.out)
      expect(scene.restarted(20).acceptor.promised).toEqual(ballot(3, 2))
    }
  })

  test("is made once more to a candidate whose question comes twice", () => {
    const { acceptor, out } = new Scene()
    acceptor.prepare(prepare(ballot(1, 2)), 10, out)
    expect(acceptor.prepare(prepare(ballot(1, 2)), 11, out)).toBe(true)
    expect(out.sendAfterSync).toHaveLength(2)
  })

  test("goes to the higher replica when two stand in one round, and not back", () => {
    const scene = new Scene()
    scene.acceptor.prepare(prepare(ballot(1, 2)), 10, scene.out)
    expect(scene.acceptor.prepare(prepare(ballot(1, 3)), 10, scene.out)).toBe(true)
    expect(scene.acceptor.prepare(prepare(ballot(1, 2)), 10, scene.out)).toBe(false)
    expect(scene.nacks).toBe(1)
  })

  test("tells what was accepted above the higher of the two watermarks", () => {
    const { acceptor, log, out } = new Scene()
    for (const slot of [1, 2, 3, 5]) acceptor.accept(accept(ballot(1, 2), slot), 10, out)
    log.choose(1, out)
    const reported = (chosenThrough: number): number[] => {
      const answer = new Outbox()
      acceptor.prepare(prepare(ballot(2, 2), chosenThrough), 20, answer)
      const message = answer.sendAfterSync[0]?.message
      return message?.kind === "promise" ? message.accepted.map(({ slot }) => slot) : []
    }
    expect(reported(0)).toEqual([2, 3, 5])
    expect(reported(3)).toEqual([5])
  })
})

describe("what an acceptor accepts", () => {
  test("is answered only once it would survive a crash", () => {
    const scene = new Scene()
    scene.acceptor.accept(accept(ballot(1, 2), 1), 10, scene.out)
    expect(scene.out.send).toEqual([])
    expect(scene.answers).toEqual(["accepted"])
    expect(scene.restarted(20).log.isAcceptedIn(1, ballot(1, 2))).toBe(true)
  })

  test("stays bounded: slots far above its watermark are ignored, though the leader is followed", () => {
    const scene = new Scene()
    const far = 4 * settings.windowSlots
    expect(scene.acceptor.accept(accept(ballot(1, 2), far + 1), 10, scene.out)).toBe(true)
    expect([scene.answers, scene.log.lastSlot]).toEqual([[], 0])
    scene.acceptor.accept(accept(ballot(1, 2), far), 10, scene.out)
    expect([scene.answers, scene.log.lastSlot]).toEqual([["accepted"], far])
  })

  test("stays bounded in bytes: what a promise would report fits in a frame", () => {
    const scene = new Scene()
    const large = "x".repeat(2 * settings.windowBytes)
    for (const slot of [1, 2, 3, 4]) scene.acceptor.accept(accept(ballot(1, 2), slot, large), 10, scene.out)
    expect([scene.answers.length, scene.log.lastSlot]).toEqual([3, 3])
    scene.log.choose(1, scene.out)
    scene.acceptor.accept(accept(ballot(1, 2), 4, large), 10, scene.out)
    expect([scene.answers.length, scene.log.lastSlot]).toEqual([4, 4])
  })

  test("is not changed by a proposal for a slot that it knows to be chosen", () => {
    const scene = new Scene()
    scene.acceptor.accept(accept(ballot(1, 2), 1, "kept"), 10, scene.out)
    scene.log.choose(1, scene.out)
    scene.acceptor.accept(accept(ballot(2, 2), 1, "kept"), 20, scene.out)
    expect(scene.answers).toEqual(["accepted", "accepted"])
    expect(scene.log.isAcceptedIn(1, ballot(1, 2))).toBe(true)
  })
})

describe("a master lease, where it is granted", () => {
  test("refuses other candidates until it has run out, and not its owner", () => {
    const scene = new Scene()
    scene.acceptor.heartbeat(heartbeat(ballot(1, 2)), 100, scene.out)
    expect(scene.acceptor.objection(preVote(ballot(2, 3)), 100 + leaseMs - 1)).toBe("lease")
    expect(scene.acceptor.prepare(prepare(ballot(2, 3)), 100 + leaseMs - 1, scene.out)).toBe(false)
    expect(scene.acceptor.promised).toEqual(ballot(1, 2))
    expect(scene.acceptor.prepare(prepare(ballot(2, 2)), 200, scene.out)).toBe(true)
    expect(scene.acceptor.prepare(prepare(ballot(2, 3)), 100 + leaseMs, scene.out)).toBe(true)
  })

  test("is granted anew by every accept and heartbeat, and never by a promise", () => {
    const { acceptor, out } = new Scene()
    acceptor.heartbeat(heartbeat(ballot(1, 2)), 100, out)
    acceptor.accept(accept(ballot(1, 2), 1), 300, out)
    expect(acceptor.leaseUntil).toBe(300 + leaseMs)
    acceptor.prepare(prepare(ballot(2, 2)), 900, out)
    expect(acceptor.leaseUntil).toBe(300 + leaseMs)
  })

  test("yields to a leader of a higher ballot, whose quorum has seen it run out", () => {
    const { acceptor, out } = new Scene()
    acceptor.heartbeat(heartbeat(ballot(1, 2)), 100, out)
    expect(acceptor.heartbeat(heartbeat(ballot(2, 3)), 150, out)).toBe(true)
    expect(acceptor.objection(preVote(ballot(3, 3)), 160)).toBeUndefined()
    expect(acceptor.objection(preVote(ballot(3, 2)), 160)).toBe("lease")
  })

  test("is assumed for a full span after a start, for the owner of the promise on the disk alone", () => {
    const { acceptor, out } = new Scene({ promised: ballot(4, 2) }, [], 500)
    expect(acceptor.objection(preVote(ballot(5, 3)), 500 + leaseMs - 1)).toBe("lease")
    expect(acceptor.prepare(prepare(ballot(5, 3)), 500 + leaseMs - 1, out)).toBe(false)
    expect(acceptor.objection(preVote(ballot(5, 2)), 500)).toBeUndefined()
    expect(acceptor.prepare(prepare(ballot(5, 3)), 500 + leaseMs, out)).toBe(true)
  })

  test("binds nobody at birth", () => {
    expect(new Scene({}, [], 500).acceptor.objection(preVote(ballot(1, 3)), 500)).toBeUndefined()
  })

  test("ends at once when its owner renounces it", () => {
    const { acceptor, out } = new Scene()
    acceptor.heartbeat(heartbeat(ballot(2, 2)), 100, out)
    acceptor.releaseLease(ballot(2, 2), 150)
    expect(acceptor.prepare(prepare(ballot(3, 3)), 150, out)).toBe(true)
  })

  test("does not end by an old or a foreign word", () => {
    const { acceptor, out } = new Scene()
    acceptor.heartbeat(heartbeat(ballot(2, 2)), 100, out)
    acceptor.releaseLease(ballot(1, 2), 150)
    acceptor.releaseLease(ballot(3, 3), 150)
    expect(acceptor.prepare(prepare(ballot(4, 3)), 150, out)).toBe(false)
  })
})

describe("a pre-vote", () => {
  test("changes nothing at the one who is asked", () => {
    const { acceptor, out } = new Scene()
    expect(acceptor.objection(preVote(ballot(9, 3)), 10)).toBeUndefined()
    expect(acceptor.promised).toEqual(noBallot)
    expect(acceptor.prepare(prepare(ballot(1, 2)), 10, out)).toBe(true)
  })

  test("is refused to a ballot that would be refused, the same one included", () => {
    const { acceptor } = new Scene({ promised: ballot(4, 2) })
    expect(acceptor.objection(preVote(ballot(4, 2)), 5_000)).toBe("ballot")
    expect(acceptor.objection(preVote(ballot(4, 3)), 5_000)).toBeUndefined()
  })

  test("is refused to a candidate that all would have to wait for", () => {
    const { acceptor, log, out } = new Scene()
    log.installSnapshot(100, out)
    expect(acceptor.objection(preVote(ballot(1, 2), 100 - settings.windowSlots - 1), 10)).toBe("behind")
    expect(acceptor.objection(preVote(ballot(1, 2), 100 - settings.windowSlots), 10)).toBeUndefined()
  })
})

describe("a learner", () => {
  test("neither promises nor answers, but remembers what the leader says", () => {
    const scene = new Scene({ voting: false })
    expect(scene.acceptor.prepare(prepare(ballot(1, 2)), 10, scene.out)).toBe(false)
    expect(scene.acceptor.accept(accept(ballot(2, 2), 1), 10, scene.out)).toBe(true)
    expect(scene.acceptor.heartbeat(heartbeat(ballot(2, 2)), 10, scene.out)).toBe(true)
    expect(scene.out.sendAfterSync).toEqual([])
    expect(scene.out.send).toEqual([])
    expect(scene.log.isAcceptedIn(1, ballot(2, 2))).toBe(true)
  })

  test("that is admitted keeps the highest ballot it has followed, and behaves as if it had granted a lease", () => {
    const scene = new Scene({ voting: false })
    scene.acceptor.heartbeat(heartbeat(ballot(5, 2)), 10, scene.out)
    scene.acceptor.admit({ ballot: ballot(4, 2), incarnations: [] }, 50, scene.out)
    expect(scene.acceptor.promised).toEqual(ballot(5, 2))
    expect(scene.acceptor.prepare(prepare(ballot(6, 3)), 50 + leaseMs - 1, scene.out)).toBe(false)
    expect(scene.acceptor.prepare(prepare(ballot(6, 3)), 50 + leaseMs, scene.out)).toBe(true)
  })

  test("that is admitted has this on its disk: its vote, its incarnation, and those of the others", () => {
    const scene = new Scene({ voting: false })
    const incarnations = [
      { replicaId: 3, round: 2 },
      { replicaId: 1, round: 4 },
    ]
    scene.acceptor.admit({ ballot: ballot(6, 2), incarnations }, 50, scene.out)
    const memory = replayed([{ records: scene.out.records, appliedThrough: 0 }], false)
    expect(memory).toMatchObject({ voting: true, incarnation: 4, promised: ballot(6, 2) })
    expect(memory.incarnations).toEqual([
      { replicaId: 1, round: 4 },
      { replicaId: 3, round: 2 },
    ])
  })
})

describe("whose votes are void", () => {
  test("is remembered from the prepare that admits them on, across restarts, and never lowered", () => {
    const before = new Scene()
    before.acceptor.prepare(prepare(ballot(8, 2), 0, { replicaId: 3, round: 4 }), 10, before.out)
    const after = before.restarted(20)
    after.acceptor.prepare(prepare(ballot(9, 2), 0, { replicaId: 3, round: 2 }), 30, after.out)
    const message = after.out.sendAfterSync[0]?.message
    expect(message).toMatchObject({ kind: "promise", incarnation: 0, incarnations: [{ replicaId: 3, round: 4 }] })
  })
})
