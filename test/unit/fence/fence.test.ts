import { describe, expect, test } from "vitest"
import { Fence, type FenceOptions } from "../../../src/fence/fence.ts"
import { fixedKeys } from "../../../src/fence/keys.ts"
import type { HighWaterMarks } from "../../../src/fence/marks.ts"
import { memoryMarks } from "../../../src/fence/memory-marks.ts"
import { nodeVerify } from "../../../src/fence/node/node-verify.ts"
import { jwkSet, statement, TestKey } from "../../support/sequencers.ts"

const key = new TestKey(1)
const verifier = { keys: fixedKeys(jwkSet(key)), verifySignature: nodeVerify }

function fenceOf(options: Partial<FenceOptions> = {}): Fence {
  return new Fence({ verifier, paths: "/ls/test/job", ...options })
}

const alice = key.sign({ lockGeneration: 12, principal: "CN=alice" })
const bob = key.sign({ lockGeneration: 13, principal: "CN=bob", epoch: 4 })
/** After the node was deleted and created again its lock counts from one. */
const carol = key.sign({ instance: 8, lockGeneration: 1, principal: "CN=carol" })

describe("a fence", () => {
  test("lets the holder in, again and again, and says who it is", async () => {
    const fence = fenceOf()
    for (let round = 0; round < 3; round += 1) {
      expect(await fence.admit(alice)).toEqual({ kind: "admitted", statement })
    }
  })

  test("turns a former holder away once the next one has been here, and says by whom he was superseded", async () => {
    const fence = fenceOf()
    expect(await fence.admit(alice)).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(bob)).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(alice)).toEqual({
      kind: "refused",
      reason: "staleGeneration",
      code: "SEQUENCER_STALE",
      detail:
        '"CN=bob" has held the lock of "/ls/test/job" since, at generation 13; the sequencer is of generation 12.',
      supersededBy: { instance: 7, lockGeneration: 13, epoch: 4, principal: "CN=bob" },
    })
    expect(await fence.admit(bob)).toMatchObject({ kind: "admitted" })
  })

  test("turns away holders of a node that is no more, however high their generation", async () => {
    const fence = fenceOf()
    expect(await fence.admit(carol)).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(bob)).toMatchObject({
      reason: "otherInstance",
      code: "SEQUENCER_STALE",
      supersededBy: { principal: "CN=carol", instance: 8, lockGeneration: 1 },
    })
  })

  test("lets all that share the lock in, if told to, until somebody holds it alone", async () => {
    const fence = fenceOf({ modes: ["shared", "exclusive"] })
    for (const principal of ["CN=dave", "CN=eve", "CN=dave"]) {
      const admission = await fence.admit(key.sign({ mode: "shared", lockGeneration: 20, principal }))
      expect(admission).toMatchObject({ kind: "admitted", statement: { principal } })
    }
    expect(await fence.admit(key.sign({ lockGeneration: 21 }))).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(key.sign({ mode: "shared", lockGeneration: 20 }))).toMatchObject({
      reason: "staleGeneration",
    })
  })

  test("wants the lock held alone unless told otherwise", async () => {
    const shared = key.sign({ mode: "shared" })
    expect(await fenceOf().admit(shared)).toMatchObject({ reason: "otherMode", code: "PERMISSION_DENIED" })
    expect(await fenceOf().admit(shared, { modes: ["shared"] })).toMatchObject({ kind: "admitted" })
  })

  test("keeps locks of different paths, and of cells with different ids, apart", async () => {
    const fence = fenceOf({ paths: "any" })
    expect(await fence.admit(bob)).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(key.sign({ path: "/ls/test/other", lockGeneration: 1 }))).toMatchObject({
      kind: "admitted",
    })
    expect(await fence.admit(key.sign({ cellId: "cell-founded-anew", instance: 1, lockGeneration: 1 }))).toMatchObject({
      kind: "admitted",
    })
  })

  test.each([undefined, null, 0, {}, "", "rubbish", "a.b.c", key.sign().slice(0, -3)])(
    "refuses %j without an exception",
    async (text) => {
      expect(await fenceOf().admit(text)).toMatchObject({ kind: "refused", code: "SEQUENCER_MALFORMED" })
    },
  )

  test("raises no mark for what it refuses", async () => {
    const fence = fenceOf()
    const raised: unknown[] = [
      key.sign({ lockGeneration: 99, mode: "shared" }),
      new TestKey(2).sign({ lockGeneration: 99 }),
      new TestKey(2).sign({ lockGeneration: 99 }, key.jwk.kid),
    ]
    for (const text of raised) expect(await fence.admit(text)).toMatchObject({ kind: "refused" })
    expect(await fence.admit(alice)).toMatchObject({ kind: "admitted" })
  })
})

describe("the lock that guards a resource", () => {
  const other = key.sign({ path: "/ls/test/other" })

  test("is the one of its path and no other", async () => {
    expect(await fenceOf().admit(other)).toMatchObject({ reason: "otherPath", code: "PERMISSION_DENIED" })
  })

  test.each([
    ["/ls/test/job", true],
    ["/ls/local/job", true],
    ["any", true],
    [["/ls/test/a", "/ls/test/job"], true],
    ["/ls/other/job", false],
    ["/ls/test/jobs", false],
    ["/ls/test/job/", false],
    ["/ls/test", false],
    ["/ls/local", false],
    ["/ls/localjob", false],
    ["", false],
    [[], false],
  ])("of %j: is held with a sequencer of /ls/test/job: %s", async (paths, isHeld) => {
    expect((await fenceOf({ paths }).admit(alice)).kind).toBe(isHeld ? "admitted" : "refused")
  })

  test("must be named: without a path nobody is let in", async () => {
    expect(await new Fence({ verifier }).admit(alice)).toMatchObject({ reason: "otherPath" })
  })

  test("may be named with each request, in place of what the fence was set up with", async () => {
    const fence = fenceOf()
    expect(await fence.admit(other, { paths: "/ls/local/other" })).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(alice, { paths: "/ls/local/other" })).toMatchObject({ reason: "otherPath" })
    expect(await fence.admit(alice)).toMatchObject({ kind: "admitted" })
  })

  test("may be the root", async () => {
    const root = key.sign({ path: "/ls/test" })
    expect(await fenceOf({ paths: "/ls/local" }).admit(root)).toMatchObject({ kind: "admitted" })
  })
})

describe("marks", () => {
  test("that fail let nobody in, and why stays with the resource", async () => {
    const cause = new Error("the password is 1234")
    for (const raise of [
      () => Promise.reject(cause),
      () => {
        throw cause
      },
    ] as readonly HighWaterMarks["raise"][]) {
      const admission = await fenceOf({ marks: { raise } }).admit(alice)
      expect(admission).toMatchObject({ reason: "marksFailed", code: "INTERNAL", cause })
      expect(admission.kind === "refused" && admission.detail).not.toContain("1234")
    }
  })

  test("that are full refuse a lock that has none, and keep those that they have", async () => {
    const fence = fenceOf({ marks: memoryMarks({ locksMax: 1 }), paths: "any" })
    expect(await fence.admit(alice)).toMatchObject({ kind: "admitted" })
    const other = key.sign({ path: "/ls/test/other" })
    expect(await fence.admit(other)).toMatchObject({ reason: "marksFull", code: "QUOTA_EXCEEDED" })
    expect(await fence.admit(bob)).toMatchObject({ kind: "admitted" })
    expect(await fence.admit(alice)).toMatchObject({ reason: "staleGeneration" })
  })

  test("may be shared by fences, each of which then knows whom the others have let in", async () => {
    const marks = memoryMarks()
    expect(await fenceOf({ marks }).admit(bob)).toMatchObject({ kind: "admitted" })
    expect(await fenceOf({ marks }).admit(alice)).toMatchObject({ reason: "staleGeneration" })
  })
})
