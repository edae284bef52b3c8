import { describe, expect, test } from "vitest"
import { deferred } from "../../../../src/base/deferred.ts"
import { CellError } from "../../../../src/client/errors.ts"
import { refuse } from "../../../../src/contract/errors.ts"
import { NameWatch } from "../../../../src/server/names/name-watch.ts"
import { quiet, VirtualSurroundings } from "../../client/virtual-surroundings.ts"
import { fileAt, Listener, missingAt, path, ScriptedSource } from "./scripted-source.ts"

interface Scene {
  readonly source: ScriptedSource
  readonly time: VirtualSurroundings
  readonly watch: NameWatch
  readonly listener: Listener
}

async function scene(source = new ScriptedSource()): Promise<Scene> {
  const time = new VirtualSurroundings()
  const watch = new NameWatch(source, path, time)
  const listener = new Listener()
  watch.join(listener)
  await quiet()
  return { source, time, watch, listener }
}

describe("a watch of a name", () => {
  test("tells the present value first, and then what is found whenever there is news", async () => {
    const { source, listener } = await scene()
    source.present = fileAt(2)
    source.tell("changed")
    await quiet()
    source.present = missingAt(3)
    source.tell("changed")
    await quiet()
    expect(listener.told).toEqual([1, 2, "gone"])
  })

  test("tells a newcomer the value that it knows", async () => {
    const { watch } = await scene()
    const late = new Listener()
    watch.join(late)
    expect(late.told).toEqual([1])
  })

  test("says nothing when the news is that nothing is different", async () => {
    const { source, listener } = await scene()
    source.tell("changed")
    await quiet()
    expect(source.lookUpCount).toBe(2)
    expect(listener.told).toEqual([1])
  })

  test("looks once more, and only once, however much happens while it looks", async () => {
    const { source, listener } = await scene()
    const gate = deferred<void>()
    source.held = gate.promise
    source.tell("changed")
    for (let index = 2; index < 100; index += 1) source.tell("changed")
    source.present = fileAt(99)
    gate.resolve()
    await quiet()
    expect(source.lookUpCount).toBe(3)
    expect(listener.told).toEqual([1, 99])
  })

  test("a resync is told even if the value is the same", async () => {
    const { source, listener } = await scene()
    source.tell("resync")
    await quiet()
    expect(listener.told).toEqual([1, "resync", 1])
  })

  test("begins anew when what it stood on is gone, and says that something may have been missed", async () => {
    const { source, time, listener } = await scene()
    source.tell("ended")
    source.present = fileAt(5)
    await time.pass(1_000)
    expect(source.watchCount).toBe(2)
    expect(listener.told).toEqual([1, "resync", 5])
  })

  test("tries for as long as the cell is out of reach", async () => {
    const source = new ScriptedSource()
    source.refusal = new CellError("NO_QUORUM", "two of three are down")
    const { time, listener } = await scene(source)
    await time.pass(10_000)
    expect(listener.told).toEqual([])
    source.refusal = undefined
    await time.pass(1_000)
    expect(listener.told).toEqual([1])
  })

  test("waits when the cell can't answer a lookup, and then looks again", async () => {
    const { source, time, listener } = await scene()
    source.present = refuse("FAIL_OVER_IN_PROGRESS", "a moment")
    source.tell("changed")
    await time.pass(5_000)
    source.present = fileAt(7)
    await time.pass(1_000)
    expect(listener.told).toEqual([1, 7])
  })

  test("ends with the reason when its principal may not look", async () => {
    const { source, listener, watch } = await scene()
    source.present = refuse("PERMISSION_DENIED", "not yours any more")
    source.tell("changed")
    await quiet()
    expect(listener.told).toEqual([1, "PERMISSION_DENIED"])
    expect(source.leftCount).toBe(1)
    expect(watch.listenerCount).toBe(0)
  })

  test("leaves its source when it is closed, even if that was just being entered", async () => {
    const source = new ScriptedSource()
    const watch = new NameWatch(source, path, new VirtualSurroundings())
    watch.close()
    await quiet()
    expect(source.leftCount).toBe(1)
    expect(source.lookUpCount).toBe(0)
  })
})
