import { describe, expect, expectTypeOf, test, vi } from "vitest"
import { deferred } from "../../../src/base/deferred.ts"
import type { Session } from "../../../src/client/session.ts"
import { CellFence, type CellFenceOptions, type SequencerOracle } from "../../../src/fence/cell-fence.ts"
import { fixedKeys } from "../../../src/fence/keys.ts"
import { nodeVerify } from "../../../src/fence/node/node-verify.ts"
import { jwkSet, TestKey } from "../../support/sequencers.ts"

const key = new TestKey(1)
const alice = key.sign({ lockGeneration: 12 })
const bob = key.sign({ lockGeneration: 13, principal: "CN=bob" })

/** A cell with one lock, on a clock that stands still unless told. */
class Scene implements SequencerOracle {
  now = 50_000
  askedCount = 0
  holder: string | undefined = alice
  isReachable = true
  /** Done while the cell thinks. */
  meanwhile: () => Promise<void> = async () => undefined
  readonly fence: CellFence

  constructor(options: Partial<CellFenceOptions> = {}) {
    this.fence = new CellFence({
      verifier: { keys: fixedKeys(jwkSet(key)), verifySignature: nodeVerify },
      paths: "/ls/test/job",
      session: this,
      now: () => this.now,
      ...options,
    })
  }

  async checkSequencer(sequencer: string): Promise<{ readonly valid: boolean; readonly reason: string }> {
    this.askedCount += 1
    if (!this.isReachable) throw new Error("no replica answers")
    const valid = sequencer === this.holder
    await this.meanwhile()
    return { valid, reason: valid ? "" : "Nobody holds the lock in exclusive mode." }
  }
}

describe("a fence that asks the cell", () => {
  test("takes a session of the client library for the cell", () => {
    // The compiler's word; nothing of the client is loaded.
    expectTypeOf<Session>().toExtend<SequencerOracle>()
  })

  test("lets the present holder in", async () => {
    expect(await new Scene().fence.admit(alice)).toMatchObject({ kind: "admitted" })
  })

  test("asks once for all requests that come while the cell thinks, unless each is to be asked about", async () => {
    const scene = new Scene()
    const admissions = await Promise.all(Array.from({ length: 100 }, () => scene.fence.admit(alice)))
    expect(admissions.every(({ kind }) => kind === "admitted")).toBe(true)
    expect(scene.askedCount).toBe(1)
    const wary = new Scene({ maxAgeMs: 0 })
    await Promise.all([wary.fence.admit(alice), wary.fence.admit(alice)])
    expect(wary.askedCount).toBe(2)
  })

  test("does not believe a slow answer for longer than one that is at hand", async () => {
    const scene = new Scene()
    const thinking = deferred<void>()
    scene.meanwhile = () => thinking.promise
    const early = scene.fence.admit(alice)
    await vi.waitFor(() => expect(scene.askedCount).toBe(1))
    scene.now += 1_000
    scene.holder = bob
    const late = scene.fence.admit(alice)
    await vi.waitFor(() => expect(scene.askedCount).toBe(2))
    thinking.resolve()
    expect(await early).toMatchObject({ kind: "admitted" })
    expect(await late).toMatchObject({ reason: "notHeld" })
  })

  test("turns away who has lost the lock, even before anybody else has it, and says why", async () => {
    const scene = new Scene()
    scene.holder = undefined
    expect(await scene.fence.admit(alice)).toMatchObject({
      reason: "notHeld",
      code: "SEQUENCER_STALE",
      detail: "The cell says: Nobody holds the lock in exclusive mode.",
    })
  })

  test("believes a yes for a second, counted from the question, and then asks again", async () => {
    const scene = new Scene()
    scene.meanwhile = async () => {
      scene.now += 400
    }
    await scene.fence.admit(alice)
    scene.now += 599
    expect(await scene.fence.admit(alice)).toMatchObject({ kind: "admitted" })
    expect(scene.askedCount).toBe(1)
    scene.now += 1
    scene.holder = undefined
    expect(await scene.fence.admit(alice)).toMatchObject({ reason: "notHeld" })
    expect(scene.askedCount).toBe(2)
  })

  test("asks each time if no yes may be old", async () => {
    const scene = new Scene({ maxAgeMs: 0 })
    for (let round = 0; round < 3; round += 1) await scene.fence.admit(alice)
    expect(scene.askedCount).toBe(3)
  })

  test("never believes a no: the cell is asked again", async () => {
    const scene = new Scene()
    scene.holder = bob
    expect(await scene.fence.admit(alice)).toMatchObject({ reason: "notHeld" })
    scene.holder = alice
    expect(await scene.fence.admit(alice)).toMatchObject({ kind: "admitted" })
  })

  test("lets nobody in while the cell is out of reach, unless it has just said yes", async () => {
    const scene = new Scene()
    await scene.fence.admit(alice)
    scene.isReachable = false
    expect(await scene.fence.admit(alice)).toMatchObject({ kind: "admitted" })
    scene.now += 1_000
    const admission = await scene.fence.admit(alice)
    expect(admission).toMatchObject({
      reason: "cellUnreachable",
      code: "NO_QUORUM",
      cause: new Error("no replica answers"),
    })
  })

  test("turns the former holder away by the marks, whatever the cell said of him a moment ago", async () => {
    const scene = new Scene()
    await scene.fence.admit(alice)
    scene.holder = bob
    expect(await scene.fence.admit(bob)).toMatchObject({ kind: "admitted" })
    expect(await scene.fence.admit(alice)).toMatchObject({ reason: "staleGeneration" })
  })

  test("counts the next holder's coming even if his lock is gone by then", async () => {
    const scene = new Scene()
    await scene.fence.admit(alice)
    scene.holder = undefined
    expect(await scene.fence.admit(bob)).toMatchObject({ reason: "notHeld" })
    expect(await scene.fence.admit(alice)).toMatchObject({ reason: "staleGeneration" })
  })

  test("notices a next holder who comes while the cell thinks", async () => {
    const scene = new Scene()
    scene.meanwhile = async () => {
      scene.meanwhile = async () => undefined
      scene.holder = bob
      expect(await scene.fence.admit(bob)).toMatchObject({ kind: "admitted" })
    }
    expect(await scene.fence.admit(alice)).toMatchObject({ reason: "staleGeneration" })
  })

  test("does not trouble the cell with what it can refuse by itself", async () => {
    const scene = new Scene()
    const refused = ["rubbish", undefined, new TestKey(2).sign(), key.sign({ path: "/ls/test/other" })]
    for (const text of refused) expect(await scene.fence.admit(text)).toMatchObject({ kind: "refused" })
    expect(scene.askedCount).toBe(0)
  })

  test("gives the cell a signal, so that no question is asked for ever", async () => {
    let aborted: boolean | undefined
    const session: SequencerOracle = {
      checkSequencer: async (_, { signal }) => {
        aborted = signal.aborted
        return { valid: true, reason: "" }
      },
    }
    await new Scene({ session }).fence.admit(alice)
    expect(aborted).toBe(false)
  })
})
