/**
 * What a seed decides before a run begins. Each run draws which faults it has, how often and how bad ("swarm testing",
 * Groce et al., ISSTA 2012): a run with everything at once hides what a run with two faults would show.
 */
import { Prng } from "../../src/base/prng.ts"
import { type TrueTime, millisecond, second } from "../../src/testing/time.ts"
import { type PartsPerMillion, obedientRateError, wildRateError } from "./clock.ts"
import { type Mix, drawMix } from "./workload.ts"

export const faultKinds: readonly FaultKind[] = [
  ...(["crash", "crashMaster", "crashAll", "crashInCommit", "cleanStop", "freeze", "freezeMaster"] as const),
  ...(["partition", "eclipse", "storm", "slowDisk", "damage", "loseDisk", "freezeClient", "cutClient"] as const),
]

export type FaultKind =
  | "crash"
  | "crashMaster"
  | "crashAll"
  | "crashInCommit"
  | "cleanStop"
  | "freeze"
  | "freezeMaster"
  | "partition"
  | "eclipse"
  | "storm"
  | "slowDisk"
  | "damage"
  | "loseDisk"
  | "freezeClient"
  | "cutClient"

export interface FaultPlan {
  readonly kind: FaultKind
  /** Between one and the next. */
  readonly everyMsMean: number
  readonly lastsMsMax: number
}

export interface Timing {
  readonly heartbeatMs: number
  readonly masterLeaseMs: number
  readonly electionJitterMs: number
  readonly windowSlots: number
  readonly windowBytes: number
  readonly retainedSlots: number
  readonly snapshotPieceBytes: number
  readonly batchCommands: number
  readonly digestEverySlots: number
  readonly sessionLeaseMs: number
  readonly gracePeriodMs: number
}

/** What every simulated world is made of. */
export interface WorldOptions {
  readonly replicaCount: number
  readonly clientCount: number
  readonly safety: TrueTime
  /** The bound that replicas and clients reckon with. */
  readonly driftPerMille: number
  /** Whether clocks keep to it. If not, only what does not rest on time is judged. */
  readonly clocksObey: boolean
  /** How far each clock's rate may be off. */
  readonly rateErrorMax: PartsPerMillion
  readonly timing: Timing
  readonly faults: readonly FaultPlan[]
  /** Messages that are lost or doubled, and processes that dawdle, all the time. */
  readonly lostPerMille: number
  readonly doubledPerMille: number
  readonly latePerMille: number
  /** Whether a partition also swallows what is under way when it begins. */
  readonly cutsSwallow: boolean
  readonly latencyMax: TrueTime
  /** Messages of one turn travel apart. */
  readonly splitsFrames: boolean
  readonly turnDelayMax: TrueTime
  readonly oversleepMax: TrueTime
  readonly frozenTurnsPerMille: number
}

export interface RunOptions extends WorldOptions {
  readonly mix: Mix
  readonly thinkMsMax: number
  readonly openCallsMax: number
  readonly holdMsMax: number
}

export function drawOptions(seed: number, safety: TrueTime): RunOptions {
  const dice = new Prng(seed)
  const sometimes = (value: () => number): number => (dice.chance(1, 2) ? value() : 0)
  const driftPerMille = dice.pick([10, 10, 50, 200])
  const clocksObey = !dice.chance(1, 16)
  return {
    replicaCount: dice.chance(3, 4) ? 5 : 3,
    clientCount: dice.between(2, 5),
    safety,
    driftPerMille,
    clocksObey,
    rateErrorMax: clocksObey ? obedientRateError(driftPerMille) : wildRateError,
    timing: drawTiming(dice, [100, 400, 800, 1500]),
    mix: drawMix(dice),
    thinkMsMax: dice.pick([100, 300, 1000]),
    openCallsMax: dice.between(1, 4),
    holdMsMax: dice.pick([50, 500, 3000]),
    faults: drawFaults(dice),
    lostPerMille: sometimes(() => dice.between(1, 100)),
    doubledPerMille: sometimes(() => dice.between(1, 100)),
    latePerMille: sometimes(() => dice.between(1, 30)),
    latencyMax: dice.pick([1, 2, 5, 40]) * millisecond,
    cutsSwallow: dice.chance(1, 2),
    splitsFrames: dice.chance(1, 4),
    oversleepMax: dice.pick([0, 1000, 50_000]),
    turnDelayMax: dice.pick([50, 200, 1000, 5000]),
    frozenTurnsPerMille: sometimes(() => dice.between(1, 5)),
  }
}

export function drawTiming(dice: Prng, masterLeases: readonly number[]): Timing {
  const masterLeaseMs = dice.pick(masterLeases)
  return {
    heartbeatMs: Math.floor(masterLeaseMs / dice.between(4, 8)),
    masterLeaseMs,
    electionJitterMs: dice.pick([50, 150, 400]),
    windowSlots: dice.pick([2, 8, 64]),
    windowBytes: dice.pick([80, 1000, 300_000]),
    retainedSlots: dice.pick([8, 40, 400]),
    snapshotPieceBytes: dice.pick([100, 1000, 100_000]),
    batchCommands: dice.pick([1, 4, 64]),
    digestEverySlots: dice.pick([5, 20, 100]),
    sessionLeaseMs: dice.pick([1000, 2000, 5000]),
    gracePeriodMs: dice.pick([2000, 6000, 15_000]),
  }
}

function drawFaults(dice: Prng): FaultPlan[] {
  const plans: FaultPlan[] = []
  for (const kind of faultKinds) {
    if (!dice.chance(1, 2)) continue
    plans.push({
      kind,
      everyMsMean: dice.pick([400, 1500, 4000, 10_000, 25_000]),
      lastsMsMax: dice.pick([50, 300, 2000, 8000]),
    })
  }
  return plans
}

/** For people: the drawn options on a few lines. */
export function describeOptions({ faults, timing, ...rest }: WorldOptions): string[] {
  const seconds = `${String(rest.safety / second)} s`
  const list = faults.map(
    ({ kind, everyMsMean, lastsMsMax }) => `${kind} every ~${String(everyMsMean)} ms (${String(lastsMsMax)} ms)`,
  )
  return [
    `world    ${JSON.stringify({ ...rest, safety: seconds })}`,
    `timing   ${JSON.stringify(timing)}`,
    `faults   ${list.join(", ")}`,
  ]
}
