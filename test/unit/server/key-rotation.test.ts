/** When the keys of sequencers are rotated without anybody's asking. */
import { describe, expect, test } from "vitest"
import type { SigningSecret } from "../../../src/contract/signing-keys.ts"
import { refuse } from "../../../src/contract/errors.ts"
import { KeyRotation } from "../../../src/server/key-rotation.ts"
import { secretsOf, seedOf } from "../../support/signing-keys.ts"
import { ScriptedCell } from "./scripted-cell.ts"

const dayMs = 24 * 60 * 60 * 1000

class World {
  readonly cell = new ScriptedCell()
  now = 1
  readonly told: string[] = []
  readonly rotation: KeyRotation

  constructor(everyDays: number) {
    const note = (fields: object, message: string): void => {
      this.told.push(`${message} ${JSON.stringify(fields)}`)
    }
    this.rotation = new KeyRotation({
      ...{ cell: this.cell, everyDays, log: { info: note, warn: note, error: note } },
      clock: { now: () => this.now },
      entropy: { bytes: () => seedOf(6) },
    })
    this.rotation.look()
  }

  passDays(days: number): void {
    this.now += days * dayMs
    this.rotation.look()
  }

  /** The keys of a cell that was rotated so often, the last time in slot `since`. */
  keysAfter(since: number): readonly SigningSecret[] {
    return secretsOf(7, 8, 9).map((key) => ({ ...key, since }))
  }
}

describe("a rotation on schedule", () => {
  test("is asked for by the master when so many days have passed, once", () => {
    const world = new World(90)
    world.passDays(89)
    expect(world.cell.submitted).toEqual([])
    world.passDays(1)
    world.passDays(1)
    expect(world.cell.submitted.map(({ request }) => request)).toMatchObject([
      {
        ...{ sessionId: 0, principal: "" },
        operation: { kind: "rotateSigningKeys", revoke: false, isScheduled: true, seeds: [seedOf(6), seedOf(6)] },
      },
    ])
  })

  test("is not due before as many days after one that somebody asked for", () => {
    const world = new World(90)
    world.passDays(80)
    world.cell.keys = world.keysAfter(40)
    world.passDays(1)
    world.passDays(89)
    expect(world.cell.submitted).toEqual([])
    world.passDays(1)
    expect(world.cell.submitted).toHaveLength(1)
    expect(world.told).toEqual(['the keys that sign sequencers have changed {"slot":40}'])
  })

  test("is counted on by a replica that is not the master, and asked for when it becomes that", () => {
    const world = new World(1)
    world.cell.current = { ...world.cell.current, role: "replica" }
    world.passDays(2)
    expect(world.cell.submitted).toEqual([])
    world.cell.current = { ...world.cell.current, role: "master" }
    world.rotation.look()
    expect(world.cell.submitted).toHaveLength(1)
  })

  test("is not put off by the same keys out of a snapshot", () => {
    const world = new World(2)
    world.passDays(1)
    world.cell.keys = [...world.cell.keys]
    world.passDays(1)
    expect(world.cell.submitted).toHaveLength(1)
  })

  test("that is refused is said so and asked for again later, and not every minute", () => {
    const world = new World(1)
    world.passDays(1)
    world.cell.submitted[0]?.reply(refuse("QUOTA_EXCEEDED", "The cell keeps 32 signing keys."))
    expect(world.told).toHaveLength(1)
    expect(world.told[0]).toContain("QUOTA_EXCEEDED")
    world.now += 60_000
    world.rotation.look()
    expect(world.cell.submitted).toHaveLength(1)
    world.passDays(1)
    expect(world.cell.submitted).toHaveLength(2)
  })

  test("never happens with 0, or before a key is known", () => {
    const never = new World(0)
    never.passDays(100_000)
    expect(never.cell.submitted).toEqual([])
    const early = new World(1)
    early.cell.keys = []
    early.passDays(2)
    expect(early.cell.submitted).toEqual([])
  })
})
