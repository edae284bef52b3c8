import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import { SecondOpinion } from "../../../src/client/second-opinion.ts"
import { pointsTo, ScriptedCell, willingMaster } from "./scripted-cell.ts"
import { VirtualSurroundings } from "./virtual-surroundings.ts"

interface Asking {
  readonly scripted: ScriptedCell
  readonly time: VirtualSurroundings
  readonly masters: readonly string[]
  readonly opinion: SecondOpinion
}

/** `a` has fallen silent, `b` and `c` are asked. */
function ask(scripted: ScriptedCell): Asking {
  const time = new VirtualSurroundings()
  const masters: string[] = []
  const around = { transport: scripted, surroundings: time }
  const opinion = new SecondOpinion(around, { suspect: "a:1", others: ["b:2", "c:3"] }, (address) => {
    masters.push(address)
  })
  return { scripted, time, masters, opinion }
}

describe("asking around for the master", () => {
  test("goes on past those that don't know, are down, or still believe in the one that is silent", async () => {
    const scripted = new ScriptedCell()
    scripted.script("b:2", pointsTo("a:1"))
    const { time, masters } = ask(scripted)
    await time.pass(1_000)
    expect(masters).toEqual([])
    scripted.script("c:3", () => refuse("NOT_MASTER", "an election is under way"))
    await time.pass(1_000)
    expect(masters).toEqual([])
    scripted.script("b:2", pointsTo("c:3"))
    await time.pass(1_000)
    expect(masters).toEqual(["c:3"])
  })

  test.each([willingMaster, () => refuse("FAIL_OVER_IN_PROGRESS", "in a moment")])(
    "ends with one that serves, or is about to",
    async (script) => {
      const scripted = new ScriptedCell()
      scripted.script("b:2", script)
      const { time, masters } = ask(scripted)
      await time.pass(10_000)
      expect(masters).toEqual(["b:2"])
      expect(scripted.callsOf("getStat")).toHaveLength(1)
    },
  )

  test("asks nobody any more once it was stopped", async () => {
    const scripted = new ScriptedCell()
    scripted.script("b:2", pointsTo("a:1"))
    const { time, masters, opinion } = ask(scripted)
    await time.pass(100)
    opinion.stop()
    scripted.script("b:2", willingMaster)
    await time.pass(1_000)
    expect(masters).toEqual([])
    expect(scripted.callsOf("getStat")).toHaveLength(1)
  })
})
