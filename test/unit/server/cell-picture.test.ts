/** How answers of single replicas become a picture of the cell. */
import { describe, expect, test } from "vitest"
import type { ReplicaReport } from "../../../src/wire/admin-messages.ts"
import { compose } from "../../../src/server/cell-picture.ts"
import { configOf } from "./loopback.ts"
import { masterStatus } from "./scripted-cell.ts"

const config = configOf()

function report(replicaId: number, changes: Partial<ReplicaReport> = {}): ReplicaReport {
  const place = { pid: 100 + replicaId, version: "1", grpc: "a:1", http: "a:2", peer: "a:3" }
  return { ...masterStatus, role: "replica", canLose: -1, ...place, replicaId, ...changes }
}

describe("the picture of a cell", () => {
  test("takes from the master how many more can be lost", () => {
    const reports = [report(1, { role: "master", canLose: 0 }), report(2), report(3)]
    expect(compose(config, reports)).toMatchObject({ master: 1, canLose: 0 })
  })

  test("does not count on a replica that did not answer, whatever the master thinks of it", () => {
    const reports = [report(1, { role: "master", canLose: 1 }), undefined, report(3)]
    expect(compose(config, reports)).toMatchObject({ master: 1, canLose: 0 })
  })

  test("has one master, of the highest epoch, when a deposed one has not noticed yet", () => {
    const reports = [
      report(1, { role: "master", epoch: 4 }),
      report(2, { role: "master", epoch: 5, canLose: 1 }),
      report(3),
    ]
    const picture = compose(config, reports)
    expect(picture).toMatchObject({ master: 2, epoch: 5, canLose: 1 })
    expect(picture.replicas.map(({ role }) => role)).toEqual(["replica", "master", "replica"])
  })

  test("without a master counts the voters that are up", () => {
    expect(compose(config, [report(1), report(2), report(3)])).toMatchObject({ master: 0, canLose: 1 })
    expect(compose(config, [report(1), undefined, undefined])).toMatchObject({ master: 0, canLose: -1 })
    expect(compose(config, [report(1), report(2, { role: "learner" }), undefined])).toMatchObject({ canLose: -1 })
  })

  test("shows a replica that did not answer as down, at the address where it should be", () => {
    expect(compose(config, [report(1), undefined, report(3)]).replicas[1]).toEqual({
      ...{ id: 2, role: "down", pid: 0, grpc: "127.0.0.1:9", http: "127.0.0.1:0" },
      ...{ chosenThrough: 0, appliedThrough: 0, version: "" },
    })
  })

  test("of a cell that nobody answers for is a picture all the same", () => {
    expect(compose(config, [undefined, undefined, undefined])).toMatchObject({ epoch: 0, master: 0, canLose: -2 })
  })
})
