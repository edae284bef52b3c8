/**
 * Agreement in the corners: what a superseded leader, a crashed candidate or a replica without its records could do to
 * slots that are chosen. Each test scripts one story of lost and late messages; the cell itself complains of disagreement.
 */
import { describe, expect, test } from "vitest"
import { type Flight, PaxosCell } from "../../support/paxos-cell.ts"

describe("a leader that has been superseded and does not know it", () => {
  /** Replicas 1 and 2 are cut off with a slot that 2 has accepted; the others choose something else for it. */
  function superseded(): { cell: PaxosCell; restoreCut: () => void } {
    const cell = new PaxosCell({ replicas: 5 })
    cell.elect(1)
    const cut = (from: number, to: number): boolean => from <= 2 !== to <= 2
    cell.isCut = cut
    cell.propose(1, "left behind")
    cell.settle()
    cell.wait(1_200)
    cell.tick(3)
    cell.settle()
    expect(cell.leaders).toEqual([1, 3])
    return { cell, restoreCut: () => (cell.isCut = cut) }
  }

  /** A pre-vote of replica 1 from before its reign; what it leads to reaches replica 1, nothing else does. */
  function learnByLatePreVote(cell: PaxosCell): void {
    const isBetween1And3 = ({ from, to, message }: Flight): boolean =>
      (from === 3 && to === 1 && message.kind !== "heartbeat") || (from === 1 && to === 3 && message.kind === "fetch")
    cell.isCut = () => false
    const ballot = { round: 1, replicaId: 1 }
    cell.arrive({ from: 1, to: 3, message: { kind: "preVote", ballot, chosenThrough: 0 } })
    cell.settle(isBetween1And3)
    cell.drop()
    expect(cell.paxos(1).chosenThrough).toBeGreaterThan(0)
  }

  test("does not announce what its successor chose as if it had been chosen in its own ballot", () => {
    const { cell, restoreCut } = superseded()
    cell.propose(3, "chosen")
    cell.settle()
    learnByLatePreVote(cell)
    restoreCut()
    cell.tick(1)
    cell.settle()
    expect(cell.leaders).toEqual([3])
    expect(cell.paxos(2).chosenThrough).toBe(0)
  })

  test("does not propose for a slot that its successor has filled", () => {
    const { cell } = superseded()
    cell.propose(3, "left behind")
    cell.propose(3, "chosen")
    cell.settle()
    learnByLatePreVote(cell)
    expect(cell.leaders).toEqual([3])
  })
})

describe("a candidate that crashes", () => {
  test("has told nobody of a ballot that its disk doesn't remember", () => {
    const cell = new PaxosCell()
    cell.stallDisk(1)
    cell.wake(1)
    cell.settle()
    expect(cell.inFlight.filter(({ message }) => message.kind === "prepare")).toEqual([])
    expect(cell.paxos(2).promised.round).toBe(0)
    cell.sync(1)
    cell.deliver()
    expect(cell.inFlight.some(({ to, message }) => to === 2 && message.kind === "prepare")).toBe(true)
  })

  // Were a ballot used twice, a promise made to the first candidacy could be counted in the second, though it leaves out
  // what the candidate knew then and has forgotten.
  test("can't count a promise made to it before the crash", () => {
    const cell = new PaxosCell()
    cell.elect(3)
    cell.stallDisk(1)
    cell.propose(3, "kept")
    cell.settle()
    cell.wake(3)
    cell.settle(({ from, to }) => from !== 2 && to !== 2)
    cell.drop()
    expect(cell.known(1)).toEqual(["kept"])
    expect(cell.known(2)).toEqual([])
    cell.crash(3)
    cell.wait(1_200)
    cell.tick(1)
    for (let round = 0; round < 5; round += 1) cell.deliver(({ message }) => message.kind !== "promise")
    const late = cell.take(({ from, message }) => from === 2 && message.kind === "promise")
    cell.restart(1)
    cell.start(3)
    expect(cell.known(1)).toEqual([])
    cell.wait(1_200)
    cell.isCut = (from, to) => from === 2 || to === 2
    cell.tick(1)
    cell.settle(({ message }) => message.kind === "preVote" || message.kind === "preVoteAnswer")
    cell.isCut = (from, to) => from === 3 || to === 3
    cell.drop(({ from, to }) => from !== to)
    for (const flight of late) cell.arrive(flight)
    cell.settle()
    if (cell.paxos(1).leading !== undefined) cell.propose(1, "overwritten")
    cell.settle()
    cell.isCut = () => false
    cell.run(5_000)
    expect(cell.known(2)[0]).toBe("kept")
  })
})

describe("a replica that has lost its records", () => {
  test("does not take its vote back by an answer to a request that it has outlived", () => {
    const cell = new PaxosCell()
    cell.elect(1)
    cell.propose(1, "a")
    cell.settle()
    cell.loseRecords(3)
    cell.wake(1)
    cell.settle(({ message }) => message.kind !== "admitted")
    const late = cell.take(({ message }) => message.kind === "admitted")
    expect(late).toHaveLength(1)
    // Another reign of the same leader begins, and replica 3 has asked it as well before the late answer comes.
    const ballot = cell.paxos(1).leading ?? { round: 0, replicaId: 0 }
    const promised = { round: ballot.round + 3, replicaId: 2 }
    const isNoRejoin = ({ message }: Flight): boolean => message.kind !== "rejoin"
    cell.wake(1)
    cell.settle(isNoRejoin)
    cell.drop()
    cell.arrive({ from: 2, to: 1, message: { kind: "nack", ballot, promised } })
    cell.settle(isNoRejoin)
    cell.wake(1)
    cell.settle(isNoRejoin)
    expect(cell.inFlight.map(({ message }) => message.kind)).toEqual(["rejoin"])
    for (const flight of late) cell.arrive(flight)
    cell.run(1_000)
    expect(cell.paxos(3).voting).toBe(true)
    // Nobody holds its votes for void: with replica 2 gone it makes a quorum with the other.
    cell.crash(1)
    cell.run(5_000)
    expect(cell.leaders).toHaveLength(1)
    expect(cell.saw("promiseDiscounted")).toBe(false)
  })

  test("learns on its return whose earlier votes are void", () => {
    const cell = new PaxosCell({ replicas: 5 })
    cell.elect(1)
    cell.loseRecords(5)
    cell.isCut = (from, to) => from === 4 || to === 4
    cell.run(500)
    cell.loseRecords(2)
    cell.run(500)
    expect(cell.memory(2).incarnations.map(({ replicaId }) => replicaId)).toEqual([2, 5])
  })
})
