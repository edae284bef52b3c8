import { describe, expect, test } from "vitest"
import { anonymous } from "../../../../src/contract/acl.ts"
import { refuse } from "../../../../src/contract/errors.ts"
import type { LocalOperation, LocalReply, Outcome } from "../../../../src/contract/requests.ts"
import { Answer } from "../../../../src/server/names/answer.ts"
import { nameLimits } from "../../../../src/server/names/name-limits.ts"
import { NameService } from "../../../../src/server/names/name-service.ts"
import { PrincipalLines } from "../../../../src/server/names/principal-lines.ts"
import type { ReadListing } from "../../../../src/server/names/resolve.ts"
import { statOf } from "../../client/scripted-cell.ts"
import { quiet, VirtualSurroundings } from "../../client/virtual-surroundings.ts"
import { fileAt, missingAt, path, ScriptedSource } from "./scripted-source.ts"

class Scene {
  readonly time = new VirtualSurroundings()
  readonly source = new ScriptedSource()
  readonly names: NameService
  /** What this replica knows by itself. */
  local: Outcome = refuse("NODE_NOT_FOUND", "")
  /** What it knows of a directory; without this, the same. */
  localDirectory: ((operation: Extract<LocalOperation, { kind: "readDir" }>) => Outcome) | undefined
  ageMs: number | undefined = 30
  children: readonly string[] = []

  constructor() {
    const { source, time: surroundings } = this
    const listing = async (): Promise<ReadListing> => {
      const entries = this.children.map((name) => ({ name, stat: statOf(`/ls/test/${name}`) }))
      return { kind: "listing", entries, more: false, stat: statOf("/ls/test", { kind: "directory" }) }
    }
    const lines = new PrincipalLines(
      () => ({
        lookUp: () => source.lookUp(),
        known: () => undefined,
        lookUpAtMaster: async () => new Answer(fileAt(1_000)),
        list: listing,
        watch: (name, onNews) => source.watch(name, onNews),
        close: async () => undefined,
      }),
      surroundings,
    )
    const replica = {
      readLocally: (operation: LocalOperation): LocalReply => {
        const outcome = operation.kind === "readDir" ? this.localDirectory?.(operation) : undefined
        return { outcome: outcome ?? this.local, commitIndex: 12 }
      },
    }
    const age = { ms: () => this.ageMs }
    this.names = new NameService({ cellName: "test", lines, replica, age, surroundings })
  }

  wait(after: number, signal = new AbortController().signal): ReturnType<NameService["wait"]> {
    return this.names.wait(path, anonymous, { after, waitMs: 30_000, signal })
  }
}

const cached = { principal: anonymous, consistency: "cached" } as const
const stale = { principal: anonymous, consistency: "stale" } as const

describe("a lookup", () => {
  test("comes from the cache, from the master or from this replica, as is wanted", async () => {
    const scene = new Scene()
    const found = {
      kind: "getContentsAndStat",
      contents: new Uint8Array(),
      stat: statOf(path, { commitIndex: 3 }),
    } as const
    scene.local = found
    const indexOf = async (consistency: "cached" | "linearizable" | "stale"): Promise<unknown> => {
      const answered = await scene.names.lookUp([path], { principal: anonymous, consistency })
      return answered.kind === "answers" ? [answered.answers[0]?.resolution.index, answered.ageMs] : answered.code
    }
    expect(await indexOf("cached")).toEqual([1, undefined])
    expect(await indexOf("linearizable")).toEqual([1_000, undefined])
    expect(await indexOf("stale")).toEqual([3, 30])
  })

  test("of this replica's own state is refused while nobody knows how old that is", async () => {
    const scene = new Scene()
    scene.ageMs = undefined
    expect(await scene.names.lookUp([path], stale)).toMatchObject({ code: "FAIL_OVER_IN_PROGRESS" })
  })

  test("of what is no path is refused without asking anybody", async () => {
    const scene = new Scene()
    for (const bad of ["/ls/test/a//b", "/ls/test/..", "/ls/test/a\u0000", "/ls/other/a"]) {
      expect(await scene.names.lookUp([path, bad], cached)).toMatchObject({ code: "INVALID_PATH" })
    }
    expect(scene.source.lookUpCount).toBe(0)
  })

  test("of several is refused when one is, and when they are too large together", async () => {
    const scene = new Scene()
    const large = "x".repeat(nameLimits.contentsBytes / 2)
    scene.source.present = fileAt(1, large)
    expect(await scene.names.lookUp([path, path], cached)).toMatchObject({ kind: "answers" })
    expect(await scene.names.lookUp([path, path, path], cached)).toMatchObject({ code: "QUOTA_EXCEEDED" })
    scene.source.present = refuse("PERMISSION_DENIED", "no")
    expect(await scene.names.lookUp([path], cached)).toMatchObject({ code: "PERMISSION_DENIED" })
  })

  test("by a prefix is of all names that begin so, without those that are not for the caller", async () => {
    const scene = new Scene()
    scene.children = ["abc", "abd", "b"]
    expect(await scene.names.lookUpIn("/ls/test", "ab", cached)).toMatchObject({ answers: [{}, {}] })
    scene.source.present = refuse("PERMISSION_DENIED", "no")
    expect(await scene.names.lookUpIn("/ls/test", "ab", cached)).toMatchObject({ answers: [] })
    scene.children = Array.from({ length: 101 }, (_, at) => `child-${at}`)
    expect(await scene.names.lookUpIn("/ls/test", "", cached)).toMatchObject({ code: "QUOTA_EXCEEDED" })
  })

  test("by a prefix in this replica's own state leaves none out in silence, however many children there are", async () => {
    const scene = new Scene()
    const names = Array.from({ length: 10_001 }, (_, at) => String(10_000 + at))
    const [last = ""] = names.slice(-2)
    const stat = statOf("/ls/test", { kind: "directory" })
    let childCount = 10_000
    scene.localDirectory = ({ pageSize }) => {
      const entries = names.slice(0, Math.min(childCount, pageSize)).map((name) => ({ name, stat: statOf(name) }))
      return { kind: "readDir", entries, more: childCount > pageSize, stat }
    }
    expect(await scene.names.lookUpIn("/ls/test", last, stale)).toMatchObject({
      answers: [{ resolution: { path: `/ls/test/${last}` } }],
    })
    childCount += 1
    expect(await scene.names.lookUpIn("/ls/test", last, stale)).toMatchObject({ code: "QUOTA_EXCEEDED" })
  })
})

describe("a blocking query", () => {
  test("is answered at once when the name has changed since", async () => {
    const scene = new Scene()
    scene.source.present = fileAt(9)
    expect(await scene.wait(8)).toMatchObject({ answers: [{ resolution: { index: 9 } }] })
    expect(scene.source.watchCount).toBe(0)
  })

  test("is answered when the name changes, or goes", async () => {
    for (const next of [fileAt(2), missingAt(2)]) {
      const scene = new Scene()
      const waiting = scene.wait(1)
      await quiet()
      scene.source.present = next
      scene.source.tell("changed")
      expect(await waiting).toMatchObject({ answers: [{ resolution: next }] })
    }
  })

  test("is not woken by news that changes nothing", async () => {
    const scene = new Scene()
    let isAnswered = false
    void scene.wait(1).then(() => (isAnswered = true))
    await quiet()
    scene.source.tell("changed")
    await scene.time.pass(29_000)
    expect(isAnswered).toBe(false)
    await scene.time.pass(1_000)
    expect(isAnswered).toBe(true)
  })

  test("at the end of its time says what is so then, and not what was so at its beginning", async () => {
    const scene = new Scene()
    const waiting = scene.wait(1)
    await scene.time.pass(29_999)
    scene.source.present = refuse("NO_QUORUM", "the cell is out of reach by now")
    await scene.time.pass(1)
    expect(await waiting).toMatchObject({ code: "NO_QUORUM" })
  })

  test("ends when its caller has gone, or may not look any more", async () => {
    const scene = new Scene()
    const gone = new AbortController()
    const waiting = scene.wait(1, gone.signal)
    await quiet()
    gone.abort()
    await waiting
    const other = scene.wait(1)
    await quiet()
    scene.source.present = refuse("PERMISSION_DENIED", "no")
    scene.source.tell("changed")
    expect(await other).toMatchObject({ code: "PERMISSION_DENIED" })
  })

  test("there are so many, and the next is refused until one is answered", async () => {
    const scene = new Scene()
    const waiting = Array.from({ length: nameLimits.waiters }, () => scene.wait(1))
    await quiet()
    expect(await scene.wait(1)).toMatchObject({ code: "OVERLOADED" })
    scene.source.present = fileAt(2)
    scene.source.tell("changed")
    await Promise.all(waiting)
    expect(scene.source.watchCount).toBe(1)
    expect(await scene.wait(1)).toMatchObject({ kind: "answers" })
  })
})
