/**
 * A simulated world, whoever its clients are: time, a network in some weather, a cell, someone who watches it all, and
 * what there is to tell when it is over.
 */
import { Prng } from "../../src/base/prng.ts"
import { Network } from "../../src/testing/network.ts"
import { millisecond, second, type Timeline, type TrueTime } from "../../src/testing/time.ts"
import { SimulatedCell } from "./cell.ts"
import type { AppliedLog } from "./checkers/applied-log.ts"
import type { Findings, Violation } from "./findings.ts"
import { describeCall } from "./history.ts"
import { type WorldOptions, describeOptions } from "./options.ts"
import { Watch } from "./watch.ts"

export interface RunReport {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly traceHash: string
  readonly stats: RunStats
  readonly marks: ReadonlyMap<string, number>
  /** The last lines of the story, and the options of the run; empty if all went well. */
  readonly story: readonly string[]
}

export interface RunStats {
  readonly events: number
  readonly simulatedMs: number
  readonly messages: number
  readonly slots: number
  readonly calls: number
  readonly unknownCalls: number
  readonly historiesUndecided: number
  /** From the end of the faults to the first master, and to the end of the liveness phase. */
  readonly recoveryMs: number
  readonly livenessMs: number
}

/** Clients have endpoints of their own, beyond all replicas. */
export const firstClientEndpoint = 100

/** What must hold only while clock rates differ by less than the bound. */
export const promisesAboutTime: readonly string[] = [
  ...["master-lease", "session-safety", "lock-belief", "lock-delay", "sequencer", "stale-read", "linearizability"],
]

export interface WorldParts {
  readonly timeline: Timeline
  readonly findings: Findings
  readonly log: AppliedLog
  readonly dice: Prng
  /** Print each line of the story as it happens. */
  readonly tellAll: boolean
}

export class World {
  readonly options: WorldOptions
  readonly timeline: Timeline
  readonly findings: Findings
  readonly watch: Watch
  readonly network: Network
  readonly cell: SimulatedCell
  readonly #dice: Prng

  constructor(options: WorldOptions, { timeline, findings, log, dice, tellAll }: WorldParts) {
    this.options = options
    this.timeline = timeline
    this.findings = findings
    this.#dice = dice
    this.watch = new Watch(timeline, findings, options.replicaCount, log, tellAll)
    this.network = new Network(timeline, this.freshDice())
    this.network.weather = {
      latencyMin: 150,
      latencyMax: options.latencyMax,
      lostPerMille: options.lostPerMille,
      doubledPerMille: options.doubledPerMille,
      latePerMille: options.latePerMille,
      lateLatencyMax: 3 * second,
      cutsSwallow: options.cutsSwallow,
    }
    const { turnDelayMax, oversleepMax, frozenTurnsPerMille } = options
    const frozenTurnMax = 3 * options.timing.masterLeaseMs * millisecond
    const tempo = { turnDelayMax, oversleepMax, frozenTurnsPerMille, frozenTurnMax }
    const { network, watch } = this
    this.cell = new SimulatedCell(options, { timeline, network, watch, dice: this.freshDice() }, tempo)
  }

  /** Each part has dice of its own, so that a roll more in one does not change the fate of all others. */
  freshDice(): Prng {
    return new Prng(this.#dice.next32())
  }

  get hasFailed(): boolean {
    return this.findings.violations.length > 0
  }

  heal(): void {
    this.watch.note("heal", "all faults end")
    this.cell.heal()
  }

  /** Something that should have happened by now has not. */
  stuck(claim: string): void {
    if (this.hasFailed) return
    const waiting = this.watch.history.filter(({ completion }) => completion.kind === "unknown").slice(-5)
    const text = [claim, ...this.cell.describe(), ...waiting.map(describeCall)].join("\n    ")
    this.findings.report("liveness", this.timeline.now, text)
  }

  /** Whoever claims to vote must be a vote that counts: any majority can go on alone. */
  loseMinority(dice: Prng): void {
    const count = Math.floor((this.cell.hosts.length - 1) / 2)
    for (const host of dice.shuffle([...this.cell.hosts]).slice(0, count)) host.crash()
  }

  report(
    seed: number,
    outcome: { readonly recovery: TrueTime; readonly liveness: TrueTime; readonly undecided: number },
  ): RunReport {
    const { hash, marks, transcript, history, chosenCount } = this.watch
    return {
      seed,
      violations: this.findings.violations,
      traceHash: hash.toString(),
      stats: {
        events: this.timeline.happened,
        simulatedMs: Math.floor(this.timeline.now / millisecond),
        messages: this.network.counts.sent,
        slots: chosenCount,
        calls: history.length,
        unknownCalls: history.filter(({ completion }) => completion.kind === "unknown").length,
        historiesUndecided: outcome.undecided,
        recoveryMs: Math.floor(outcome.recovery / millisecond),
        livenessMs: Math.floor(outcome.liveness / millisecond),
      },
      marks,
      story: this.hasFailed ? [...transcript.format(), "", ...describeOptions(this.options)] : [],
    }
  }
}

/** For a look that costs something: taken after every hundredth event only. */
export function everyHundredth(look: () => boolean): () => boolean {
  let count = 0
  return () => {
    count += 1
    return count % 100 === 0 && look()
  }
}
