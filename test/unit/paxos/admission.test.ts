/** How a replica that has lost its records gets its vote back: `admission.ts`. */
import { describe, expect, test } from "vitest"
import { noBallot } from "../../../src/paxos/ballot.ts"
import { type Flight, PaxosCell } from "../../support/paxos-cell.ts"

/** Replica 1 leads, some slots are chosen, and replica 3 comes back without its records. */
function amnesia(replicas = 3): PaxosCell {
  const cell = new PaxosCell({ replicas })
  cell.elect(1)
  for (const value of ["a", "b", "c"]) cell.propose(1, value)
  cell.settle()
  cell.beat(1)
  cell.loseRecords(3)
  return cell
}

function isRejoin({ message }: Flight): boolean {
  return message.kind === "rejoin"
}

function isAdmitted({ message }: Flight): boolean {
  return message.kind === "admitted"
}

describe("a replica without its records", () => {
  test("promises nothing and answers nothing until it is admitted", () => {
    const cell = amnesia()
    cell.crash(1)
    cell.run(5_000)
    expect(cell.paxos(3).voting).toBe(false)
    expect(cell.leaders).toEqual([])
  })

  test("does not stand for election", () => {
    const cell = amnesia()
    cell.crash(1)
    cell.crash(2)
    cell.trace.length = 0
    cell.run(5_000)
    expect(cell.trace).toEqual([])
  })

  test("is admitted by the others in a new ballot, learns what was chosen and votes again", () => {
    const cell = amnesia()
    cell.run(500)
    expect(cell.paxos(3).voting).toBe(true)
    expect(cell.known(3)).toEqual(["a", "b", "c"])
    expect(cell.memory(3)).toMatchObject({ voting: true, incarnation: 2 })
    expect(cell.memory(1).incarnations).toEqual([{ replicaId: 3, round: 2 }])
    expect(cell.memory(2).incarnations).toEqual([{ replicaId: 3, round: 2 }])
  })

  test("is admitted without help of a replica that is down, if a majority is there without it", () => {
    const cell = amnesia(5)
    cell.crash(5)
    cell.run(500)
    expect(cell.paxos(3).voting).toBe(true)
  })

  test("is not admitted without a majority of others, but as soon as there is one", () => {
    const cell = amnesia()
    cell.crash(2)
    cell.run(5_000)
    expect(cell.paxos(3).voting).toBe(false)
    cell.start(2)
    cell.run(3_000)
    expect(cell.paxos(3).voting).toBe(true)
  })

  test("does not cost the cell its leader while the majority of others is not at hand", () => {
    const cell = amnesia(5)
    for (const id of [4, 5]) cell.crash(id)
    cell.isCut = (from) => from === 3
    cell.run(1_200)
    const ballot = cell.paxos(1).leading
    cell.isCut = () => false
    cell.run(200)
    expect(cell.saw("admissionBegan")).toBe(false)
    expect(cell.paxos(1).leading).toEqual(ballot)
  })

  test("does not vote before it knows what lower ballots may have chosen", () => {
    const cell = amnesia()
    const isFetching = ({ message }: Flight): boolean => message.kind === "fetch" || message.kind === "chosen"
    cell.wake(1)
    cell.settle((flight) => !isFetching(flight))
    expect(cell.saw("admissionBegan")).toBe(true)
    expect(cell.paxos(3).voting).toBe(false)
    cell.settle()
    expect(cell.paxos(3).voting).toBe(true)
  })

  test("keeps its vote across a crash only when it had it on the disk", () => {
    const cell = amnesia()
    cell.stallDisk(3)
    cell.run(300)
    expect(cell.paxos(3).voting).toBe(true)
    cell.restart(3)
    expect(cell.paxos(3).voting).toBe(false)
    cell.run(1_000)
    cell.restart(3)
    expect(cell.paxos(3).voting).toBe(true)
  })

  test("asks as often as it takes: every message of its admission may be lost", () => {
    for (const kind of ["rejoin", "prepare", "promise", "admitted", "fetch", "chosen"] as const) {
      const cell = amnesia()
      cell.wake(1)
      for (let round = 0; round < 8; round += 1) {
        cell.drop(({ message }) => message.kind === kind)
        cell.deliver()
      }
      cell.run(5_000)
      expect(cell.paxos(3).voting, kind).toBe(true)
    }
  })

  test("does not take an answer meant for an earlier process of its own", () => {
    const cell = amnesia()
    cell.wake(1)
    cell.settle((flight) => !isAdmitted(flight))
    const [late] = cell.take(isAdmitted)
    cell.loseRecords(3)
    if (late !== undefined) cell.arrive(late)
    cell.arrive({ from: 1, to: 3, message: { kind: "chosen", above: 0, values: [], chosenThrough: 3, firstSlot: 4 } })
    cell.settle(({ message }) => message.kind === "fetch" || message.kind === "chosen")
    expect(cell.paxos(3).voting).toBe(false)
    cell.run(1_000)
    expect(cell.memory(3)).toMatchObject({ voting: true, incarnation: 3 })
  })
})

describe("an admission that failed", () => {
  // Were an incarnation numbered after the ballot of its admission, whoever has promised a high one that failed would hold
  // the votes of every later incarnation for void, and the cell could lose but one more replica.
  test("does not stand in the way of the next one, however high its ballot was", () => {
    const cell = new PaxosCell({ replicas: 5 })
    cell.elect(1)
    cell.loseRecords(3)
    // The leader has heard of a high ballot and begins one above it for replica 3. It dies before anybody else hears of it.
    const ballot = { round: 20, replicaId: 2 }
    cell.arrive({ from: 2, to: 1, message: { kind: "prepare", ballot, chosenThrough: 0, admits: undefined } })
    cell.wake(1)
    cell.settle(({ message }) => message.kind !== "prepare")
    expect(cell.memory(1)).toMatchObject({ promised: { round: 21, replicaId: 1 }, incarnations: [{ replicaId: 3 }] })
    cell.crash(1)
    cell.drop()
    cell.run(4_000)
    expect(cell.paxos(3).voting).toBe(true)
    cell.start(1)
    cell.run(1_000)
    for (const id of [2, 5]) cell.crash(id)
    cell.run(6_000)
    expect(cell.leaders).toHaveLength(1)
    expect(cell.saw("promiseDiscounted")).toBe(false)
  })
})

describe("a leader that is asked to admit", () => {
  test("takes no notice of a request that names another ballot", () => {
    const cell = amnesia()
    cell.wake(1)
    cell.settle((flight) => !isRejoin(flight))
    const [request] = cell.take(isRejoin)
    // The process that asked is gone; to answer it would void the votes of the one that has been admitted since.
    cell.loseRecords(3)
    cell.run(500)
    expect(cell.paxos(3).voting).toBe(true)
    const ballot = cell.paxos(1).leading
    if (request !== undefined) cell.arrive(request)
    cell.settle()
    expect(cell.paxos(1).leading).toEqual(ballot)
  })

  test("begins one ballot for it, however often it is asked", () => {
    const cell = amnesia()
    cell.isCut = (from, to) => from === 1 && to === 3
    const [nonce] = [7]
    const ballot = cell.paxos(1).leading ?? noBallot
    cell.arrive({ from: 3, to: 1, message: { kind: "rejoin", ballot, nonce } })
    cell.settle()
    const next = cell.paxos(1).leading ?? noBallot
    cell.arrive({ from: 3, to: 1, message: { kind: "rejoin", ballot: next, nonce } })
    cell.settle()
    expect(cell.paxos(1).leading).toEqual(next)
  })

  test("finishes open slots before it lets the other vote", () => {
    const cell = amnesia()
    cell.isCut = (_, to) => to === 2
    cell.propose(1, "open")
    cell.settle(({ message }) => message.kind === "accept")
    cell.drop()
    cell.isCut = () => false
    // The reserve's turn, and then the heartbeat.
    for (let wakes = 0; wakes < 2; wakes += 1) {
      cell.wake(1)
      cell.settle((flight) => !isAdmitted(flight))
    }
    const [flight] = cell.take(isAdmitted)
    expect(flight?.message).toMatchObject({ kind: "admitted", through: 4 })
  })
})

describe("promises made before the loss", () => {
  test("are void: a candidate that counts one is found out by any other voter", () => {
    const cell = new PaxosCell()
    cell.elect(1)
    // Replica 3 promises a ballot of replica 2 whose other questions are lost, and then loses its records.
    cell.wait(1_200)
    const ballot = { round: 4, replicaId: 2 }
    const prepare = { kind: "prepare", ballot, chosenThrough: 0, admits: undefined } as const
    cell.arrive({ from: 2, to: 3, message: prepare })
    const [old] = cell.take(({ message }) => message.kind === "promise")
    expect(old?.message).toMatchObject({ incarnation: 0 })
    cell.loseRecords(3)
    cell.run(3_000)
    expect(cell.paxos(3).voting).toBe(true)
    const latest = cell.memory(2).incarnations.find(({ replicaId }) => replicaId === 3)?.round ?? 0
    expect(latest).toBeGreaterThan(0)
    expect(cell.memory(3).incarnation).toBe(latest)
  })
})
