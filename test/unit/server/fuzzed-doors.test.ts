/** A few hundred spoilt requests at each door of a real cell; `npm run fuzz` sends as many as one likes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type CampaignResult, type Target, wage } from "../../fuzz/doors/campaign.ts"
import { type CellUnderFuzz, startCellUnderFuzz } from "../../fuzz/doors/cell-under-fuzz.ts"
import { grpcTarget } from "../../fuzz/doors/grpc-target.ts"
import type { GrpcHeard } from "../../fuzz/doors/grpc-shots.ts"
import { judgeGrpc } from "../../fuzz/doors/grpc-verdicts.ts"
import type { GrpcShot } from "../../fuzz/doors/grpc-ways.ts"
import type { Heard } from "../../fuzz/doors/http-shots.ts"
import { httpTarget } from "../../fuzz/doors/http-target.ts"
import { compareDoors } from "../../fuzz/doors/same-decision.ts"
import { judgeHttp } from "../../fuzz/doors/http-verdicts.ts"
import type { HttpShot } from "../../fuzz/doors/http-ways.ts"

let cell: CellUnderFuzz
beforeAll(async () => {
  cell = await startCellUnderFuzz()
})
afterAll(() => cell.stop())

const count = 400

async function outcomesOf(target: Target): Promise<CampaignResult & { readonly labels: readonly string[] }> {
  const result = await wage(target, { seed: 1, count, cell })
  const labels = [...new Set([...result.tally.values()].flatMap((counts) => [...counts.keys()]))]
  return { ...result, labels }
}

describe("of many spoilt requests", () => {
  test("at the HTTP door each is answered as it should be, or the connection ends, and the door serves on", async () => {
    const { findings, tally, labels, quietCount } = await outcomesOf(await httpTarget(cell.http, false))
    expect(findings).toEqual([])
    expect(tally.size).toBe(33)
    expect(quietCount).toBeGreaterThan(2)
    expect(labels).toEqual(expect.arrayContaining(["200", "400 INVALID_ARGUMENT", "404 NOT_FOUND", "hung up"]))
  })

  test("at the gRPC door each is answered as it should be, or ends, and the door serves on", async () => {
    const { findings, tally, labels, quietCount } = await outcomesOf(grpcTarget(cell.grpc, false))
    expect(findings).toEqual([])
    expect(tally.size).toBe(42)
    expect(quietCount).toBeGreaterThan(2)
    expect(labels).toEqual(expect.arrayContaining(["OK", "INVALID_ARGUMENT INVALID_ARGUMENT", "cancelled"]))
  })
})

const typeOfProblems = "application/problem+json"
const rest = { bytes: Buffer.alloc(5), ending: "insist" } as const

test("both doors come to the same decision about the same request, spoilt or not", async () => {
  const { findings, tally } = await compareDoors(cell, 1, 200)
  expect(findings).toEqual([])
  expect(tally.size).toBeGreaterThan(30)
})

describe("the judges of a door's answers", () => {
  const shot: HttpShot = { how: "plain", pieces: [], answers: 1, mayPark: false, ending: "insist" }
  const answered = (status: number, type: string, told: object): Heard => {
    const body = Buffer.from(JSON.stringify(told))
    return { kind: "answered", answers: [{ status, headers: new Map([["content-type", type]]), body }] }
  }
  const problem = { title: "", detail: "" }

  test.each<[string, Heard]>([
    ["no answer at all", { kind: "silent", answers: [] }],
    ["an end before the answer", { kind: "closed", answers: [] }],
    ["a refusal that is no problem", answered(404, "text/html", {})],
    [
      "a code that goes with another status",
      answered(404, typeOfProblems, { ...problem, status: 404, code: "NODE_EXISTS" }),
    ],
    ["a mistake of the replica", answered(500, typeOfProblems, { ...problem, status: 500, code: "INTERNAL" })],
  ])("object to %s over HTTP", (_what, heard) => {
    expect(judgeHttp(shot, heard).wrong).toBeTypeOf("string")
  })

  const call: GrpcShot = { kind: "call", how: "plain", headers: { ":path": "/claviger.v1.LockService/Open" }, ...rest }

  test.each<[string, GrpcHeard]>([
    ["no answer at all", { kind: "silent" }],
    ["a reset before the answer", { kind: "closed", reason: "reset 2" }],
    ["a refusal without a detail", { kind: "answered", headers: { ":status": 200 as never, "grpc-status": "3" } }],
    ["what is unknown", { kind: "answered", headers: { ":status": 200 as never, "grpc-status": "2" } }],
    ["a mistake of the replica", { kind: "answered", headers: { ":status": 200 as never, "grpc-status": "13" } }],
  ])("object to %s over gRPC", (_what, heard) => {
    expect(judgeGrpc(call, heard).wrong).toBeTypeOf("string")
  })
})
