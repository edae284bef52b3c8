/**
 * One whole-system run: a seed in, a verdict out. The real cell and the real client library, with programs on top that
 * read, write, lock and listen. *Safety phase*: anything may fail, and nothing promised may break. *Liveness phase*: all
 * faults end; every program must finish what it has begun, every watch be told of all that happened, and every session of
 * a dead process come to its end.
 *
 * There are promises in this world, but no chance: after each event of the timeline everything that waited for it is done
 * before the next one, so that the order is a function of the seed.
 */
import { Prng } from "../../../src/base/prng.ts"
import { millisecond, Timeline, type TrueTime } from "../../../src/testing/time.ts"
import { AppliedLog } from "../checkers/applied-log.ts"
import { EffectsChecker } from "../checkers/effects.ts"
import { EphemeralsChecker } from "../checkers/ephemerals.ts"
import { EventOrderChecker } from "../checkers/event-order.ts"
import { FencedWritesChecker } from "../checkers/fenced-writes.ts"
import { FreshnessChecker } from "../checkers/freshness.ts"
import { LockLedger } from "../checkers/lock-ledger.ts"
import { LostInTimeChecker } from "../checkers/lost-in-time.ts"
import { Nemesis } from "../faults.ts"
import { goesThroughLog } from "../history.ts"
import { Findings } from "../findings.ts"
import type { SimulatedHost } from "../host.ts"
import { everyHundredth, firstClientEndpoint, type RunReport, World } from "../world.ts"
import { SimulatedDoors } from "./doors.ts"
import { Forger } from "./forger.ts"
import { KeyTurns } from "./key-turns.ts"
import { GuardedResource, NewestKeys } from "./guarded-resource.ts"
import { Machine } from "./machine.ts"
import type { WholeOptions } from "./options.ts"
import { Program } from "./program.ts"
import { SurvivalChecker } from "./survival.ts"
import { cellName, type Checkers } from "./tools.ts"

/** So long a write waits only for who does not answer. */
const longWaitMs = 1000

/** How long a healed world may take to finish everything: leases and lock-delays of the dead, and a round of everything. */
function patience({ timing }: WholeOptions): TrueTime {
  return (40_000 + 4 * timing.sessionLeaseMs + timing.gracePeriodMs) * millisecond
}

export async function runWhole(seed: number, options: WholeOptions, tellAll = false): Promise<RunReport> {
  return await new WholeRun(seed, options, tellAll).report()
}

class WholeRun {
  readonly #seed: number
  readonly #options: WholeOptions
  readonly #world: World
  readonly #log: AppliedLog
  readonly #checkers: Checkers
  readonly #survival: SurvivalChecker
  readonly #resource: GuardedResource
  readonly #machines: readonly Machine[]
  readonly #programs = new Map<Machine, Program>()
  readonly #nemesis: Nemesis
  readonly #dice: Prng
  #isDraining = false
  #valueCount = 0
  #recovery: TrueTime = 0
  #liveness: TrueTime = 0

  constructor(seed: number, options: WholeOptions, tellAll: boolean) {
    this.#seed = seed
    this.#options = options
    const timeline = new Timeline()
    const findings = new Findings()
    const freshness = new FreshnessChecker(findings)
    const events = new EventOrderChecker(findings)
    const effects = new EffectsChecker(findings)
    // The cell grants by its clock, timers go off by the machine's: both may be late.
    const lostInTime = new LostInTimeChecker(timeline, findings, options.oversleepMax + 2 * millisecond)
    const ledger = new LockLedger(findings, (at, grant) => {
      lostInTime.granted(at, grant)
    })
    this.#checkers = { freshness, events, effects, lostInTime }
    this.#survival = new SurvivalChecker(findings, options.isCalm)
    const keys = new NewestKeys()
    this.#log = new AppliedLog(cellName, [freshness, events, effects, ledger, new EphemeralsChecker(findings), keys])
    const world = new World(options, { timeline, findings, log: this.#log, dice: new Prng(seed ^ 0x5eed), tellAll })
    this.#world = world
    this.#dice = world.freshDice()
    const { network, watch, cell } = world
    const mark = (kind: string): void => watch.mark(kind)
    const checker = new FencedWritesChecker(findings)
    const resourceDice = new Prng(seed ^ 0xfe9ce)
    this.#resource = new GuardedResource({ timeline, keys, dice: resourceDice, checker, mark }, options.isGuarded)
    const forger = new Forger(world.freshDice(), findings, watch, () => timeline.now)
    const doors = new SimulatedDoors(
      {
        ...{ timeline, cell, watch, dice: world.freshDice() },
        onRequest: (request) => {
          // A numbered read, an Open that makes nothing, leaves no mark in the log to be in order with.
          if (goesThroughLog(request.operation)) effects.received(request)
        },
        onAnswered: (request) => {
          effects.answered(request)
        },
        onReply: (request, reply, host) => {
          if (reply.outcome.kind !== "refused") this.#survival.served(timeline.now)
          freshness.told(reply.commitIndex)
          forger.sees(request, reply, host)
        },
      },
      options.echoesPerMille,
    )
    const endpoints = Array.from({ length: options.clientCount }, (_, place) => firstClientEndpoint + place)
    this.#machines = endpoints.map((endpoint) => {
      const name = `client-${String(endpoint - firstClientEndpoint)}`
      return new Machine(name, endpoint, { timeline, network, doors, dice: world.freshDice() }, options)
    })
    const prey = { timeline, network, watch, cell, clients: this.#machines, dice: world.freshDice() }
    this.#nemesis = new Nemesis(prey, options, endpoints)
  }

  async report(): Promise<RunReport> {
    for (const host of this.#world.cell.hosts) host.start()
    for (const machine of this.#machines) this.#start(machine)
    this.#planDeath()
    new KeyTurns(this.#seed, this.#world).begin(() => this.#isDraining)
    this.#world.watch.onEvent = (host, event) => {
      const { failsInWaitPercent } = this.#options
      if (event.kind === "invalidationSent" && this.#dice.chance(failsInWaitPercent, 100)) this.#fail(host, 20)
      // Whoever has let the write wait for so long comes back with a cache that is stale; so he may find another master.
      const isWaitedOut = event.kind === "writeWaitedFor" && event.waitedMs >= longWaitMs
      if (isWaitedOut && this.#dice.chance(10 * failsInWaitPercent, 100)) this.#fail(host, 4000)
    }
    await this.#runUntil(this.#options.safety, () => false)
    if (!this.#world.hasFailed) await this.#finish()
    return this.#world.report(this.#seed, { recovery: this.#recovery, liveness: this.#liveness, undecided: 0 })
  }

  #start(machine: Machine): void {
    const { timeline, findings, watch } = this.#world
    const boot = machine.boot()
    const tools = {
      ...{
        process: boot.process,
        clock: boot.clock,
        timeline,
        findings,
        checkers: this.#checkers,
        resource: this.#resource,
      },
      ...{ dice: this.#world.freshDice(), holdMsMax: this.#options.holdMsMax },
      mark: (kind: string) => {
        watch.mark(kind)
      },
      uniqueValue: () => `${boot.process.name}/${String((this.#valueCount += 1))}`,
      isDraining: () => this.#isDraining,
    }
    const program = new Program(boot, tools, this.#options, ({ sessionId }, reason) => {
      watch.note("session lost", `${boot.process.name} has lost session ${String(sessionId)}: ${reason}`)
      this.#survival.lost(timeline.now, sessionId, reason)
    })
    this.#programs.set(machine, program)
    program.live().catch((reason: unknown) => {
      const stack = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
      findings.report("client", timeline.now, `${boot.process.name} ended: ${stack}`)
    })
  }

  /** Every now and then a process dies, and another one takes its place. */
  #planDeath(): void {
    const { timeline, watch } = this.#world
    const { killEveryMsMean } = this.#options
    if (killEveryMsMean === 0) return
    timeline.planAfter(this.#dice.between(1, 2 * killEveryMsMean) * millisecond, () => {
      if (this.#isDraining) return
      const machine = this.#dice.pick(this.#machines)
      watch.note("fault kill", `the process of ${machine.name} is killed`)
      machine.kill()
      timeline.planAfter(this.#dice.between(1, 5000) * millisecond, () => {
        if (!machine.isUp && !this.#isDraining) this.#start(machine)
      })
      this.#planDeath()
    })
  }

  /** What if the master of a write that waits for caches, or has waited, fails just then? */
  #fail(master: SimulatedHost, withinMs: number): void {
    const { timeline, watch } = this.#world
    if (this.#isDraining) return
    const freezes = this.#dice.chance(1, 2)
    timeline.planAfter(this.#dice.between(0, withinMs) * millisecond, () => {
      if (!master.isUp || this.#isDraining) return
      watch.note("fault failInWait", `replica ${String(master.replicaId)} fails over a write that waits for caches`)
      const span = this.#dice.between(1, 8000) * millisecond
      if (freezes) return master.freeze(span)
      master.crash()
      timeline.planAfter(span, () => {
        if (!master.isUp) master.start()
      })
    })
  }

  /** Returns whether `done` came true. */
  async #runUntil(until: TrueTime, done: () => boolean): Promise<boolean> {
    let isDone = false
    await this.#world.timeline.passUntil(until, () => {
      isDone = done()
      return isDone || this.#world.hasFailed
    })
    return isDone
  }

  async #finish(): Promise<void> {
    const { timeline, cell } = this.#world
    const healedAt = timeline.now
    this.#nemesis.end()
    this.#world.heal()
    for (const machine of this.#machines) machine.thaw()
    const until = healedAt + patience(this.#options)
    const hasMaster = await this.#runUntil(until, () => cell.master() !== undefined)
    this.#recovery = timeline.now - healedAt
    if (!hasMaster) return this.#world.stuck("no master was elected")
    this.#isDraining = true
    const programs = [...this.#programs.values()]
    const isIdle = await this.#runUntil(until, () => programs.every((program) => program.isIdle))
    if (!isIdle) return this.#world.stuck("a program still waits for an answer")
    await this.#runUntil(
      until,
      everyHundredth(() => this.#checkers.events.isQuiet),
    )
    this.#checkers.events.judge(timeline.now)
    for (const program of programs) void program.leave()
    const hasEnded = everyHundredth(() => this.#log.livingCount === 0)
    if (!(await this.#runUntil(until, hasEnded))) return this.#world.stuck("sessions of the dead live on")
    const hasConverged = everyHundredth(() => cell.hasConverged())
    if (!(await this.#runUntil(until, hasConverged))) return this.#world.stuck("the replicas have not converged")
    this.#liveness = timeline.now - healedAt
  }
}
