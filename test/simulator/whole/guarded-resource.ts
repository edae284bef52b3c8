/**
 * Resources outside of the cell, one for each lock, with the real fence in front: holders send them writes, which take
 * anything from a moment to far longer than a lease to arrive. Has dice of its own: a run is the same with and without
 * it, and with and without its guard.
 */
import type { Slot } from "../../../src/base/brand.ts"
import type { Prng } from "../../../src/base/prng.ts"
import type { Lock } from "../../../src/client/index.ts"
import { type SequencerStatement, split } from "../../../src/contract/sequencer.ts"
import type { SigningSecret } from "../../../src/contract/signing-keys.ts"
import { Fence, type KeySource } from "../../../src/fence/index.ts"
import { readKeys } from "../../../src/fence/keys.ts"
import { nodeVerify } from "../../../src/fence/node/index.ts"
import { signingKeyOf } from "../../../src/server/signing-key.ts"
import type { RunningClient } from "../../../src/testing/running-client.ts"
import { millisecond, second, type Timeline } from "../../../src/testing/time.ts"
import type { SimulatedCell } from "../cell.ts"
import type { FencedWritesChecker } from "../checkers/fenced-writes.ts"

export interface ResourceWorld {
  readonly timeline: Timeline
  readonly cell: SimulatedCell
  readonly dice: Prng
  readonly checker: FencedWritesChecker
  readonly mark: (kind: string) => void
}

export class GuardedResource {
  readonly #world: ResourceWorld
  readonly #fence: Fence | undefined

  /** `isGuarded` false: it believes everybody, and the checker will have something to say. */
  constructor(world: ResourceWorld, isGuarded: boolean) {
    this.#world = world
    const verifier = { keys: keysOf(world.cell), verifySignature: nodeVerify }
    this.#fence = isGuarded ? new Fence({ verifier, modes: ["exclusive", "shared"] }) : undefined
  }

  /** What a program does that holds a lock. It goes on at once; `path` is with the cell's own name. */
  send(path: string, lock: Lock, sender: RunningClient): void {
    const { timeline, dice } = this.#world
    if (dice.chance(1, 3)) return
    const travel = dice.chance(1, 6) ? dice.between(1, 20 * second) : dice.between(1, 50 * millisecond)
    const { sequencer } = lock
    const asOf = this.#newestSlot()
    // Where only replicas are left that know of no key of these days, a resource can but refuse.
    const isRightful = (): boolean => sender.isAlive && lock.isHeld && this.#newestSlot() >= asOf
    timeline.planAfter(travel, () => void this.#arrive(path, sequencer, isRightful))
  }

  #newestSlot(): Slot {
    return Math.max(...this.#world.cell.hosts.map(({ replica }) => replica?.status().appliedThrough ?? 0))
  }

  async #arrive(path: string, sequencer: string, isRightful: () => boolean): Promise<void> {
    const { timeline, checker, mark } = this.#world
    const admission =
      this.#fence === undefined ? believed(sequencer) : await this.#fence.admit(sequencer, { paths: path })
    if (admission.kind === "refused") {
      mark(`fence ${admission.reason}`)
      checker.refused(timeline.now, path, admission.detail, isRightful())
    } else {
      mark("fence admitted")
      checker.accepted(timeline.now, admission.statement)
    }
  }
}

/** What its sequencer says, whoever has signed it. */
function believed(sequencer: string): { readonly kind: "believed"; readonly statement: SequencerStatement } {
  const parts = split(sequencer)
  if (parts.kind === "refused") throw new Error(`the cell has signed something malformed: ${parts.detail}`)
  return { kind: "believed", statement: parts.statement }
}

/** Asked of all replicas that are up, when there is one that was not heard of before. */
function keysOf(cell: SimulatedCell): KeySource {
  const known = new Map<string, Uint8Array>()
  const learnFrom = (secrets: readonly SigningSecret[]): void => {
    const keys = secrets.map(({ seed }) => signingKeyOf(seed).jwk)
    for (const [keyId, key] of readKeys({ keys })) known.set(keyId, known.get(keyId) ?? key)
  }
  return {
    find: (keyId) => {
      if (!known.has(keyId)) for (const { replica } of cell.hosts) learnFrom(replica?.signingKeys() ?? [])
      return known.get(keyId)
    },
  }
}
