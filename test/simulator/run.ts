/**
 * One run: a seed in, a verdict out. *Safety phase*: clients work and any faults happen; nothing promised may break.
 * *Liveness phase*: all faults end; within a bounded time there must be a master, every call must be answered, and all
 * replicas must agree and vote; any majority of them must then be able to go on alone. Then the histories are judged as
 * a whole. Nothing here depends on anything but the arguments.
 */
import { Prng } from "../../src/base/prng.ts"
import { millisecond, Timeline, type TrueTime } from "../../src/testing/time.ts"
import { AppliedLog } from "./checkers/applied-log.ts"
import { directoryModel } from "./checkers/directory-model.ts"
import { fileModel } from "./checkers/file-model.ts"
import { type Model, checkLinearizability } from "./checkers/linearizability.ts"
import { LockLedger } from "./checkers/lock-ledger.ts"
import { SecondOpinion } from "./checkers/second-opinion.ts"
import { type ClientSettings, SimulatedClient } from "./client.ts"
import { Nemesis } from "./faults.ts"
import { Findings } from "./findings.ts"
import { type Call, describeCall, unknown } from "./history.ts"
import type { RunOptions } from "./options.ts"
import { Workload, cellName, filePaths, livePath } from "./workload.ts"
import { everyHundredth, firstClientEndpoint, promisesAboutTime, type RunReport, World } from "./world.ts"

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
  readonly #world: World
  readonly #log: AppliedLog
  readonly #clients: readonly SimulatedClient[]
  readonly #workloads: readonly Workload[]
  readonly #nemesis: Nemesis
  #recovery: TrueTime = 0
  #liveness: TrueTime = 0
  #undecided = 0

  constructor(seed: number, options: RunOptions, tellAll: boolean) {
    this.#seed = seed
    this.#options = options
    const timeline = new Timeline()
    const findings = new Findings(options.clocksObey ? [] : promisesAboutTime)
    this.#log = new AppliedLog(cellName, [new SecondOpinion(findings), new LockLedger(findings, () => undefined)])
    const parts = { timeline, findings, log: this.#log, dice: new Prng(seed ^ 0x5eed), tellAll }
    const world = new World(options, parts)
    this.#world = world
    const { network, watch, cell } = world
    const settings = clientSettings(options)
    const endpoints = Array.from({ length: options.clientCount }, (_, place) => firstClientEndpoint + place)
    this.#clients = endpoints.map((endpoint) => {
      const name = `client-${String(endpoint - firstClientEndpoint)}`
      const surroundings = { timeline, network, door: cell, dice: world.freshDice() }
      return new SimulatedClient(name, endpoint, surroundings, settings, watch)
    })
    const { beliefs } = watch
    this.#workloads = this.#clients.map((client) => {
      return new Workload(client, options, { timeline, findings, beliefs, dice: world.freshDice() })
    })
    const prey = { timeline, network, watch, cell, clients: this.#clients, dice: world.freshDice() }
    this.#nemesis = new Nemesis(prey, options, endpoints)
  }

  report(): RunReport {
    const { cell } = this.#world
    for (const host of cell.hosts) host.start()
    for (const workload of this.#workloads) workload.begin()
    this.#runUntil(this.#options.safety, () => false)
    if (!this.#world.hasFailed) this.#finish()
    if (!this.#world.hasFailed) this.#judge()
    return this.#world.report(this.#seed, {
      recovery: this.#recovery,
      liveness: this.#liveness,
      undecided: this.#undecided,
    })
  }

  /** Returns whether `done` came true. */
  #runUntil(until: TrueTime, done: () => boolean): boolean {
    let isDone = false
    this.#world.timeline.runUntil(until, () => {
      isDone = done()
      return isDone || this.#world.hasFailed
    })
    return isDone
  }

  #finish(): void {
    const { timeline, cell } = this.#world
    const healedAt = timeline.now
    this.#nemesis.end()
    this.#world.heal()
    const until = healedAt + patience(this.#options)
    const hasMaster = this.#runUntil(until, () => cell.master() !== undefined)
    this.#recovery = timeline.now - healedAt
    if (!hasMaster) return this.#world.stuck("no master was elected")
    for (const workload of this.#workloads) workload.drain()
    const isIdle = this.#runUntil(until, () => this.#workloads.every((workload) => workload.isIdle))
    if (!isIdle) return this.#world.stuck("a client still waits for an answer")
    const hasConverged = everyHundredth(() => cell.hasConverged())
    if (!this.#runUntil(until, hasConverged)) return this.#world.stuck("the replicas have not converged")
    this.#world.loseMinority(new Prng(this.#seed))
    this.#readEverything(timeline.now + patience(this.#options))
    this.#liveness = timeline.now - healedAt
  }

  /** A client that has seen nothing yet reads all that there is. Its reads become part of the history. */
  #readEverything(until: TrueTime): void {
    const { timeline, network, cell, watch } = this.#world
    const surroundings = { timeline, network, door: cell, dice: new Prng(this.#seed) }
    const settings = clientSettings(this.#options)
    const auditor = new SimulatedClient("auditor", firstClientEndpoint - 1, surroundings, settings, watch)
    let open = filePaths.length + 1
    const seen = (): void => {
      open -= 1
    }
    auditor.openSession(() => {
      for (const path of filePaths) auditor.call({ kind: "getContentsAndStat", node: { kind: "path", path } }, seen)
      const whole = { afterName: "", pageSize: 100, recursive: false } as const
      auditor.call({ kind: "readDir", node: { kind: "path", path: livePath }, ...whole }, seen)
    })
    if (!this.#runUntil(until, () => open === 0)) this.#world.stuck("the last reads are not answered")
  }

  /** Judges what clients saw, object by object. */
  #judge(): void {
    const { history } = this.#world.watch
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
    this.#world.findings.report("linearizability", this.#world.timeline.now, claim + calls.join(""))
  }

  /** The cell's own doing, as calls that may have taken effect any time after the session's last sign of life. */
  #sessionEnds(): Call[] {
    return [...this.#log.endedAt.keys()].map((sessionId) => ({
      client: "cell",
      sessionId,
      requestNumber: 0,
      operation: { kind: "closeSession" },
      invokedAt: this.#world.watch.lastSignOfLife.get(sessionId) ?? 0,
      completion: unknown,
    }))
  }
}

function clientSettings({ timing, driftPerMille, rateErrorMax }: RunOptions): ClientSettings {
  const { sessionLeaseMs, gracePeriodMs } = timing
  return { sessionLeaseMs, gracePeriodMs, driftPerMille, rateErrorMax, attemptMsMin: 100, attemptMsMax: 1500 }
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
