/**
 * The nemesis: lets the drawn faults happen at drawn times. It is cruel within one limit, the one that any such protocol
 * rests on: never more than a minority of replicas is without its durable records at once, from the loss until the
 * replica has its vote back. What crashes starts again some time.
 */
import type { Prng } from "../../src/base/prng.ts"
import type { SimulatedCell } from "./cell.ts"
import { type TrueTime, millisecond, second, type Timeline } from "../../src/testing/time.ts"
import { type Damage, fastDisk } from "./disk.ts"
import type { SimulatedHost } from "./host.ts"
import type { Endpoint, Network, Weather } from "../../src/testing/network.ts"
import type { FaultPlan, WorldOptions } from "./options.ts"
import { type Cut, cutsOf, partitionShapes } from "./partitions.ts"
import type { Watch } from "./watch.ts"

/** A client that can be stopped for a while. */
export interface Victim {
  readonly name: string
  freeze(span: TrueTime): void
}

interface World {
  readonly timeline: Timeline
  readonly network: Network
  readonly dice: Prng
  readonly cell: SimulatedCell
  readonly clients: readonly Victim[]
  readonly watch: Watch
}

export class Nemesis {
  readonly #world: World
  readonly #usualWeather: Weather
  readonly #clientEndpoints: readonly number[]
  readonly #masterLease: TrueTime
  #over = false

  constructor(world: World, options: WorldOptions, clientEndpoints: readonly number[]) {
    this.#world = world
    this.#clientEndpoints = clientEndpoints
    this.#masterLease = options.timing.masterLeaseMs * millisecond
    this.#usualWeather = world.network.weather
    for (const plan of options.faults) this.#plan(plan)
  }

  /** No new faults, and none of the old ones' ends either: whoever calls this heals the cell. */
  end(): void {
    this.#over = true
  }

  #plan(plan: FaultPlan): void {
    const { timeline, dice } = this.#world
    timeline.planAfter(dice.between(1, 2 * plan.everyMsMean) * millisecond, () => {
      if (this.#over) return
      this.#strike(plan)
      this.#plan(plan)
    })
  }

  #strike({ kind, lastsMsMax }: FaultPlan): void {
    const { dice, cell, clients } = this.#world
    const span = dice.between(1, lastsMsMax) * millisecond
    switch (kind) {
      case "crash":
        return this.#crash(dice.pick(cell.hosts), span)
      case "crashMaster":
        return this.#crash(cell.master(), span)
      case "crashAll": {
        const count = dice.between(2, cell.hosts.length)
        for (const host of dice.shuffle([...cell.hosts]).slice(0, count)) this.#crash(host, span)
        return
      }
      case "crashInCommit":
        return this.#crashInCommit(dice.pick(cell.hosts), span)
      case "cleanStop": {
        const host = dice.chance(1, 2) ? cell.master() : dice.pick(cell.hosts)
        if (host?.isUp !== true) return
        this.#note("cleanStop", `replica ${String(host.replicaId)} is asked to stop`)
        host.stop()
        this.#later(span + second, () => {
          this.#startAgain(host)
        })
        return
      }
      case "freeze":
        return this.#freeze(dice.pick(cell.hosts), span)
      case "freezeMaster":
        return this.#freeze(cell.master(), span)
      case "partition":
        return this.#partition(span)
      case "eclipse":
        return this.#eclipse(cell.master(), span)
      case "storm":
        return this.#storm(span)
      case "slowDisk":
        return this.#slowDisk(dice.pick(cell.hosts), span)
      case "damage":
      case "loseDisk":
        return this.#amnesia(dice.pick(cell.hosts), kind, span)
      case "freezeClient": {
        const client = dice.pick(clients)
        this.#note(kind, `${client.name} is frozen for ${String(span / second)} s`)
        client.freeze(span)
        return
      }
      case "cutClient":
        return this.#cutClient(dice.pick(this.#clientEndpoints), span)
    }
  }

  #crash(host: SimulatedHost | undefined, span: TrueTime): void {
    if (host?.isUp !== true) return
    host.crash()
    this.#later(span, () => {
      this.#startAgain(host)
    })
  }

  /** While a commit of a certain kind is under way, which is when it matters what has been told already. */
  #crashInCommit(host: SimulatedHost, span: TrueTime): void {
    const kind = this.#world.dice.pick(["promised", "accepted", "identity", "progress"] as const)
    host.crashInCommitOf(kind, () => {
      this.#later(span, () => {
        this.#startAgain(host)
      })
    })
  }

  #startAgain(host: SimulatedHost): void {
    if (!host.isUp) host.start()
  }

  #freeze(host: SimulatedHost | undefined, span: TrueTime): void {
    if (host?.isUp !== true) return
    this.#note("freeze", `replica ${String(host.replicaId)} is frozen for ${String(span / second)} s`)
    host.freeze(span)
  }

  #partition(span: TrueTime): void {
    const { cell, dice } = this.#world
    const shape = dice.pick(partitionShapes)
    const pivot = (dice.chance(3, 4) ? cell.master()?.replicaId : undefined) ?? dice.pick(cell.replicas)
    this.#note("partition", `partition ${shape} around replica ${String(pivot)} for ${String(span / second)} s`)
    this.#cut(cutsOf(shape, cell.replicas, pivot, dice), span)
  }

  /**
   * One replica loses sight of the master and waits at the door of the others, who refuse it while the master's lease
   * lasts; then the master vanishes for all of them at once. What keeps the two apart is the lease alone.
   */
  #eclipse(master: SimulatedHost | undefined, span: TrueTime): void {
    if (master === undefined) return
    const { cell, dice } = this.#world
    const pivot = master.replicaId
    const others = cell.replicas.filter((replica) => replica !== pivot)
    const waiting = dice.pick(others)
    const wait = dice.between(1, 3) * this.#masterLease
    this.#note("eclipse", `replica ${String(waiting)} loses sight of replica ${String(pivot)}, and then everybody does`)
    this.#cut(both(pivot, [waiting]), wait + span)
    this.#later(wait, () => {
      if (dice.chance(1, 3)) master.freeze(span)
      else this.#cut(both(pivot, others), span)
    })
  }

  #cutClient(client: number, span: TrueTime): void {
    const { cell, dice } = this.#world
    this.#note("cutClient", `client ${String(client)} is cut off from some replicas`)
    const cuts = both(client, cell.replicas).filter(() => dice.chance(1, 2))
    this.#cut(cuts, span)
  }

  #cut(cuts: readonly Cut[], span: TrueTime): void {
    const { network } = this.#world
    for (const [from, to] of cuts) network.cut(from, to)
    this.#later(span, () => {
      for (const [from, to] of cuts) network.mend(from, to)
    })
  }

  #storm(span: TrueTime): void {
    const { network, dice } = this.#world
    this.#note("storm", `storm for ${String(span / second)} s`)
    network.weather = {
      ...this.#usualWeather,
      latencyMin: this.#usualWeather.latencyMin,
      latencyMax: dice.between(1, 100) * millisecond,
      lostPerMille: dice.between(0, 300),
      doubledPerMille: dice.between(0, 500),
      latePerMille: dice.between(0, 200),
      lateLatencyMax: dice.between(1, 5) * second,
    }
    this.#later(span, () => {
      network.weather = this.#usualWeather
    })
  }

  #slowDisk({ disk, replicaId }: SimulatedHost, span: TrueTime): void {
    const { dice } = this.#world
    this.#note("slowDisk", `the disk of replica ${String(replicaId)} is slow for ${String(span / second)} s`)
    const slowSyncMax = dice.between(20, 5000) * millisecond
    disk.speed = { syncMin: millisecond, syncMax: 20 * millisecond, slowPerMille: dice.between(10, 1000), slowSyncMax }
    this.#later(span, () => {
      disk.speed = fastDisk
    })
  }

  /** Crashes a replica and takes its records, or spoils one of them, if the cell can stand it. */
  #amnesia(host: SimulatedHost, kind: "damage" | "loseDisk", span: TrueTime): void {
    const { cell, dice } = this.#world
    if (host.remembers && cell.spareMemories < 1) return
    if (host.isUp) this.#crash(host, span)
    if (kind === "loseDisk") {
      host.loseDisk()
      this.#note(kind, `replica ${String(host.replicaId)} loses its disk`)
      return
    }
    const story = host.damage(dice.pick<Damage>(["flip", "cutOff", "misdirect"]))
    if (story !== undefined) this.#note(kind, `replica ${String(host.replicaId)}: ${story}`)
  }

  #note(kind: string, text: string): void {
    this.#world.watch.note(`fault ${kind}`, text)
  }

  #later(span: TrueTime, then: () => void): void {
    this.#world.timeline.planAfter(span, () => {
      if (!this.#over) then()
    })
  }
}

/** Both directions of the links between one endpoint and others. */
function both(one: Endpoint, others: readonly Endpoint[]): Cut[] {
  return others.flatMap((other): Cut[] => [
    [one, other],
    [other, one],
  ])
}
