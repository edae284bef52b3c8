/** The network in memory, and the pipes on top of it. */
import { describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import { fairWeather, Network } from "../../../src/testing/network.ts"
import { millisecond, second, Timeline } from "../../../src/testing/time.ts"

describe("the network", () => {
  test("a cut link carries nothing, in that direction only, and not what was under way either", () => {
    const timeline = new Timeline()
    const network = new Network(timeline, new Prng(1))
    const seen: string[] = []
    network.send(1, 2, () => seen.push("under way"))
    network.cut(1, 2)
    network.send(1, 2, () => seen.push("cut"))
    network.send(2, 1, () => seen.push("back"))
    timeline.runUntil(second)
    expect(seen).toEqual(["back"])
    network.mendAll()
    network.send(1, 2, () => seen.push("mended"))
    timeline.runUntil(2 * second)
    expect(seen).toEqual(["back", "mended"])
  })

  test("bad weather loses and doubles", () => {
    const timeline = new Timeline()
    const network = new Network(timeline, new Prng(1))
    network.weather = { ...fairWeather, lostPerMille: 200, doubledPerMille: 200 }
    let arrived = 0
    for (let count = 0; count < 1000; count += 1) network.send(1, 2, () => (arrived += 1))
    timeline.runUntil(second)
    expect(network.counts.lost).toBeGreaterThan(100)
    expect(arrived).toBe(1000 - network.counts.lost + network.counts.doubled)
  })
})

describe("a pipe", () => {
  test("delivers everything once and in order, whatever the weather", () => {
    const timeline = new Timeline()
    const network = new Network(timeline, new Prng(3))
    const late = { latePerMille: 200, lateLatencyMax: second }
    network.weather = { ...fairWeather, ...late, lostPerMille: 200, doubledPerMille: 200 }
    const pipe = network.pipe(1, 2)
    const seen: number[] = []
    for (let count = 0; count < 200; count += 1) {
      timeline.plan(count * millisecond, () => {
        pipe.send(() => seen.push(count))
      })
    }
    timeline.runUntil(60 * second)
    expect(seen).toEqual(Array.from({ length: 200 }, (_, count) => count))
  })

  test("holds back what meets a cut, and delivers it when the link is mended", () => {
    const timeline = new Timeline()
    const network = new Network(timeline, new Prng(1))
    const pipe = network.pipe(1, 2)
    const seen: string[] = []
    network.cut(1, 2)
    pipe.send(() => seen.push("a"))
    timeline.runUntil(second)
    pipe.send(() => seen.push("b"))
    timeline.runUntil(2 * second)
    expect(seen).toEqual([])
    network.mend(1, 2)
    timeline.runUntil(3 * second)
    expect(seen).toEqual(["a", "b"])
  })
})
