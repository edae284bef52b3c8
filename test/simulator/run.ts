/**
 * One run: a seed in, a verdict out. *Safety phase*: clients work and any faults happen; nothing promised may break.
 * *Liveness phase*: all faults end; within a bounded time there must be a master, every call must be answered, and all
 * replicas must agree and vote; any majority of them must then be able to go on alone. Then the histories are judged as
 * a whole. Nothing here depends on anything but the arguments.
 */
import { Prng } from "../../src/base/prng.ts"
import { SimulatedCell } from "./cell.ts"
import { directoryModel } from "./checkers/directory-model.ts"
import { fileModel } from "./checkers/file-model.ts"
import { type Model, checkLinearizability } from "./checkers/linearizability.ts"
import { type ClientSettings, SimulatedClient } from "./client.ts"
import { type TrueTime, millisecond, second } from "./clock.ts"
import { Nemesis } from "./faults.ts"
import { Findings, type Violation } from "./findings.ts"
import { type Call, describeCall, unknown } from "./history.ts"
import { Network } from "./network.ts"
import type { RunOptions } from "./options.ts"
import { Timeline } from "./timeline.ts"
import { Watch } from "./watch.ts"
import { Workload, cellName, filePaths, livePath } from "./workload.ts"

export interface RunReport {
  readonly seed: number
  readonly options: RunOptions
  readonly violations: readonly Violation[]
  readonly traceHash: string
  readonly stats: RunStats
  readonly marks: ReadonlyMap<string, number>
  /** The last lines of the story. */
  readonly transcript: readonly string[]
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
const firstClientEndpoint = 100

/** What must hold only while clock rates differ by less than the bound. */
const promisesAboutTime = [
  ...["master-lease", "session-safety", "lock-belief", "sequencer", "stale-read", "linearizability"],
]

/** How long a healed cell may take to finish everything: leases of the dead, and then a round of everything. */
function patience({ timing }: RunOptions): TrueTime {
  return (20_000 + 4 * timing.sessionLeaseMs + 2 * timing.gracePeriodMs) * millisecond
}

/** `tellAll`: print each line of the story as it happens. */
export function run(seed: number, options: RunOptions, tellAll = false): RunReport {
  return new Run(seed, options, tellAll).report()
}

class Run {
  readonly #seed: number
  readonly #options: RunOptions
  readonly #timeline = new Timeline()
  readonly #findings: Findings
  readonly #watch: Watch
  readonly #network: Network
  readonly #cell: SimulatedCell
  readonly #clients: readonly SimulatedClient[]
  readonly #workloads: readonly Workload[]
  readonly #nemesis: Nemesis
  #recoveryMs = 0
  #livenessMs = 0
  #undecided = 0

  constructor(seed: number, options: RunOptions, tellAll: boolean) {
    this.#seed = seed
    this.#options = options
    // Each part has dice of its own, so that a roll more in one does not change the fate of all others.
    const dice = new Prng(seed ^ 0x5eed)
    const fresh = (): Prng => new Prng(dice.next32())
    const timeline = this.#timeline
    this.#findings = new Findings(options.clocksObey ? [] : promisesAboutTime)
    this.#watch = new Watch(timeline, this.#findings, options.replicaCount, cellName, tellAll)
    this.#network = new Network(timeline, fresh())
    this.#network.weather = {
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
    const world = { timeline, network: this.#network, watch: this.#watch }
    this.#cell = new SimulatedCell(options, { ...world, dice: fresh() }, tempo)
    const settings = clientSettings(options)
    const endpoints = Array.from({ length: options.clientCount }, (_, place) => firstClientEndpoint + place)
    this.#clients = endpoints.map((endpoint) => {
      const name = `client-${String(endpoint - firstClientEndpoint)}`
      return new SimulatedClient(name, endpoint, { ...world, door: this.#cell, dice: fresh() }, settings, this.#watch)
    })
    const workloadWorld = { timeline, findings: this.#findings, beliefs: this.#watch.beliefs }
    this.#workloads = this.#clients.map((client) => new Workload(client, options, { ...workloadWorld, dice: fresh() }))
    const prey = { ...world, cell: this.#cell, clients: this.#clients, dice: fresh() }
    this.#nemesis = new Nemesis(prey, options, endpoints)
  }

  report(): RunReport {
    for (const host of this.#cell.hosts) host.start()
    for (const workload of this.#workloads) workload.begin()
    this.#runUntil(this.#options.safety, () => false)
    if (this.#findings.violations.length === 0) this.#liveness()
    if (this.#findings.violations.length === 0) this.#judge()
    return this.#summary()
  }

  /** Returns whether `done` came true. */
  #runUntil(until: TrueTime, done: () => boolean): boolean {
    let isDone = false
    this.#timeline.runUntil(until, () => {
      isDone = done()
      return isDone || this.#findings.violations.length > 0
    })
    return isDone
  }

  #liveness(): void {
    const healedAt = this.#timeline.now
    this.#nemesis.end()
    this.#watch.note("heal", "all faults end")
    this.#cell.heal()
    const until = healedAt + patience(this.#options)
    const hasMaster = this.#runUntil(until, () => this.#cell.master() !== undefined)
    this.#recoveryMs = (this.#timeline.now - healedAt) / millisecond
    if (!hasMaster) return this.#stuck("no master was elected")
    for (const workload of this.#workloads) workload.drain()
    const isIdle = this.#runUntil(until, () => this.#workloads.every((workload) => workload.isIdle))
    if (!isIdle) return this.#stuck("a client still waits for an answer")
    const hasConverged = everyHundredth(() => this.#cell.hasConverged())
    if (!this.#runUntil(until, hasConverged)) return this.#stuck("the replicas have not converged")
    this.#loseMinority()
    this.#readEverything(this.#timeline.now + patience(this.#options))
    this.#livenessMs = (this.#timeline.now - healedAt) / millisecond
  }

  /** Whoever claims to vote must be a vote that counts: any majority can go on alone. */
  #loseMinority(): void {
    const dice = new Prng(this.#seed)
    const doomed = dice.shuffle([...this.#cell.hosts]).slice(0, Math.floor((this.#cell.hosts.length - 1) / 2))
    for (const host of doomed) host.crash()
  }

  /** A client that has seen nothing yet reads all that there is. Its reads become part of the history. */
  #readEverything(until: TrueTime): void {
    const door = this.#cell
    const world = { timeline: this.#timeline, network: this.#network, door, dice: new Prng(this.#seed) }
    const settings = clientSettings(this.#options)
    const auditor = new SimulatedClient("auditor", firstClientEndpoint - 1, world, settings, this.#watch)
    let open = filePaths.length + 1
    const seen = (): void => {
      open -= 1
    }
    auditor.openSession(() => {
      for (const path of filePaths) auditor.call({ kind: "getContentsAndStat", node: { kind: "path", path } }, seen)
      auditor.call({ kind: "readDir", node: { kind: "path", path: livePath }, afterName: "", pageSize: 100 }, seen)
    })
    if (!this.#runUntil(until, () => open === 0)) this.#stuck("the last reads are not answered")
  }

  #stuck(claim: string): void {
    if (this.#findings.violations.length > 0) return
    const waiting = this.#watch.history.filter(({ completion }) => completion.kind === "unknown").slice(-5)
    this.#findings.report(
      "liveness",
      this.#timeline.now,
      [claim, ...this.#cell.describe(), ...waiting.map(describeCall)].join("\n    "),
    )
  }

  /** Judges what clients saw, object by object. */
  #judge(): void {
    const { history } = this.#watch
    for (const path of filePaths) {
      this.#judgeOne(
        path,
        fileModel,
        history.filter((call) => pathOf(call) === path),
      )
    }
    this.#judgeOne(livePath, directoryModel, [...history.filter(concernsLiveDirectory), ...this.#sessionEnds()])
  }

  #judgeOne<State>(name: string, model: Model<State>, history: readonly Call[]): void {
    const verdict = checkLinearizability(model, history)
    if (verdict.kind === "undecided") this.#undecided += 1
    if (verdict.kind !== "violation") return
    const calls = verdict.stuck.slice(0, 8).map((call) => `\n    ${describeCall(call)}`)
    const claim = `${name}: after ${String(verdict.explained)} of ${String(history.length)} calls none of these fits`
    this.#findings.report("linearizability", this.#timeline.now, claim + calls.join(""))
  }

  /** The cell's own doing, as calls that may have taken effect any time after the session's last sign of life. */
  #sessionEnds(): Call[] {
    return [...this.#watch.appliedLog.endedAt.keys()].map((sessionId) => ({
      client: "cell",
      sessionId,
      requestNumber: 0,
      operation: { kind: "closeSession" },
      invokedAt: this.#watch.lastSignOfLife.get(sessionId) ?? 0,
      completion: unknown,
    }))
  }

  #summary(): RunReport {
    const { hash, marks, transcript, history, chosenCount } = this.#watch
    return {
      seed: this.#seed,
      options: this.#options,
      violations: this.#findings.violations,
      traceHash: hash.toString(),
      stats: {
        events: this.#timeline.happened,
        simulatedMs: Math.floor(this.#timeline.now / millisecond),
        messages: this.#network.counts.sent,
        slots: chosenCount,
        calls: history.length,
        unknownCalls: history.filter(({ completion }) => completion.kind === "unknown").length,
        historiesUndecided: this.#undecided,
        recoveryMs: Math.floor(this.#recoveryMs),
        livenessMs: Math.floor(this.#livenessMs),
      },
      marks,
      transcript: this.#findings.violations.length > 0 ? transcript.format() : [],
    }
  }
}

function clientSettings({ timing, driftPerMille, rateErrorMax }: RunOptions): ClientSettings {
  const { sessionLeaseMs, gracePeriodMs } = timing
  return { sessionLeaseMs, gracePeriodMs, driftPerMille, rateErrorMax, attemptMsMin: 100, attemptMsMax: 1500 }
}

function everyHundredth(look: () => boolean): () => boolean {
  let count = 0
  return () => {
    count += 1
    return count % 100 === 0 && look()
  }
}

function pathOf({ operation }: Call): string | undefined {
  if (operation.kind === "setContents" || operation.kind === "delete" || operation.kind === "getContentsAndStat") {
    return operation.node.kind === "path" ? operation.node.path : undefined
  }
  return undefined
}

function concernsLiveDirectory({ operation }: Call): boolean {
  switch (operation.kind) {
    case "open":
      return operation.ephemeral
    case "close":
    case "closeSession":
    case "readDir":
      return true
    default:
      return false
  }
}
