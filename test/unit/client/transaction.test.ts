import { describe, expect, test } from "vitest"
import { limits } from "../../../src/contract/limits.ts"
import { Cell } from "../../../src/client/cell.ts"
import { guard, step } from "../../../src/client/transaction.ts"
import { ScriptedCell, willingMaster } from "./scripted-cell.ts"
import { VirtualSurroundings } from "./virtual-surroundings.ts"

const path = "/ls/local/file"
const node = { kind: "path", path } as const

describe("the parts of a transaction", () => {
  test("say the same as their names", () => {
    expect(guard.exists(path)).toEqual({ kind: "exists", path, exists: true })
    expect(guard.missing(path)).toEqual({ kind: "exists", path, exists: false })
    expect(guard.instance(path, 1)).toEqual({ kind: "counter", path, counter: "instance", equals: 1 })
    expect(guard.contentGeneration(path, 2)).toEqual({ kind: "counter", path, counter: "content", equals: 2 })
    expect(guard.lockGeneration(path, 3)).toEqual({ kind: "counter", path, counter: "lock", equals: 3 })
    expect(guard.aclGeneration(path, 4)).toEqual({ kind: "counter", path, counter: "acl", equals: 4 })
    expect(guard.checksum(path, "00")).toEqual({ kind: "checksum", path, equals: "00" })
    expect(guard.lockHeld("signed")).toEqual({ kind: "lockHeld", sequencer: "signed" })
    expect(guard.epoch(5)).toEqual({ kind: "epoch", equals: 5 })
    const contents = new Uint8Array([104, 105])
    expect(step.set(path, "hi", { ifContentGeneration: 2 })).toEqual({
      kind: "setContents",
      node,
      contents,
      ifContentGeneration: 2,
    })
    expect(step.create(path, { contents: "hi", sequential: true })).toMatchObject({
      kind: "open",
      create: "mustCreate",
      contents,
      sequential: true,
    })
    expect(step.delete(path)).toEqual({ kind: "delete", node, ifContentGeneration: undefined })
    expect(step.setAcl(path, { read: "some" })).toEqual({ kind: "setAcl", node, acl: { read: "some" } })
    expect([step.get(path).kind, step.getStat(path).kind]).toEqual(["getContentsAndStat", "getStat"])
  })

  test("that hold too much are refused where they are made", () => {
    expect(() => step.set(path, "x".repeat(limits.contentsBytesMax + 1))).toThrow("CONTENTS_TOO_LARGE")
  })
})

describe("access control", () => {
  test("is changed and asked about by path", async () => {
    const scripted = new ScriptedCell()
    scripted.script("a:1", willingMaster)
    const session = await new Cell({ replicas: ["a:1"] }, scripted, new VirtualSurroundings()).openSession()
    await session.setAcl(path, { write: "admins" })
    const question = { path, right: "write", principal: "alice" } as const
    expect(await session.checkAccess(question)).toEqual({ allowed: true, reason: "anyone may" })
    expect(scripted.callsOf("checkAccess")[0]?.request.operation).toEqual({ kind: "checkAccess", ...question })
    expect(scripted.callsOf("setAcl")[0]?.request.requestNumber).toBe(1)
  })
})

describe("a transaction that is sent", () => {
  test("is numbered like every other change, and may stand under a sequencer", async () => {
    const scripted = new ScriptedCell()
    scripted.script("a:1", willingMaster)
    const session = await new Cell({ replicas: ["a:1"] }, scripted, new VirtualSurroundings()).openSession()
    await session.transact({
      guards: [guard.exists(path)],
      then: [step.set(path, "new")],
      otherwise: [step.get(path)],
      underSequencer: "signed",
    })
    const [call] = scripted.callsOf("transact")
    expect(call?.request).toMatchObject({ requestNumber: 1, underSequencer: "signed" })
    expect(call?.request.operation).toEqual({
      kind: "transact",
      guards: [guard.exists(path)],
      then: [step.set(path, "new")],
      otherwise: [step.get(path)],
    })
  })
})
