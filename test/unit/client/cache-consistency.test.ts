import fc from "fast-check"
import { expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import { Cell } from "../../../src/client/cell.ts"
import { KeepAliveLoop } from "../../../src/client/keep-alive-loop.ts"
import { Link } from "../../../src/client/link.ts"
import type { Beat, Pulse, PulseSource } from "../../../src/client/pulse.ts"
import { SessionCalls } from "../../../src/client/session-calls.ts"
import type { Session } from "../../../src/client/session.ts"
import "../../support/seeded-properties.ts"
import { ModelCell } from "./model-cell.ts"
import { quiet, VirtualSurroundings } from "./virtual-surroundings.ts"

const names = ["a", "b", "c"]

/**
 * Where KeepAlives come from. On a stream of their own, they and the calls may overtake each other; in a thread of their
 * own, they acknowledge what this one has not obeyed yet, and hears of some time later.
 */
type PulseKind = "same stream" | "own stream" | "own thread"

class AsIfOfAThread implements Pulse {
  readonly #loop: KeepAliveLoop
  readonly #time: VirtualSurroundings
  readonly #dice: Prng
  readonly #unheard: Beat[] = []
  #onBeat: (beat: Beat) => void = () => undefined

  constructor(loop: KeepAliveLoop, time: VirtualSurroundings, dice: Prng) {
    this.#loop = loop
    this.#time = time
    this.#dice = dice
  }

  start(onBeat: (beat: Beat) => void): void {
    this.#onBeat = onBeat
    this.#loop.start((beat) => {
      this.#unheard.push(beat)
      if (beat.kind === "answered" && beat.answer.notices.length > 0) {
        const { firstNotice, notices } = beat.answer
        this.#loop.acknowledge({ epoch: beat.epoch, through: firstNotice + notices.length - 1 })
      }
      this.#time.schedule(this.#dice.between(0, 400), () => {
        this.catchUp()
      })
    })
  }

  acknowledge(): void {}

  catchUp(): void {
    for (let beat = this.#unheard.shift(); beat !== undefined; beat = this.#unheard.shift()) this.#onBeat(beat)
  }

  stop(): void {
    this.#loop.stop()
  }
}

async function sessionOf(
  model: ModelCell,
  time: VirtualSurroundings,
  { dice, pulseKind }: { readonly dice: Prng; readonly pulseKind: PulseKind },
): Promise<Session> {
  const replicas = ["a:1"]
  const pulseSource: PulseSource = {
    pulse: (terms, calls) => {
      if (pulseKind === "same stream") return new KeepAliveLoop(terms, calls, time)
      const own = new SessionCalls(new Link(replicas, model, time), terms.sessionId)
      const loop = new KeepAliveLoop(terms, own, time)
      return pulseKind === "own stream" ? loop : new AsIfOfAThread(loop, time, dice)
    },
    close: () => undefined,
  }
  const cell = new Cell({ replicas }, model, time, pulseSource)
  const opening = cell.openSession({ name: "alice", sessionLeaseMs: 60_000 })
  await time.pass(20_000)
  return await opening
}

/** One thing that happens at random. */
function stir(model: ModelCell, session: Session, dice: Prng): void {
  const path = `/ls/local/${dice.pick(names)}`
  const kind = dice.between(1, 100)
  if (kind <= 60) session.get(path).catch(() => undefined)
  else if (kind <= 75) model.write(path.replace("local", "test"))
  else if (kind <= 88) session.set(path, "mine").catch(() => undefined)
  else if (kind <= 94) {
    const controller = new AbortController()
    session.set(path, "mine", { signal: controller.signal }).catch(() => undefined)
    void quiet().then(() => {
      controller.abort(new Error("enough"))
    })
  } else if (kind <= 97) model.breakStreams()
  else if (kind <= 98) model.silence(dice.between(1_000, 8_000))
  else model.failOver()
}

test("what is cached is what the cell holds at that moment, whatever the network does", async () => {
  let usedCount = 0
  const pulseKinds = fc.constantFrom<PulseKind[]>("same stream", "own stream", "own thread")
  const run = fc.asyncProperty(fc.nat(), pulseKinds, async (seed, pulseKind) => {
    const dice = new Prng(seed)
    const time = new VirtualSurroundings()
    const model = new ModelCell(time, dice)
    const session = await sessionOf(model, time, { dice, pulseKind })
    for (let step = 0; step < 400; step += 1) {
      stir(model, session, dice)
      await time.pass(dice.between(0, 120), () => {
        for (const name of names) {
          const known = session.cached(`/ls/local/${name}`)
          if (known === undefined) continue
          usedCount += 1
          const version = model.versions.get(`/ls/test/${name}`)
          expect(known === "absent" ? undefined : known.stat.contentGeneration).toBe(version)
        }
      })
    }
  })
  // A write that was sent twice and done, and whose first copy came later, was once taken for settled.
  const examples: [number, PulseKind][] = [
    [6, "own stream"],
    [1_512_168_592, "own stream"],
    [2_005_481_647, "own stream"],
  ]
  await fc.assert(run, { numRuns: 60, examples })
  // A cache that is never used is consistent, too.
  expect(usedCount).toBeGreaterThan(2_000)
})
