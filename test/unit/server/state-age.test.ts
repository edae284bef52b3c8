import { describe, expect, test } from "vitest"
import type { ReplicaStatus } from "../../../src/contract/requests.ts"
import { StateAge } from "../../../src/server/state-age.ts"
import { quiet, VirtualSurroundings } from "../client/virtual-surroundings.ts"

type Standing = Pick<ReplicaStatus, "role" | "appliedThrough" | "master">

class Scene {
  readonly time = new VirtualSurroundings()
  here: Standing = { role: "replica", appliedThrough: 10, master: 2 }
  /** Undefined: it doesn't answer. */
  master: Pick<Standing, "role" | "appliedThrough"> | undefined = { role: "master", appliedThrough: 10 }
  /** How long a question and its answer are under way. */
  delayMs = 0
  readonly age: StateAge

  constructor(standing: Partial<Standing> = {}) {
    this.here = { ...this.here, ...standing }
    const ask = async (): Promise<typeof this.master> => {
      await new Promise<void>((resolve) => void this.time.schedule(this.delayMs, resolve))
      return this.master
    }
    this.age = new StateAge({ status: () => this.here, ask, surroundings: this.time })
  }
}

describe("the age of a replica's state", () => {
  test("of the master is nothing", () => {
    expect(new Scene({ role: "master" }).age.ms()).toBe(0)
  })

  test("is unknown until the master has said how far it is", async () => {
    const scene = new Scene()
    scene.master = undefined
    await scene.time.pass(10_000)
    expect(scene.age.ms()).toBeUndefined()
    scene.master = { role: "master", appliedThrough: 10 }
    await scene.time.pass(500)
    expect(scene.age.ms()).toBeLessThanOrEqual(500)
  })

  test("counts from when the question left, however long the answer took", async () => {
    const scene = new Scene()
    scene.delayMs = 400
    await scene.time.pass(450)
    expect(scene.age.ms()).toBe(450)
  })

  test("counts only once this replica has applied all that the master had", async () => {
    const scene = new Scene({ appliedThrough: 9 })
    await scene.time.pass(2_000)
    expect(scene.age.ms()).toBeUndefined()
    scene.here = { ...scene.here, appliedThrough: 10 }
    expect(scene.age.ms()).toBe(2_000)
  })

  test("grows while nobody serves, and falls when somebody does again", async () => {
    const scene = new Scene()
    await scene.time.pass(100)
    scene.master = undefined
    scene.here = { ...scene.here, master: 0 }
    await scene.time.pass(60_000)
    expect(scene.age.ms()).toBe(60_100)
    scene.here = { ...scene.here, master: 3 }
    scene.master = { role: "master", appliedThrough: 10 }
    await scene.time.pass(500)
    expect(scene.age.ms()).toBeLessThanOrEqual(500)
  })

  test("is not told by a replica that is not master any more", async () => {
    const scene = new Scene()
    scene.master = { role: "replica", appliedThrough: 10 }
    await scene.time.pass(5_000)
    expect(scene.age.ms()).toBeUndefined()
  })

  test("of a replica that is always behind a busy master is known all the same", async () => {
    const scene = new Scene()
    for (let round = 0; round < 20; round += 1) {
      scene.master = { role: "master", appliedThrough: 20 + 10 * round }
      scene.here = { ...scene.here, appliedThrough: 10 * round }
      await scene.time.pass(500)
    }
    await quiet()
    expect(scene.age.ms()).toBeLessThanOrEqual(2_000)
  })
})
