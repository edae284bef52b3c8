/**
 * Has the keys of sequencers take turns, in every other run, a thousand times as often as a real cell does: asked of the
 * master as its own door asks on schedule. A sequencer must not notice, as long as its lock is held. The dice are its own,
 * so that the runs without it are what they were before there was such a thing.
 */
import { Prng } from "../../../src/base/prng.ts"
import type { Request } from "../../../src/contract/requests.ts"
import { millisecond, type Timeline } from "../../../src/testing/time.ts"
import type { SimulatedCell } from "../cell.ts"
import type { Watch } from "../watch.ts"

interface TurnsWorld {
  readonly timeline: Timeline
  readonly cell: SimulatedCell
  readonly watch: Watch
}

export class KeyTurns {
  readonly #world: TurnsWorld
  readonly #dice: Prng
  readonly #everyMsMean: number

  constructor(seed: number, world: TurnsWorld) {
    this.#world = world
    this.#dice = new Prng(seed ^ 0x4e15)
    this.#everyMsMean = this.#dice.pick([0, 2_000, 8_000])
  }

  begin(isOver: () => boolean): void {
    if (this.#everyMsMean === 0) return
    this.#world.timeline.planAfter(this.#dice.between(1, 2 * this.#everyMsMean) * millisecond, () => {
      if (isOver()) return
      this.#rotate()
      this.begin(isOver)
    })
  }

  #rotate(): void {
    const { cell, watch } = this.#world
    const master = cell.master()
    if (master === undefined) return
    const seeds = [1, 2].map(() => Uint8Array.from({ length: 32 }, () => this.#dice.below(256)))
    const operation = { kind: "rotateSigningKeys", revoke: false, seeds, isScheduled: true } as const
    cell.ask(master.replicaId, { ...nobodys, operation }, (reply) => {
      watch.mark(reply?.outcome.kind === "rotateSigningKeys" ? "keys rotated" : "keys not rotated")
    })
  }
}

const nobodys: Omit<Request, "operation"> = {
  ...{ sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch: 0 },
  ...{ principal: "", forCache: false, underSequencer: undefined },
}
