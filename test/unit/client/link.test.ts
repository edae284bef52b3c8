import { describe, expect, test } from "vitest"
import { refuse } from "../../../src/contract/errors.ts"
import { Link, type LinkCall } from "../../../src/client/link.ts"
import type { Call } from "../../../src/client/transport.ts"
import type { SignedOutcome } from "../../../src/wire/signed-forms.ts"
import { ScriptedCell } from "./scripted-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const stale = refuse("EPOCH_STALE", "The epoch is 2 by now.")
const done: SignedOutcome = { kind: "closeSession" }

/** One master, which says nothing until the test does. */
class Bench {
  readonly scripted: ScriptedCell = new ScriptedCell()
  /** Calls that were answered, by their numbers. */
  readonly settled: number[] = []
  readonly #link = new Link(["a:1"], this.scripted, new VirtualSurroundings())

  constructor() {
    this.scripted.script("a:1", () => "hold")
  }

  async submit(...requestNumbers: readonly number[]): Promise<void> {
    for (const requestNumber of requestNumbers) this.#link.submit(this.#callOf(requestNumber))
    await quiet()
  }

  get sent(): readonly Call[] {
    return this.scripted.callsOf("closeSession")
  }

  get numbersSent(): readonly number[] {
    return this.sent.map(({ request }) => request.requestNumber)
  }

  async answer(call: Call | undefined, outcome: SignedOutcome): Promise<void> {
    if (call !== undefined) this.scripted.answer(call, outcome)
    await quiet()
  }

  #callOf(requestNumber: number): LinkCall {
    const rest = { sessionId: 7, answeredThrough: 0, stillOpen: [], forCache: false, underSequencer: "" }
    return {
      request: (epoch) => ({ ...rest, requestNumber, epoch, operation: { kind: "closeSession" } }),
      ...{ patienceMs: "endless", mayBeParked: true, mayOvertake: false },
      settle: () => this.settled.push(requestNumber),
    }
  }
}

describe("calls of an epoch that is over", () => {
  test("are all sent again when the first of them is refused, before anything that is issued since", async () => {
    const bench = new Bench()
    await bench.submit(1)
    await bench.answer(bench.sent[0], done)
    await bench.submit(2, 3)
    bench.scripted.epoch = 2
    await bench.answer(bench.sent[1], stale)
    await bench.submit(4)
    // This refusal was still under way: it is about what was sent before.
    await bench.answer(bench.sent[2], stale)
    expect(bench.numbersSent).toEqual([1, 2, 3, 2, 3, 4])
    for (const call of bench.sent.slice(3)) await bench.answer(call, done)
    expect(bench.settled).toEqual([1, 2, 3, 4])
  })
})
