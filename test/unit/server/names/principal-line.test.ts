import { describe, expect, test } from "vitest"
import { Cell } from "../../../../src/client/cell.ts"
import { refuse } from "../../../../src/contract/errors.ts"
import type { Answer } from "../../../../src/server/names/answer.ts"
import { PrincipalLine } from "../../../../src/server/names/principal-line.ts"
import { leaseExtended, ScriptedCell, statOf, willingMaster } from "../../client/scripted-cell.ts"
import { quiet, VirtualSurroundings } from "../../client/virtual-surroundings.ts"

const path = "/ls/test/file"
const master = "master:1"

interface Scene {
  readonly cell: ScriptedCell
  readonly time: VirtualSurroundings
  readonly line: PrincipalLine
}

function scene(): Scene {
  const cell = new ScriptedCell()
  cell.mayKeep = () => true
  cell.script(master, willingMaster)
  const time = new VirtualSurroundings()
  const client = new Cell({ replicas: [master] }, cell, time)
  return { cell, time, line: new PrincipalLine(client, { sessionName: "names", surroundings: time }) }
}

/** Answers the KeepAlive that is parked at the master. */
function extend(cell: ScriptedCell, parkedMs: number): void {
  const [parked] = cell.callsOf("keepAlive").slice(-1)
  if (parked !== undefined) cell.answer(parked, leaseExtended(parkedMs))
}

async function settled<Value>(time: VirtualSurroundings, promise: Promise<Value>, spanMs = 1): Promise<Value> {
  await time.pass(spanMs)
  return await promise
}

describe("a principal's line", () => {
  test("a resolver that asks every second for an hour costs the master nothing while nothing changes", async () => {
    const { cell, time, line } = scene()
    await settled(time, line.lookUp(path))
    const before = cell.received.length
    const keepAlivesBefore = cell.callsOf("keepAlive").length
    for (let second = 0; second < 3_600; second += 1) {
      expect(line.known(path)).toBeDefined()
      if (second % 2 === 0) extend(cell, 1_900)
      await time.pass(1_000)
    }
    const keepAlives = cell.callsOf("keepAlive").length - keepAlivesBefore
    expect(cell.received.length - before).toBe(keepAlives)
  })

  test("an answer is made once, as long as the cache has what it was made of", async () => {
    const { time, line } = scene()
    const first = await settled(time, line.lookUp(path))
    expect(await line.lookUp(path)).toBe(first)
    expect(line.known(path)).toBe(first)
  })

  test("what the cell has taken back is not known any more, and asked for again", async () => {
    const { cell, time, line } = scene()
    await settled(time, line.lookUp(path))
    const [parked] = cell.callsOf("keepAlive")
    if (parked === undefined) throw new Error("no KeepAlive is parked")
    cell.answer(parked, { ...leaseExtended(100), notices: [{ kind: "invalidate", keys: [path] }] })
    await quiet()
    expect(line.known(path)).toBeUndefined()
    await settled(time, line.lookUp(path))
    expect(cell.callsOf("getContentsAndStat")).toHaveLength(2)
  })

  test("without a cache lease nothing is known, and a cell that is silent is no reason to say what was known before", async () => {
    const { cell, time, line } = scene()
    await settled(time, line.lookUp(path))
    cell.script(master, () => "hold")
    await time.pass(5_000)
    expect(line.known(path)).toBeUndefined()
    const answer = await settled(time, line.lookUp(path), 10_000)
    expect(answer).toMatchObject({ kind: "refused", code: expect.stringMatching(/FAIL_OVER|NO_QUORUM/) as string })
  })

  test("a session that the cell has ended is opened again without a word", async () => {
    const { cell, time, line } = scene()
    await settled(time, line.lookUp(path))
    const [parked] = cell.callsOf("keepAlive")
    if (parked === undefined) throw new Error("no KeepAlive is parked")
    cell.answer(parked, refuse("SESSION_EXPIRED", "it was silent for too long"))
    await quiet()
    expect(line.known(path)).toBeUndefined()
    expect(await settled(time, line.lookUp(path))).toMatchObject({ resolution: { kind: "found" } })
    expect(cell.callsOf("createSession")).toHaveLength(2)
  })

  test("who asks for the master's word gets it, whatever is known here", async () => {
    const { cell, time, line } = scene()
    await settled(time, line.lookUp(path))
    const newer = statOf(path, { contentGeneration: 9 })
    cell.script(master, (call) =>
      call.request.operation.kind === "getContentsAndStat"
        ? { kind: "getContentsAndStat", contents: new Uint8Array(), stat: newer }
        : willingMaster(call),
    )
    const asked = (await settled(time, line.lookUpAtMaster(path))) as Answer
    expect(asked.resolution).toMatchObject({ instances: [{ contentGeneration: 9 }] })
  })

  test("that there is no such node is told with the index of the state in which there was none", async () => {
    const { cell, time, line } = scene()
    cell.commitIndex = 77
    cell.script(master, (call) =>
      call.request.operation.kind === "getContentsAndStat" ? refuse("NODE_NOT_FOUND", "") : willingMaster(call),
    )
    for (const lookUp of [line.lookUp(path), line.lookUpAtMaster(path)]) {
      expect(await settled(time, lookUp)).toMatchObject({ resolution: { kind: "missing", index: 77 } })
    }
  })
})
