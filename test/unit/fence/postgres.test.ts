import { describe, expect, test } from "vitest"
import { Fence } from "../../../src/fence/fence.ts"
import { fixedKeys } from "../../../src/fence/keys.ts"
import { nodeVerify } from "../../../src/fence/node/node-verify.ts"
import { admitQuery, fenceSchema, postgresMarks, staleSqlState, supersededBy } from "../../../src/fence/postgres.ts"
import { mark } from "../../contracts/high-water-marks.ts"
import { jwkSet, statement, TestKey } from "../../support/sequencers.ts"
import { ScriptedDatabase } from "./scripted-database.ts"

const values = ["cell-for-tests/ls/test/job", 7, 12, "CN=alice", 3]

test("the query of a transaction that writes says everything in the order that the function wants it", () => {
  expect(admitQuery(statement)).toEqual({ text: "SELECT claviger_admit($1, $2, $3, $4, $5)", values })
  expect(fenceSchema).toMatch(
    /FUNCTION claviger_admit\(\s*lock text, instance bigint, generation bigint, holder text, epoch/,
  )
  expect(fenceSchema).toContain(`ERRCODE = '${staleSqlState}'`)
})

test("marks name a lock as the query of a transaction does, so both may be used on one table", async () => {
  const database = new ScriptedDatabase()
  const key = new TestKey(1)
  const verifier = { keys: fixedKeys(jwkSet(key)), verifySignature: nodeVerify }
  const fence = new Fence({ verifier, paths: "any", marks: postgresMarks(database.query) })
  expect(await fence.admit(key.sign())).toMatchObject({ kind: "admitted" })
  expect(database.asked).toEqual([
    { text: "SELECT instance, generation, epoch, holder FROM claviger_raise($1, $2, $3, $4, $5)", values },
  ])
})

describe("what a driver throws", () => {
  function thrown(fields: object): Error {
    return Object.assign(new Error("stale sequencer"), fields)
  }
  const detail = '{"instance" : 7, "lockGeneration" : 13, "epoch" : 4, "principal" : "CN=bob"}'

  test("says by whom a holder was superseded, if it is a stale sequencer", () => {
    expect(supersededBy(thrown({ code: "SF409", detail }))).toEqual({ ...mark(7, 13, "CN=bob"), epoch: 4 })
  })

  test.each([
    ["another error", thrown({ code: "40001", detail })],
    ["an error without a code", thrown({})],
    ["one without a detail", thrown({ code: "SF409" })],
    ["one with another detail", thrown({ code: "SF409", detail: "somebody" })],
    ["one with a mark that lacks its holder", thrown({ code: "SF409", detail: '{"instance":1,"lockGeneration":1}' })],
    ["no error at all", { code: "SF409", detail }],
    ["nothing", undefined],
  ])("says nothing if it is %s", (_, error) => {
    expect(supersededBy(error)).toBeUndefined()
  })
})

test.each([
  [[]],
  [[{ instance: "1", generation: "2", epoch: "3" }]],
  [[{ instance: "x", generation: 1, epoch: 1, holder: "a" }]],
])("an answer that is no mark, like %j, is an error and lets nobody in", async (rows) => {
  const marks = postgresMarks(async () => ({ rows }))
  await expect(marks.raise("lock", mark(1, 1))).rejects.toThrow(TypeError)
})
