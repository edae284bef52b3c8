import { describe, expect, test } from "vitest"
import { complaints, headline, tableOf, whyNoMaster } from "../../../src/cli/cell-picture.ts"
import { changesBetween } from "../../../src/cli/cell-watch.ts"
import { cellStatusOf, type CellStatus, type ReplicaReport } from "../../../src/contract/cell-status.ts"

const known = [1, 2, 3, 4, 5].map((id) => ({ id, grpc: `127.0.0.1:430${id}`, http: `127.0.0.1:431${id}` }))

function report(replicaId: number, changes: Partial<ReplicaReport> = {}): ReplicaReport {
  return {
    ...{ cell: "dev", replicaId, role: "replica", epoch: 3, master: 1, canLose: -1 },
    ...{ chosenThrough: 9, appliedThrough: 9, firstLogSlot: 1, sessionCount: 0, nodeCount: 1, digest: "0" },
    ...{ pid: 100 + replicaId, version: "0.1.0", grpc: `127.0.0.1:430${replicaId}`, http: `127.0.0.1:431${replicaId}` },
    peer: "",
    ...changes,
  }
}

/** Replica 1 is master; only `ids` answer. */
function picture(ids: readonly number[], changes: Readonly<Record<number, Partial<ReplicaReport>>> = {}): CellStatus {
  const master: Partial<ReplicaReport> = { role: "master", canLose: ids.length - 3 }
  const reports = ids.map((id) => report(id, { ...(id === 1 ? master : {}), ...changes[id] }))
  return cellStatusOf("dev", known, new Map(reports.map((each) => [each.replicaId, each])))
}

describe("a cell in words", () => {
  test("says how many more replicas can be lost", () => {
    expect(headline(picture([1, 2, 3, 4]))).toBe("can lose 1 more")
  })

  test("without a quorum says how many voting replicas answer, how many are needed, and what to start", () => {
    const two = picture([4, 5])
    expect(headline(two)).toBe("no quorum: 2 of 5 voting replicas answer, 3 needed")
    expect(complaints({ picture: two, silent: new Set() }, (id) => `start ${id}`)).toEqual([
      "replica 1 is down; start it with: start 1",
      "replica 2 is down; start it with: start 2",
      "replica 3 is down; start it with: start 3",
    ])
  })

  test("has a quorum as long as there is a master, however few replicas can be reached from here", () => {
    const two = picture([1, 2], { 1: { canLose: 2 } })
    expect(headline(two)).toBe("can lose 0 more")
  })

  test("does not count learners as voters", () => {
    const learning = picture([2, 3, 4], { 3: { role: "learner" } })
    expect(headline(learning)).toBe("no quorum: 2 of 5 voting replicas answer, 3 needed")
    expect(complaints({ picture: learning, silent: new Set() }, () => "")[1]).toBe(
      "replica 3 is catching up; it does not vote yet",
    )
  })

  test("does not tell people to start a replica that is there and keeps silent", () => {
    expect(complaints({ picture: picture([1, 2, 3, 4]), silent: new Set([5]) }, () => "")).toEqual([
      "replica 5 does not answer; it may be frozen or overloaded",
    ])
  })

  test("without a master says in one line who is missing, and why", () => {
    const learning = picture([3, 5], { 3: { role: "learner" } })
    expect(whyNoMaster({ picture: learning, silent: new Set([4]) })).toBe(
      "no quorum: 1 of 5 voting replicas answer, 3 needed; replicas 1, 2 are down; replica 4 does not answer; " +
        "replica 3 is a learner, which does not vote yet",
    )
    expect(whyNoMaster({ picture: picture([2, 3, 4, 5]), silent: new Set([1]) })).toBe(
      "no master at the moment: an election is under way; replica 1 does not answer",
    )
  })

  test("with a quorum and no master is an election", () => {
    expect(headline(picture([2, 3, 4]))).toBe("no master at the moment: an election is under way")
  })

  test("is a table with one line per replica and aligned columns", () => {
    const lines = tableOf(picture([1, 2, 3, 5])).split("\n")
    expect(lines).toEqual([
      "replica  pid  gRPC            HTTP            role     applied",
      "1        101  127.0.0.1:4301  127.0.0.1:4311  master   9",
      "2        102  127.0.0.1:4302  127.0.0.1:4312  replica  9",
      "3        103  127.0.0.1:4303  127.0.0.1:4313  replica  9",
      "4        -    127.0.0.1:4304  127.0.0.1:4314  down     -",
      "5        105  127.0.0.1:4305  127.0.0.1:4315  replica  9",
    ])
  })
})

describe("what is said about a running cell", () => {
  test("is nothing while nothing changes, however much is written", () => {
    expect(
      changesBetween(picture([1, 2, 3, 4, 5]), picture([1, 2, 3, 4, 5], { 2: { appliedThrough: 1_000 } })),
    ).toEqual([])
  })

  test("is the new master after a fail-over, and what can still be lost", () => {
    const after = picture([2, 3, 4, 5], { 4: { role: "master", epoch: 4, canLose: 1 } })
    expect(changesBetween(picture([1, 2, 3, 4, 5]), after)).toEqual([
      "replica 4 is master (epoch 4)",
      "can lose 1 more",
    ])
  })

  test("is that a replica is back", () => {
    expect(changesBetween(picture([1, 2, 3, 4]), picture([1, 2, 3, 4, 5]))).toEqual([
      "replica 5 is back",
      "can lose 2 more",
    ])
  })

  test("is that a replica has to learn first, and then that it is back", () => {
    const learning = picture([1, 2, 3, 4, 5], { 1: { canLose: 1 }, 5: { role: "learner" } })
    expect(changesBetween(picture([1, 2, 3, 4]), learning)).toEqual(["replica 5 is catching up; it does not vote yet"])
    expect(changesBetween(learning, picture([1, 2, 3, 4, 5]))).toEqual(["replica 5 is back", "can lose 2 more"])
  })

  test("is that the quorum is gone", () => {
    expect(changesBetween(picture([1, 2, 3]), picture([2, 3]))).toEqual([
      "no quorum: 2 of 5 voting replicas answer, 3 needed",
    ])
  })
})
