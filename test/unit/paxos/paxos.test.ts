/** The roles together: elections, reigns, hand-over, catching up. */
import { describe, expect, test } from "vitest"
import { never } from "../../../src/base/instant.ts"
import { compareBallots, noBallot } from "../../../src/paxos/ballot.ts"
import { type Flight, PaxosCell } from "../../support/paxos-cell.ts"

function kinds(flights: readonly Flight[]): string[] {
  return [...new Set(flights.map(({ message }) => message.kind))]
}

function reigning(replicas = 3): PaxosCell {
  const cell = new PaxosCell({ replicas })
  cell.elect(1)
  return cell
}

describe("an election", () => {
  test("begins with a question that changes nothing", () => {
    const cell = new PaxosCell()
    cell.wake(1)
    expect(kinds(cell.inFlight)).toEqual(["preVote"])
    cell.deliver()
    expect(kinds(cell.inFlight)).toEqual(["preVoteAnswer"])
    for (const id of cell.replicas) {
      expect(cell.paxos(id).promised).toEqual(noBallot)
      expect(cell.memory(id).promised).toEqual(noBallot)
    }
  })

  test("is not even tried by a replica that a quorum would refuse", () => {
    const cell = reigning()
    cell.isCut = (from, to) => from === 3 || to === 3
    cell.run(5_000)
    expect(cell.saw("preVoteBegan", 3)).toBe(true)
    expect(cell.saw("prepareBegan", 3)).toBe(false)
    const ballot = cell.paxos(1).leading
    cell.isCut = () => false
    cell.run(2_000)
    expect(cell.paxos(1).leading).toEqual(ballot)
  })

  test("of a cell of one needs nobody else", () => {
    const cell = reigning(1)
    cell.propose(1, "a")
    cell.settle()
    expect(cell.known(1)).toEqual(["a"])
    expect(cell.now()).toBeLessThan(cell.paxos(1).masterLeaseUntil)
  })

  test("gives the lease only when a quorum has answered the leader", () => {
    const cell = new PaxosCell()
    cell.wake(1)
    cell.settle()
    expect(cell.leaders).toEqual([1])
    expect(cell.paxos(1).masterLeaseUntil).toBe(0)
    cell.beat(1)
    expect(cell.paxos(1).masterLeaseUntil).toBeGreaterThan(cell.now())
    expect(cell.paxos(1).presentReplicas(cell.now())).toBe(3)
  })

  test("ends well when all stand at once", () => {
    const cell = new PaxosCell({ replicas: 5 })
    cell.wait(200)
    for (const id of cell.replicas) cell.tick(id)
    cell.run(4_000)
    expect(cell.leaders).toHaveLength(1)
  })

  test("goes on when any message of it is lost", () => {
    for (const kind of ["preVote", "preVoteAnswer", "prepare", "promise"] as const) {
      const cell = new PaxosCell()
      cell.wake(1)
      for (let round = 0; round < 8; round += 1) {
        cell.drop(({ from, to, message }) => message.kind === kind && from !== to)
        cell.deliver()
      }
      cell.run(4_000)
      expect(cell.leaders, kind).toHaveLength(1)
    }
  })
})

describe("a leader", () => {
  test("has slots chosen that every replica then knows", () => {
    const cell = reigning(5)
    for (const value of ["a", "b", "c"]) cell.propose(1, value)
    cell.settle()
    cell.beat(1)
    for (const id of cell.replicas) expect(cell.known(id)).toEqual(["a", "b", "c"])
  })

  test("steps down without a quorum, and falls silent", () => {
    const cell = reigning()
    cell.isCut = (from, to) => from !== to
    cell.run(4_000)
    expect(cell.leaders).toEqual([])
    expect(cell.saw("steppedDown", 1)).toBe(true)
    cell.isCut = () => false
    cell.drop()
    cell.tick(1)
    expect(kinds(cell.inFlight)).not.toContain("heartbeat")
  })

  test("that has stepped down names nobody as leader, itself least of all", () => {
    const cell = reigning()
    expect(cell.paxos(1).leader(cell.now())).toBe(1)
    cell.step(1, { kind: "handOver" })
    expect(cell.paxos(1).leader(cell.now())).toBe(0)
    const other = reigning()
    const ballot = other.paxos(1).leading ?? noBallot
    other.wait(995)
    other.arrive({ from: 2, to: 1, message: { kind: "nack", ballot, promised: { round: 9, replicaId: 2 } } })
    expect(other.paxos(1).leading).toBeUndefined()
    expect(other.paxos(1).leader(other.now())).toBe(0)
  })

  test("overtakes a promise that stands in its way while its lease is good", () => {
    const cell = reigning()
    const before = cell.paxos(1).leading ?? noBallot
    // Replica 3 once promised a candidate that nobody else has heard of.
    cell.wait(5)
    cell.crash(3)
    cell.start(3)
    const promised = { round: 7, replicaId: 2 }
    cell.wait(1_020)
    cell.arrive({ from: 2, to: 3, message: { kind: "prepare", ballot: promised, chosenThrough: 0, admits: undefined } })
    cell.drop()
    cell.wake(1)
    cell.settle(({ to }) => to !== 3)
    expect(cell.now()).toBeLessThan(cell.paxos(1).masterLeaseUntil)
    cell.settle()
    const after = cell.paxos(1).leading ?? noBallot
    expect(compareBallots(after, promised)).toBeGreaterThan(0)
    expect(compareBallots(after, before)).toBeGreaterThan(0)
    cell.beat(1)
    expect(cell.paxos(1).presentReplicas(cell.now())).toBe(3)
  })

  test("does not overtake without its lease: it steps down, and others may stand", () => {
    const cell = reigning()
    const ballot = cell.paxos(1).leading ?? noBallot
    cell.wait(1_000)
    cell.trace.length = 0
    cell.arrive({ from: 3, to: 1, message: { kind: "nack", ballot, promised: { round: 7, replicaId: 2 } } })
    expect(cell.leaders).toEqual([])
    expect(cell.saw("prepareBegan")).toBe(false)
  })

  test("takes no notice of a refusal of another ballot than its own", () => {
    const cell = reigning()
    const stale = { round: 0, replicaId: 1 }
    cell.arrive({ from: 3, to: 1, message: { kind: "nack", ballot: stale, promised: { round: 7, replicaId: 2 } } })
    expect(cell.leaders).toEqual([1])
  })

  test("yields to a higher ballot that a quorum has promised", () => {
    const cell = reigning(5)
    cell.isCut = (from, to) => (from === 1) !== (to === 1)
    cell.run(1_500)
    expect(cell.leaders).toHaveLength(2)
    cell.isCut = () => false
    cell.run(200)
    expect(cell.leaders).toHaveLength(1)
    expect(cell.leaders).not.toContain(1)
  })
})

describe("a leader that fails", () => {
  test("is succeeded after its lease, not before, and nothing chosen is lost", () => {
    const cell = reigning()
    cell.propose(1, "a")
    cell.settle()
    const leaseUntil = cell.paxos(1).masterLeaseUntil
    cell.crash(1)
    cell.run(900)
    expect(cell.leaders).toEqual([])
    expect(cell.now()).toBeLessThan(leaseUntil)
    cell.run(1_500)
    const [leader = 0] = cell.leaders
    expect(cell.known(leader)).toEqual(["a"])
  })

  test("may come back at once and need not wait for its own lease to be elected by the others", () => {
    const cell = reigning()
    cell.restart(1)
    const ballot = { round: 2, replicaId: 1 }
    cell.arrive({ from: 1, to: 2, message: { kind: "preVote", ballot, chosenThrough: 0 } })
    expect(cell.inFlight[0]?.message).toMatchObject({ kind: "preVoteAnswer", granted: true })
  })

  test("does not make a restarted follower forget that it is bound", () => {
    const cell = reigning()
    cell.restart(2)
    const ballot = { round: 2, replicaId: 3 }
    cell.arrive({ from: 3, to: 2, message: { kind: "preVote", ballot, chosenThrough: 0 } })
    expect(cell.inFlight[0]?.message).toMatchObject({ kind: "preVoteAnswer", granted: false })
  })
})

describe("a hand-over", () => {
  test("elects the successor at once, without waiting for a lease", () => {
    const cell = reigning()
    cell.propose(1, "a")
    cell.settle()
    cell.beat(1)
    const before = cell.now()
    cell.step(1, { kind: "handOver" })
    expect(cell.leaders).toEqual([])
    cell.settle()
    expect(cell.leaders).toHaveLength(1)
    expect(cell.leaders).not.toContain(1)
    expect(cell.now()).toBe(before)
  })

  test("ends the lease before anybody else can have it", () => {
    const cell = reigning()
    cell.step(1, { kind: "handOver" })
    expect(cell.paxos(1).masterLeaseUntil).toBe(0)
  })

  test("is made up for by an election when the successor never hears of it", () => {
    const cell = reigning()
    cell.step(1, { kind: "handOver" })
    cell.drop()
    cell.crash(1)
    cell.run(2_500)
    expect(cell.leaders).toHaveLength(1)
  })

  test("that is heard of late, when others have been elected, changes nothing", () => {
    const cell = reigning()
    const ballot = cell.paxos(1).leading ?? noBallot
    cell.crash(1)
    cell.run(2_500)
    const [leader = 0] = cell.leaders
    const reign = cell.paxos(leader).leading
    for (const to of [2, 3]) cell.arrive({ from: 1, to, message: { kind: "handOver", ballot, successor: 5 - leader } })
    cell.settle()
    expect(cell.paxos(leader).leading).toEqual(reign)
  })

  test("is for good: who has handed over neither stands nor asks to be woken for it", () => {
    const cell = reigning()
    cell.step(1, { kind: "handOver" })
    cell.drop()
    expect(cell.paxos(1).wakeAt()).toBe(never)
    cell.isCut = (from, to) => from !== to
    cell.trace.length = 0
    cell.wait(10_000)
    cell.tick(1)
    expect(cell.trace).toEqual([])
  })

  test("ends a candidacy too", () => {
    const cell = new PaxosCell()
    cell.wake(1)
    cell.settle(({ message }) => message.kind !== "promise")
    cell.step(1, { kind: "handOver" })
    cell.settle()
    expect(cell.leaders).toEqual([])
  })

  test("while the pre-vote is under way keeps the candidate from standing", () => {
    const cell = new PaxosCell()
    cell.wake(1)
    cell.step(1, { kind: "handOver" })
    cell.settle()
    expect(cell.saw("prepareBegan", 1)).toBe(false)
  })
})

describe("a replica that lags", () => {
  test("fetches in lots what it has missed", () => {
    const cell = new PaxosCell({ settings: { fetchBytes: 10 } })
    cell.elect(1)
    cell.isCut = (from, to) => from === 3 || to === 3
    for (let count = 0; count < 20; count += 1) {
      cell.propose(1, `value ${String(count)}`)
      cell.settle()
    }
    cell.isCut = () => false
    cell.beat(1)
    expect(cell.known(3)).toHaveLength(20)
    expect(cell.trace.filter(({ event }) => event.kind === "fetchAnswered").length).toBeGreaterThan(5)
  })

  test("takes a snapshot when the others' logs begin too late", () => {
    const cell = new PaxosCell({ settings: { retainedSlots: 4 } })
    cell.elect(1)
    cell.isCut = (from, to) => from === 3 || to === 3
    for (let count = 0; count < 20; count += 1) {
      cell.propose(1, `value ${String(count)}`)
      cell.settle()
    }
    cell.isCut = () => false
    cell.beat(1)
    cell.propose(1, "after")
    cell.settle()
    cell.beat(1)
    expect(cell.known(3).at(-1)).toBe("after")
    expect(cell.paxos(3).firstLogSlot).toBeGreaterThan(15)
  })

  test("and was elected all the same catches up before it has anything chosen", () => {
    const cell = new PaxosCell()
    cell.elect(1)
    cell.isCut = (from, to) => from === 3 || to === 3
    for (let count = 0; count < 5; count += 1) cell.propose(1, `value ${String(count)}`)
    cell.settle()
    cell.beat(1)
    cell.crash(1)
    cell.isCut = (_, to) => to === 1
    cell.wait(1_300)
    cell.tick(3)
    cell.settle(({ message }) => message.kind !== "fetch")
    expect(cell.leaders).toEqual([3])
    cell.propose(3, "own")
    cell.settle(({ message }) => message.kind !== "fetch")
    expect(cell.known(3)).toEqual([])
    cell.settle()
    expect(cell.known(3)).toEqual(["value 0", "value 1", "value 2", "value 3", "value 4", "own"])
  })
})

describe("a replica's wish to be woken", () => {
  test("is never for an instant that a tick does not put off", () => {
    const cell = new PaxosCell({ replicas: 3 })
    const look = (): void => {
      for (const id of cell.replicas.filter((replica) => cell.isUp(replica))) {
        cell.tick(id)
        expect(cell.paxos(id).wakeAt()).toBeGreaterThan(cell.now(id))
      }
    }
    for (let count = 0; count < 400; count += 1) {
      cell.wait(7)
      look()
      // Every third message is lost; leaders come and go.
      cell.deliver(({ message }) => message.kind !== "promise" || count % 3 !== 0)
      if (count % 50 === 49) cell.drop()
      if (count % 90 === 89) cell.isCut = (from, to) => count % 180 === 179 && from !== to
    }
  })
})
