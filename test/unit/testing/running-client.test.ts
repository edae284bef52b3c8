/** A process that can be paused and killed. */
import { expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import { RunningClient } from "../../../src/testing/running-client.ts"
import { millisecond, type ProcessClock, second, Timeline } from "../../../src/testing/time.ts"

const clock: ProcessClock = {
  read: (at) => Math.floor(at / millisecond),
  whenShows: (instant) => instant * millisecond,
}

function newProcess(timeline: Timeline): RunningClient {
  return new RunningClient("client", timeline, { clock, dice: new Prng(1), oversleep: () => 0 })
}

test("what reaches a paused process waits, in order, until it goes on; its clock does not", () => {
  const timeline = new Timeline()
  const process = newProcess(timeline)
  const seen: string[] = []
  const tell = (what: string) => () => seen.push(`${what} ${process.surroundings.now()}`)
  process.surroundings.schedule(100, tell("timer"))
  process.pause(second)
  timeline.plan(50 * millisecond, () => {
    process.reach(tell("message"))
  })
  timeline.runUntil(900 * millisecond)
  expect(seen).toEqual([])
  timeline.runUntil(2 * second)
  expect(seen).toEqual(["message 1000", "timer 1000"])
})

test("nothing happens any more in a process that was killed", () => {
  const timeline = new Timeline()
  const process = newProcess(timeline)
  const seen: string[] = []
  process.surroundings.schedule(100, () => seen.push("timer"))
  process.pause(second)
  process.reach(() => seen.push("message"))
  process.kill()
  timeline.runUntil(2 * second)
  expect(seen).toEqual([])
})

test("a timer that was called off does not go off, even if it had to wait for a pause to end", () => {
  const timeline = new Timeline()
  const process = newProcess(timeline)
  const seen: string[] = []
  const callOff = process.surroundings.schedule(100, () => seen.push("timer"))
  process.pause(second)
  timeline.runUntil(500 * millisecond)
  callOff()
  timeline.runUntil(2 * second)
  expect(seen).toEqual([])
})
