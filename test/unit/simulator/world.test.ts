/** The pieces of the simulated world, where their own mistakes could hide those of the cell. */
import { describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import { utf8 } from "../../../src/base/bytes.ts"
import { second, Timeline } from "../../../src/testing/time.ts"
import { LocalClock, obedientRateError } from "../../simulator/clock.ts"
import { SimulatedDisk } from "../../simulator/disk.ts"
import { cutsOf, partitionShapes } from "../../simulator/partitions.ts"

describe("a drifting clock", () => {
  test("whenShows is the first instant of true time at which it shows as much", () => {
    const dice = new Prng(7)
    for (let round = 0; round < 200; round += 1) {
      const startedAt = dice.below(1_000_000)
      const clock = LocalClock.random(startedAt, obedientRateError(10), dice)
      const instant = clock.read(startedAt) + dice.between(1, 100_000)
      const at = clock.whenShows(instant)
      expect(clock.read(at)).toBeGreaterThanOrEqual(instant)
      expect(clock.read(at - 1)).toBeLessThan(instant)
    }
  })

  test("two clocks at the bound differ by less than one per cent", () => {
    const fast = new LocalClock(0, 0, obedientRateError(10)).read(1000 * second)
    const slow = new LocalClock(0, 0, -obedientRateError(10)).read(1000 * second)
    expect(fast / slow).toBeLessThan(1.01)
    expect(fast / slow).toBeGreaterThan(1.009)
  })
})

describe("the disk", () => {
  function put(key: string): { kind: "put"; key: string; value: Uint8Array } {
    return { kind: "put", key, value: utf8(key) }
  }

  function keysOf(disk: SimulatedDisk): string[] {
    return disk.load().map(({ key }) => key)
  }

  test("what was synced survives a crash; of the rest, the oldest ones at most", () => {
    const outcomes = new Set<string>()
    for (let seed = 1; seed <= 60; seed += 1) {
      const timeline = new Timeline()
      const disk = new SimulatedDisk(timeline, new Prng(seed))
      const synced: string[] = []
      disk.commit(
        [put("a")],
        () => undefined,
        () => synced.push("a"),
      )
      timeline.runUntil(second)
      for (const key of ["b", "c"])
        disk.commit(
          [put(key)],
          () => undefined,
          () => synced.push(key),
        )
      disk.crash()
      timeline.runUntil(2 * second)
      expect(synced).toEqual(["a"])
      outcomes.add(keysOf(disk).join())
    }
    expect([...outcomes].sort()).toEqual(["a", "a,b", "a,b,c"])
  })

  test("a snapshot does not see later commits", () => {
    const timeline = new Timeline()
    const disk = new SimulatedDisk(timeline, new Prng(1))
    disk.prepare([put("a")])
    const snapshot = disk.openSnapshot()
    disk.prepare([{ kind: "removeAll", prefix: "a" }, put("b")])
    expect(snapshot.read("", "", 100).entries.map(({ key }) => key)).toEqual(["a"])
    expect(keysOf(disk)).toEqual(["b"])
  })

  test("damage changes exactly one value", () => {
    for (const kind of ["flip", "cutOff", "misdirect"] as const) {
      const disk = new SimulatedDisk(new Timeline(), new Prng(3))
      disk.prepare(["aaa", "bbb", "ccc"].map(put))
      expect(disk.damage(kind)).toBeDefined()
      const changed = disk.load().filter(({ key, value }) => new TextDecoder().decode(value) !== key)
      expect(changed).toHaveLength(1)
    }
  })
})

describe("partitions", () => {
  const replicas = [1, 2, 3, 4, 5]

  test("every shape cuts something, and never a replica from itself", () => {
    for (const shape of partitionShapes) {
      const cuts = cutsOf(shape, replicas, 3, new Prng(5))
      expect(cuts.length).toBeGreaterThan(0)
      expect(cuts.every(([from, to]) => from !== to)).toBe(true)
    }
  })

  test("in a star the pivot sees one replica, which sees everybody", () => {
    const cuts = cutsOf("star", replicas, 3, new Prng(5)).map(([from, to]) => `${String(from)}${String(to)}`)
    const links = replicas.flatMap((from) =>
      replicas
        .filter((to) => to !== from && !cuts.includes(`${String(from)}${String(to)}`))
        .map((to) => [from, to] as const),
    )
    const centre = links.find(([from]) => from === 3)?.[1]
    expect(links.filter(([from]) => from === 3)).toHaveLength(1)
    expect(links.filter(([from]) => from === centre)).toHaveLength(4)
  })

  test("a bridge leaves the pivot connected to both sides, which don't see each other", () => {
    const cuts = cutsOf("bridge", replicas, 3, new Prng(5))
    expect(cuts.some(([from, to]) => from === 3 || to === 3)).toBe(false)
    expect(cuts.length).toBeGreaterThanOrEqual(6)
  })
})
