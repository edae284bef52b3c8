import { describe, expect, test } from "vitest"
import { nameLimits } from "../../../../src/server/names/name-limits.ts"
import { type Line, PrincipalLines } from "../../../../src/server/names/principal-lines.ts"
import { VirtualSurroundings } from "../../client/virtual-surroundings.ts"

interface Scene {
  readonly time: VirtualSurroundings
  readonly lines: PrincipalLines
  readonly opened: string[]
  readonly closed: string[]
  /** Holds the principal's line, and fails if it is refused. */
  readonly hold: (principal: string) => () => void
}

function scene(): Scene {
  const time = new VirtualSurroundings()
  const opened: string[] = []
  const closed: string[] = []
  const unused = (): never => {
    throw new Error("nothing is looked up here")
  }
  const lines = new PrincipalLines((principal): Line => {
    opened.push(principal)
    const close = async (): Promise<void> => void closed.push(principal)
    return { lookUp: unused, known: unused, lookUpAtMaster: unused, list: unused, watch: unused, close }
  }, time)
  const hold = (principal: string): (() => void) => {
    const held = lines.hold(principal)
    if ("kind" in held) throw new Error(held.detail)
    return held.release
  }
  return { time, lines, opened, closed, hold }
}

describe("the lines of principals", () => {
  test("each principal has one, which is opened when it is first needed", () => {
    const { lines, opened, hold } = scene()
    expect(lines.peek("alice")).toBeUndefined()
    hold("alice")
    hold("alice")
    hold("bob")
    expect(opened).toEqual(["alice", "bob"])
  })

  test("who has not asked for longest makes room", () => {
    const { closed, hold } = scene()
    for (let at = 0; at < nameLimits.sessions; at += 1) hold(`principal ${at}`)()
    hold("principal 0")()
    hold("newcomer")
    expect(closed).toEqual(["principal 1"])
  })

  test("a line in use is not taken away: when all are, a newcomer is refused", () => {
    const { lines, closed, hold } = scene()
    const releases = Array.from({ length: nameLimits.sessions }, (_, at) => hold(`principal ${at}`))
    expect(lines.hold("newcomer")).toMatchObject({ code: "OVERLOADED" })
    releases[5]?.()
    hold("newcomer")
    expect(closed).toEqual(["principal 5"])
  })

  test("one that is idle for long is closed, and one that is used stays", async () => {
    const { time, lines, closed, hold } = scene()
    hold("idle")()
    hold("held")
    const release = hold("asked")
    release()
    for (let round = 0; round < 4; round += 1) {
      await time.pass(nameLimits.sessionIdleMs / 2)
      lines.peek("asked")
    }
    expect(closed).toEqual(["idle"])
    expect(lines.count).toBe(2)
  })

  test("a line that was closed with all others does not come back when it is released", async () => {
    const { lines, closed, hold } = scene()
    const release = hold("alice")
    await lines.close()
    release()
    expect(closed).toEqual(["alice"])
    expect(lines.count).toBe(0)
  })
})
