/**
 * What a seed decides before a whole-system run begins. One run in four is calm: its clients and the network are left in
 * peace, and only replicas fail. There, no session may be lost.
 */
import { Prng } from "../../../src/base/prng.ts"
import { millisecond, type TrueTime } from "../../../src/testing/time.ts"
import { obedientRateError } from "../clock.ts"
import { type FaultKind, type FaultPlan, type WorldOptions, drawTiming } from "../options.ts"
import type { ErrandMix, ProgramSettings } from "./program.ts"

export interface WholeOptions extends WorldOptions, ProgramSettings {
  readonly isCalm: boolean
  /** The resources that locks guard have a fence. Without one they accept what comes too late, and that is found. */
  readonly isGuarded: boolean
  readonly holdMsMax: number
  /** Requests that come a second time, late. */
  readonly echoesPerMille: number
  /** Masters that fail just when a write has begun to wait for caches, in a hundred; or, ten times that, when it did. */
  readonly failsInWaitPercent: number
  /** Between two deaths of a client's process, of any machine; zero: they live on. */
  readonly killEveryMsMean: number
}

/** What the real client library reckons with, and so what replicas are told. */
const driftPerMille = 10

export function drawWholeOptions(seed: number, safety: TrueTime): WholeOptions {
  const dice = new Prng(seed)
  const isCalm = dice.chance(1, 4)
  const unlessCalm = (value: () => number): number => (!isCalm && dice.chance(1, 2) ? value() : 0)
  const timing = {
    ...drawTiming(dice, [400, 800, 1500]),
    sessionLeaseMs: dice.pick(isCalm ? [5000, 12_000] : [2000, 5000, 12_000, 30_000]),
    gracePeriodMs: 45_000,
  }
  return {
    isCalm,
    isGuarded: true,
    replicaCount: dice.chance(1, 2) ? 5 : 3,
    clientCount: dice.between(2, 5),
    safety,
    driftPerMille,
    clocksObey: true,
    rateErrorMax: obedientRateError(driftPerMille),
    timing,
    sessionLeaseMs: timing.sessionLeaseMs,
    mix: drawMix(dice),
    thinkMsMax: dice.pick([300, 1000, 2000]),
    peekEveryMsMax: dice.pick([20, 200, 2000]),
    workerCount: dice.between(1, 3),
    watchCount: dice.between(0, 2),
    briefPercent: dice.pick([0, 20, 50]),
    holdMsMax: dice.pick([100, 1000, 4000, 8000]),
    faults: drawFaults(dice, isCalm),
    failsInWaitPercent: dice.pick([0, 1, 5]),
    killEveryMsMean: isCalm ? 0 : dice.pick([0, 10_000, 40_000]),
    lostPerMille: unlessCalm(() => dice.between(1, 30)),
    doubledPerMille: dice.between(0, 30),
    latePerMille: unlessCalm(() => dice.between(1, 10)),
    echoesPerMille: dice.pick([0, 5, 30]),
    latencyMax: dice.pick([1, 5, 20]) * millisecond,
    cutsSwallow: dice.chance(1, 2),
    splitsFrames: false,
    oversleepMax: dice.pick([0, 1000, 20_000]),
    turnDelayMax: dice.pick([50, 200, 1000]),
    frozenTurnsPerMille: unlessCalm(() => 1),
  }
}

function drawMix(dice: Prng): ErrandMix {
  const draw = (most: number): number => (dice.chance(1, 4) ? 0 : dice.between(1, most))
  return {
    ...{ readFile: dice.between(20, 60), readStat: draw(20), list: draw(20) },
    ...{ write: dice.between(1, 6), swap: draw(4), remove: draw(3), transfer: draw(3), useHandle: draw(3) },
    ...{ holdLock: draw(16), tryLock: draw(6), appear: draw(6), writeRow: draw(3) },
  }
}

const replicaFaults: readonly FaultKind[] = [
  ...(["crash", "crashMaster", "crashInCommit", "cleanStop", "freeze", "freezeMaster", "partition"] as const),
  ...(["crashAll", "eclipse", "slowDisk", "damage"] as const),
]

const clientFaults: readonly FaultKind[] = ["freezeClient", "freezeClient", "cutClient", "storm"]

function drawFaults(dice: Prng, isCalm: boolean): FaultPlan[] {
  const kinds = isCalm ? replicaFaults : [...replicaFaults, ...clientFaults]
  return kinds
    .filter(() => dice.chance(1, 3))
    .map((kind) => ({
      kind,
      everyMsMean: dice.pick([5000, 15_000, 40_000]),
      // Clients are frozen and cut off for well beyond their leases.
      lastsMsMax: dice.pick(kind === "freezeClient" || kind === "cutClient" ? [1000, 8000, 25_000] : [300, 2000, 8000]),
    }))
}
