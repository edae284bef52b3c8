/** How answers of single replicas, some of them missing or out of date, become the status of a cell. */
import { describe, expect, test } from "vitest"
import { cellStatusOf, type CellStatus, type ReplicaReport } from "../../../src/contract/cell-status.ts"

/** As a configuration has them: with more than the status shows. */
const known = [1, 2, 3].map((id) => ({ id, grpc: `a:430${id}`, http: `a:431${id}`, peer: `a:432${id}` }))

function report(replicaId: number, changes: Partial<ReplicaReport> = {}): ReplicaReport {
  return {
    ...{ cell: "dev", replicaId, role: "replica", epoch: 3, master: 1, canLose: -1 },
    ...{ chosenThrough: 9, appliedThrough: 8, firstLogSlot: 1, sessionCount: 0, nodeCount: 1, digest: "0" },
    ...{ pid: 100 + replicaId, version: "1", grpc: `a:430${replicaId}`, http: `a:431${replicaId}`, peer: "" },
    ...changes,
  }
}

function statusOf(...reports: readonly ReplicaReport[]): CellStatus {
  return cellStatusOf("dev", known, new Map(reports.map((each) => [each.replicaId, each])))
}

describe("the status of a cell", () => {
  test("has the promised shape, whether a replica answers or not", () => {
    expect(JSON.stringify(statusOf(report(1, { role: "master", canLose: 0 }), report(2)))).toBe(
      '{"cell":"dev","epoch":3,"master":1,"canLose":0,"replicas":[' +
        '{"id":1,"role":"master","pid":101,"grpc":"a:4301","http":"a:4311","chosenThrough":9,"appliedThrough":8,"version":"1"},' +
        '{"id":2,"role":"replica","pid":102,"grpc":"a:4302","http":"a:4312","chosenThrough":9,"appliedThrough":8,"version":"1"},' +
        '{"id":3,"role":"down","pid":0,"grpc":"a:4303","http":"a:4313","chosenThrough":0,"appliedThrough":0,"version":""}]}',
    )
  })

  test("takes from the master how many more can be lost", () => {
    const reports = [report(1, { role: "master", canLose: 0 }), report(2), report(3)]
    expect(statusOf(...reports)).toMatchObject({ master: 1, canLose: 0 })
  })

  test("does not count on a replica that did not answer, whatever the master thinks of it", () => {
    expect(statusOf(report(1, { role: "master", canLose: 1 }), report(3))).toMatchObject({ master: 1, canLose: 0 })
  })

  test("is that of a cell that serves as long as there is a master, however few can be reached from here", () => {
    expect(statusOf(report(1, { role: "master", canLose: 1 }))).toMatchObject({ master: 1, canLose: 0 })
  })

  test("has one master, of the highest epoch, when a deposed one has not noticed yet", () => {
    const deposed = report(1, { role: "master", epoch: 4 })
    const status = statusOf(deposed, report(2, { role: "master", epoch: 5, canLose: 1 }), report(3))
    expect(status).toMatchObject({ master: 2, epoch: 5, canLose: 1 })
    expect(status.replicas.map(({ role }) => role)).toEqual(["replica", "master", "replica"])
  })

  test("without a master counts the voters that are up", () => {
    expect(statusOf(report(1), report(2), report(3))).toMatchObject({ master: 0, canLose: 1 })
    expect(statusOf(report(1))).toMatchObject({ master: 0, canLose: -1 })
    expect(statusOf(report(1), report(2, { role: "learner" }))).toMatchObject({ canLose: -1 })
  })

  test("of a cell that nobody answers for is a status all the same", () => {
    expect(statusOf()).toMatchObject({ epoch: 0, master: 0, canLose: -1 })
  })
})
