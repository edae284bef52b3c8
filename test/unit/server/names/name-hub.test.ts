import { describe, expect, test } from "vitest"
import { refuse } from "../../../../src/contract/errors.ts"
import { NameHub } from "../../../../src/server/names/name-hub.ts"
import { nameLimits } from "../../../../src/server/names/name-limits.ts"
import { quiet, VirtualSurroundings } from "../../client/virtual-surroundings.ts"
import { fileAt, Listener, path, ScriptedSource } from "./scripted-source.ts"

interface Scene {
  readonly source: ScriptedSource
  readonly time: VirtualSurroundings
  readonly hub: NameHub
  readonly heldCount: () => number
}

function scene(): Scene {
  const source = new ScriptedSource()
  const time = new VirtualSurroundings()
  let heldCount = 0
  const hold = (principal: string): ReturnType<ConstructorParameters<typeof NameHub>[0]> => {
    if (principal === "stranger") return refuse("OVERLOADED", "no room")
    heldCount += 1
    return { source, release: () => void (heldCount -= 1) }
  }
  return { source, time, hub: new NameHub(hold, time), heldCount: () => heldCount }
}

function join(hub: NameHub, principal = "alice", name = path): () => void {
  const leave = hub.join(principal, name, new Listener())
  if (typeof leave !== "function") throw new Error(leave.detail)
  return leave
}

describe("the hub of watched names", () => {
  test("asks the cell once for all who watch a name on behalf of one principal", async () => {
    const { hub, source } = scene()
    const listeners = Array.from({ length: 1_000 }, () => new Listener())
    for (const listener of listeners) hub.join("alice", path, listener)
    await quiet()
    source.present = fileAt(2)
    source.tell("changed")
    await quiet()
    expect(source.watchCount).toBe(1)
    expect(source.lookUpCount).toBe(2)
    expect(listeners.every(({ told }) => told.join() === "1,2")).toBe(true)
  })

  test("keeps principals and names apart", () => {
    const { hub, source } = scene()
    join(hub, "alice")
    join(hub, "bob")
    join(hub, "alice", `${path}/other`)
    expect(source.watchCount).toBe(3)
    expect(hub.watchedCount).toBe(3)
  })

  test("goes on for a while when the last has left, and whoever comes back finds it", async () => {
    const { hub, source, time } = scene()
    join(hub)()
    await time.pass(nameLimits.lingerMs - 1)
    const leave = join(hub)
    await time.pass(nameLimits.lingerMs)
    expect(source.watchCount).toBe(1)
    leave()
    await time.pass(nameLimits.lingerMs)
    expect(hub.watchedCount).toBe(0)
    expect(source.leftCount).toBe(1)
  })

  test("holds the line of its principal for as long as it watches", async () => {
    const { hub, time, heldCount } = scene()
    join(hub)()
    expect(heldCount()).toBe(1)
    await time.pass(nameLimits.lingerMs)
    expect(heldCount()).toBe(0)
  })

  test("when there are too many names, idle ones make room, and else a newcomer is refused", () => {
    const { hub } = scene()
    const leaves = Array.from({ length: nameLimits.watchedNames }, (_, at) => join(hub, "alice", `${path}/${at}`))
    expect(hub.join("alice", `${path}/new`, new Listener())).toMatchObject({ code: "OVERLOADED" })
    leaves[7]?.()
    expect(typeof hub.join("alice", `${path}/new`, new Listener())).toBe("function")
    expect(hub.watchedCount).toBe(nameLimits.watchedNames)
  })

  test("refuses whom it can't hold a line for", () => {
    expect(scene().hub.join("stranger", path, new Listener())).toMatchObject({ code: "OVERLOADED" })
  })

  test("forgets a name that may not be watched", async () => {
    const { hub, source, heldCount } = scene()
    source.present = refuse("PERMISSION_DENIED", "no")
    const listener = new Listener()
    hub.join("alice", path, listener)
    await quiet()
    expect(listener.told).toEqual(["PERMISSION_DENIED"])
    expect(hub.watchedCount).toBe(0)
    expect(heldCount()).toBe(0)
  })
})
