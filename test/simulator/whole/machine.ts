/**
 * A client's machine: a clock that runs a little fast or slow, a place on the network, and a process with the real client
 * library in it. Processes can be frozen, and killed; then another one starts a while later and knows nothing.
 */
import type { Prng } from "../../../src/base/prng.ts"
import { Cell } from "../../../src/client/cell.ts"
import { RunningClient } from "../../../src/testing/running-client.ts"
import { InMemoryTransport } from "../../../src/testing/in-memory-transport.ts"
import type { Endpoint, Network } from "../../../src/testing/network.ts"
import type { ProcessClock, Timeline, TrueTime } from "../../../src/testing/time.ts"
import { LocalClock, type PartsPerMillion } from "../clock.ts"
import type { Victim } from "../faults.ts"
import type { SimulatedDoors } from "./doors.ts"
import { secondThread } from "./second-thread.ts"

export interface MachineWorld {
  readonly timeline: Timeline
  readonly network: Network
  readonly doors: SimulatedDoors
  readonly dice: Prng
}

export interface MachineHabits {
  readonly rateErrorMax: PartsPerMillion
  readonly oversleepMax: TrueTime
}

/** A process, and what runs in it. */
export interface Boot {
  readonly process: RunningClient
  readonly clock: ProcessClock
  readonly client: Cell
}

export class Machine implements Victim {
  readonly name: string
  readonly endpoint: Endpoint
  readonly #world: MachineWorld
  readonly #habits: MachineHabits
  readonly #clock: ProcessClock
  #boot: Boot | undefined
  #transport: InMemoryTransport | undefined
  #bootCount = 0

  constructor(name: string, endpoint: Endpoint, world: MachineWorld, habits: MachineHabits) {
    this.name = name
    this.endpoint = endpoint
    this.#world = world
    this.#habits = habits
    this.#clock = LocalClock.random(0, habits.rateErrorMax, world.dice)
  }

  boot(): Boot {
    const { timeline, network, doors, dice } = this.#world
    this.#bootCount += 1
    const clock = this.#clock
    const oversleep = (): TrueTime => dice.between(0, this.#habits.oversleepMax)
    const name = `${this.name}.${String(this.#bootCount)}`
    const process = new RunningClient(name, timeline, { clock, dice, oversleep })
    const transport = new InMemoryTransport(this.endpoint, process, { timeline, network, doors })
    const { surroundings } = process
    const { addresses } = doors
    const pulses = dice.chance(1, 2) ? secondThread(addresses, transport, surroundings, dice) : undefined
    const client = new Cell({ replicas: addresses, name }, transport, surroundings, pulses)
    this.#transport = transport
    this.#boot = { process, clock, client }
    return this.#boot
  }

  get isUp(): boolean {
    return this.#boot?.process.isAlive ?? false
  }

  freeze(span: TrueTime): void {
    this.#boot?.process.pause(span)
  }

  thaw(): void {
    this.#boot?.process.resume()
  }

  /** With or without a last word of its operating system, which closes the connections of a dead process. */
  kill(): void {
    this.#boot?.process.kill()
    if (this.#world.dice.chance(1, 2)) this.#transport?.close()
  }
}
