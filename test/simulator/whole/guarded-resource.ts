/**
 * Resources outside of the cell, one for each lock, with the real fence in front: holders send them writes, which take
 * anything from a moment to far longer than a lease to arrive. Has dice of its own: a run is the same with and without
 * it, and with and without its guard.
 */
import type { Prng } from "../../../src/base/prng.ts"
import type { Lock } from "../../../src/client/index.ts"
import { type SequencerStatement, split } from "../../../src/contract/sequencer.ts"
import type { SigningSecret } from "../../../src/contract/signing-keys.ts"
import { Fence, type KeySource } from "../../../src/fence/index.ts"
import { readKeys } from "../../../src/fence/keys.ts"
import { nodeVerify } from "../../../src/fence/node/index.ts"
import { signingKeyOf } from "../../../src/server/signing-key.ts"
import type { RunningClient } from "../../../src/testing/running-client.ts"
import type { StateMachine } from "../../../src/state-machine/state-machine.ts"
import { millisecond, second, type Timeline } from "../../../src/testing/time.ts"
import type { AppliedSlot, LogFollower } from "../checkers/applied-log.ts"
import type { FencedWritesChecker } from "../checkers/fenced-writes.ts"

export interface ResourceWorld {
  readonly timeline: Timeline
  readonly keys: KeySource
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
    const verifier = { keys: world.keys, verifySignature: nodeVerify }
    this.#fence = isGuarded ? new Fence({ verifier, modes: ["exclusive", "shared"] }) : undefined
  }

  /** What a program does that holds a lock. It goes on at once; `path` is with the cell's own name. */
  send(path: string, lock: Lock, sender: RunningClient): void {
    const { timeline, dice } = this.#world
    if (dice.chance(1, 3)) return
    const travel = dice.chance(1, 6) ? dice.between(1, 20 * second) : dice.between(1, 50 * millisecond)
    const { sequencer } = lock
    timeline.planAfter(travel, () => void this.#arrive(path, sequencer, () => sender.isAlive && lock.isHeld))
  }

  async #arrive(path: string, sequencer: string, isHeld: () => boolean): Promise<void> {
    const { timeline, checker, mark } = this.#world
    const admission =
      this.#fence === undefined ? believed(sequencer) : await this.#fence.admit(sequencer, { paths: path })
    if (admission.kind === "refused") {
      mark(`fence ${admission.reason}`)
      checker.refused(timeline.now, path, admission.detail, isHeld())
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

/** The cell's keys as the log has them at the moment: a key that is given up too early is missed at once. */
export class NewestKeys implements KeySource, LogFollower {
  #secrets: readonly SigningSecret[] = []
  #keys: ReadonlyMap<string, Uint8Array> = new Map()

  find(keyId: string): Uint8Array | undefined {
    return this.#keys.get(keyId)
  }

  applied(_slot: AppliedSlot, { signingKeys }: StateMachine): void {
    if (signingKeys === this.#secrets) return
    this.#secrets = signingKeys
    this.#keys = readKeys({ keys: signingKeys.map(({ seed }) => signingKeyOf(seed).jwk) })
  }
}
