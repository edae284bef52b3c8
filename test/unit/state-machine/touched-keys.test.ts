import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { CacheKey } from "../../../src/contract/cache-key.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { TimedDelay } from "../../../src/state-machine/changes.ts"
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import type { ReadOperation } from "../../../src/state-machine/reads.ts"
import { CellUnderTest, acquireOf, at, by, bytesOf, listOf, noContents, openOf } from "./cell-under-test.ts"
import { namedPaths, nodeCall, numberedPaths } from "./node-steps.ts"

const everyPath = ["", "acl", ...namedPaths, ...numberedPaths, "d/z", "x", "y", "z", "q0000000001"]

/** The lock is no part of what is cached; and of what is missing, only that it is, not how one would say so. */
function cachable(outcome: Outcome): string | undefined {
  if (outcome.kind === "refused") {
    return ["NODE_NOT_FOUND", "NOT_A_DIRECTORY"].includes(outcome.code) ? "absent" : undefined
  }
  return JSON.stringify(outcome, (name, value: unknown) => (name === "lockGeneration" ? undefined : value))
}

/** What clients may have in their caches, all of it: the answers by their keys. */
function cachedOf(cell: CellUnderTest): Map<CacheKey, string> {
  const cached = new Map<CacheKey, string>()
  for (const path of everyPath) {
    const reads: readonly ReadOperation[] = [
      { kind: "getStat", node: at(path) },
      { kind: "getContentsAndStat", node: at(path) },
      listOf(path),
    ]
    for (const operation of reads) {
      const key = cell.machine.cacheKeyOf(operation)
      const answer = cachable(cell.read(operation, "root"))
      if (key !== undefined && answer !== undefined) cached.set(key, `${cached.get(key) ?? ""}${answer}\n`)
    }
  }
  return cached
}

/** Those whose answers are not what they were. */
function staleSince(before: ReadonlyMap<CacheKey, string>, cell: CellUnderTest): CacheKey[] {
  const after = cachedOf(cell)
  return [...before].filter(([key, answer]) => after.get(key) !== answer).map(([key]) => key)
}

type Step =
  | { readonly kind: "call"; readonly operation: MutatingOperation }
  | {
      readonly kind: "onHandle"
      readonly handle: number
      readonly does: "set" | "delete" | "setAcl" | "close" | "acquire" | "release"
    }
  /** Perhaps as the holder of an ephemeral file's lock. */
  | { readonly kind: "leave"; readonly lost: boolean; readonly holds: boolean }
  | { readonly kind: "endDelay"; readonly delay: number }

const step: fc.Arbitrary<Step> = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
  { weight: 8, arbitrary: nodeCall.map((operation) => ({ kind: "call", operation })) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("onHandle"),
      handle: fc.nat(9),
      does: fc.constantFrom("set", "delete", "setAcl", "close", "close", "acquire", "release"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave"), lost: fc.boolean(), holds: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("endDelay"), delay: fc.nat(2) }) },
)

function onHandle(handle: string, does: Extract<Step, { kind: "onHandle" }>["does"]): MutatingOperation {
  switch (does) {
    case "set":
      return { kind: "setContents", node: by(handle), contents: bytesOf("by handle") }
    case "delete":
      return { kind: "delete", node: by(handle) }
    case "setAcl":
      return { kind: "setAcl", node: by(handle), acl: { read: "anyone" } }
    case "close":
      return { kind: "close", handle }
    case "acquire":
      return acquireOf(by(handle), "exclusive", { lockDelayMs: 9 })
    case "release":
      return { kind: "release", node: by(handle) }
  }
}

function delaysOf({ machine }: CellUnderTest): readonly TimedDelay[] {
  return [...machine.lockDelays()]
}

test("whatever a command makes stale was among the keys that it was said to touch", () => {
  let staleCount = 0
  let delayEndCount = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), step), { maxLength: 30, size: "max" }), (history) => {
      const cell = new CellUnderTest()
      const names = ["alice", "bob", "root"]
      const sessions = names.map((name) => cell.session(name, name))
      const handles: string[] = []
      for (const [place, one] of history) {
        const session = sessions[place]
        const handle = handles[one.kind === "onHandle" ? one.handle % Math.max(1, handles.length) : 0]
        if (session === undefined || (one.kind === "onHandle" && handle === undefined)) continue
        if (one.kind === "leave" && one.holds) {
          session.call(openOf("x", { ephemeral: true }))
          session.call(acquireOf(at("x"), "exclusive", { lockDelayMs: 9 }))
        }
        const before = cachedOf(cell)
        let touched: readonly CacheKey[]
        if (one.kind === "endDelay") {
          const delay = delaysOf(cell)[one.delay]
          if (delay === undefined) continue
          const { instance, since } = delay
          touched = cell.machine.keysTouchedByEndOfDelay(instance)
          cell.apply({ kind: "endLockDelay", instance, since, epoch: cell.machine.epoch })
          delayEndCount += staleSince(before, cell).length > 0 ? 1 : 0
        } else if (one.kind === "leave" && one.lost) {
          touched = cell.machine.keysTouchedByEndOf(session.sessionId)
          cell.expire(session)
        } else {
          const operation: MutatingOperation =
            one.kind === "call"
              ? one.operation
              : one.kind === "leave"
                ? { kind: "closeSession" }
                : onHandle(handle ?? "", one.does)
          touched = cell.machine.touchedKeys(operation, session.sessionId)
          const outcome = session.call(operation)
          if (outcome?.kind === "open" || outcome?.kind === "acquire") handles.push(outcome.handle)
        }
        if (one.kind === "leave") sessions[place] = cell.session(names[place], names[place])
        expect(new Set(touched).size).toBe(touched.length)
        const stale = staleSince(before, cell)
        staleCount += stale.length
        expect(touched, JSON.stringify(one)).toEqual(expect.arrayContaining(stale))
      }
    }),
    { numRuns: 400 },
  )
  expect(staleCount).toBeGreaterThan(1000)
  expect(delayEndCount).toBeGreaterThan(10)
})

describe("the keys touched", () => {
  const cell = new CellUnderTest()
  const session = cell.session()
  session.open("d", { nodeKind: "directory" })
  const handle = session.open("d/a")
  const touchedBy = (operation: MutatingOperation): readonly CacheKey[] =>
    [...cell.machine.touchedKeys(operation, session.sessionId)].sort()

  test("by taking a lock are none, unless the file is to be made", () => {
    expect(touchedBy(acquireOf(at("d/a")))).toEqual([])
    expect(touchedBy(acquireOf(by(handle)))).toEqual([])
    expect(touchedBy({ kind: "release", node: at("d/a") })).toEqual([])
    expect(touchedBy(acquireOf(at("d/new")))).toContain("/ls/test/d/new")
  })

  test("by letting go of an ephemeral node are all that its going would change", () => {
    session.open("e", { nodeKind: "directory", ephemeral: true })
    const fleeting = session.open("e/a", { ephemeral: true })
    const going = touchedBy({ kind: "delete", node: at("e/a") })
    expect(going).toContain("/ls/test/")
    expect(touchedBy({ kind: "close", handle: fleeting })).toEqual(going)
    expect(touchedBy({ kind: "release", node: at("e/a") })).toEqual(going)
    expect(touchedBy({ kind: "release", node: by(fleeting) })).toEqual(going)
    expect(touchedBy({ kind: "cancelAcquire", requestNumber: 1 })).toEqual([])
  })

  test("by writing a file are its own and the listing it stands in, under the cell's own name", () => {
    expect(touchedBy({ kind: "setContents", node: at("d/a"), contents: noContents })).toEqual([
      "/ls/test/d/",
      "/ls/test/d/a",
    ])
    expect(touchedBy({ kind: "setContents", node: by(handle), contents: noContents })).toHaveLength(2)
  })

  test("by a call that can't be carried out at all are none", () => {
    expect(touchedBy({ kind: "delete", node: { kind: "path", path: "no path" } })).toEqual([])
    expect(touchedBy({ kind: "close", handle: "no handle" })).toEqual([])
    expect(touchedBy({ kind: "delete", node: by(`${handle.slice(0, -1)}x`) })).toEqual([])
  })
})

describe("the key of a read", () => {
  const cell = new CellUnderTest()
  const session = cell.session()
  const handle = session.open("a")
  const { machine } = cell

  test("is the node's path, however the node is named", () => {
    expect(machine.cacheKeyOf({ kind: "getStat", node: at("a") })).toBe("/ls/test/a")
    expect(machine.cacheKeyOf({ kind: "getContentsAndStat", node: by(handle) })).toBe("/ls/test/a")
    expect(machine.cacheKeyOf(listOf(""))).toBe("/ls/test/")
  })

  test("of what is missing is that of the node, whatever was asked about it", () => {
    expect(machine.cacheKeyOf({ kind: "getStat", node: at("missing") })).toBe("/ls/test/missing")
    expect(machine.cacheKeyOf(listOf("missing/deep"))).toBe("/ls/test/missing/deep")
  })

  test("is none for what nobody could be told about when it changes", () => {
    expect(machine.cacheKeyOf({ kind: "getStat", node: at("job-0000000007") })).toBeUndefined()
    expect(machine.cacheKeyOf(listOf("", { recursive: true }))).toBeUndefined()
    expect(machine.cacheKeyOf(listOf("", { afterName: "a" }))).toBeUndefined()
    expect(machine.cacheKeyOf({ kind: "getLock", node: at("a") })).toBeUndefined()
    expect(machine.cacheKeyOf(openOf("a", { create: "mustExist" }))).toBeUndefined()
  })
})
