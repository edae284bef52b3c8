/**
 * Some hundred cells under random faults: messages lost, doubled, late and out of order; crashes that take unsynced
 * records with them; lost disks; clocks that drift. Whatever happens, no two replicas take different values for a slot
 * and no two hold the master lease at once; and when the faults cease, the cell serves again with everybody in it.
 */
import { describe, expect, test } from "vitest"
import type { ReplicaId } from "../../../src/base/brand.ts"
import { Prng } from "../../../src/base/prng.ts"
import { PaxosCell } from "../../support/paxos-cell.ts"

const seedCount = 300
const stepCount = 400

/** What can go wrong, and in how many of a thousand steps it does, in the cells where it does at all. */
const faults = {
  lossToOne: 60,
  stalledDisk: 40,
  crash: 30,
  partition: 40,
  lostRecords: 12,
  cleanStop: 12,
  longPause: 8,
}
type Fault = keyof typeof faults

class Storm {
  readonly cell: PaxosCell
  readonly #dice: Prng
  readonly #faults: readonly Fault[]
  readonly #reorders: boolean
  readonly #duplicates: boolean
  #proposals = 0

  constructor(seed: number) {
    this.#dice = new Prng(seed)
    // Each cell has its own few kinds of bad luck: with all of them at once nobody would ever lead.
    this.#faults = (Object.keys(faults) as Fault[]).filter(() => this.#dice.chance(1, 2))
    this.#reorders = this.#dice.chance(1, 2)
    this.#duplicates = this.#dice.chance(1, 2)
    const replicas = this.#dice.pick([3, 3, 5])
    const settings = { windowSlots: 4, retainedSlots: this.#dice.pick([4, 64]), fetchBytes: 40 }
    this.cell = new PaxosCell({ replicas, seed, settings, drifting: true })
  }

  step(): void {
    this.#passTime(this.#dice.between(1, 30))
    this.#deliver(this.#dice.below(2 * this.cell.replicas.length + 4))
    if (this.#dice.chance(1, 3)) this.#propose()
    if (this.#dice.chance(1, 10)) this.#recover(this.#dice.pick(this.cell.replicas))
    for (const fault of this.#faults) if (this.#dice.chance(faults[fault], 1_000)) this.#suffer(fault, this.#victim())
  }

  /** Bad luck likes leaders. */
  #victim(): ReplicaId {
    const { leaders, replicas } = this.cell
    return this.#dice.pick(leaders.length > 0 && this.#dice.chance(1, 3) ? leaders : replicas)
  }

  #deliver(count: number): void {
    const { inFlight } = this.cell
    for (let left = count; left > 0 && inFlight.length > 0; left -= 1) {
      const at = this.#reorders && this.#dice.chance(1, 4) ? this.#dice.below(inFlight.length) : 0
      const isDoubled = this.#duplicates && this.#dice.chance(1, 20)
      const [flight] = isDoubled ? inFlight.slice(at, at + 1) : inFlight.splice(at, 1)
      if (flight !== undefined) this.cell.arrive(flight)
    }
    if (inFlight.length > 300) inFlight.splice(0, 100)
  }

  #passTime(ms: number): void {
    const { cell } = this
    cell.wait(ms)
    for (const id of cell.replicas) {
      if (cell.isUp(id) && cell.paxos(id).wakeAt() <= cell.now(id) && this.#dice.chance(4, 5)) cell.tick(id)
    }
  }

  #propose(): void {
    const { cell } = this
    for (const leader of cell.leaders) {
      if (cell.paxos(leader).capacity > 0) cell.propose(leader, `value ${String((this.#proposals += 1))}`)
    }
  }

  #recover(replicaId: ReplicaId): void {
    const { cell } = this
    if (!cell.isUp(replicaId)) cell.start(replicaId)
    else if (this.#dice.chance(1, 2)) cell.healDisk(replicaId)
    else if (this.#dice.chance(1, 4)) cell.isCut = () => false
  }

  #suffer(fault: Fault, replicaId: ReplicaId): void {
    const { cell } = this
    switch (fault) {
      case "lossToOne":
        cell.drop(({ to }) => to === replicaId)
        return
      case "stalledDisk":
        if (cell.isUp(replicaId)) cell.stallDisk(replicaId)
        return
      case "crash":
        cell.crash(replicaId)
        return
      case "partition":
        return this.#partition(replicaId)
      case "lostRecords":
        return this.#loseRecords(replicaId)
      case "cleanStop":
        return this.#stop(replicaId)
      case "longPause":
        return cell.wait(this.#dice.between(500, 2_500))
    }
  }

  #partition(apart: ReplicaId): void {
    const oneWay = this.#dice.chance(1, 2)
    const other = this.cell.replicas.length === 5 && this.#dice.chance(1, 2) ? (apart % 5) + 1 : apart
    const isApart = (id: ReplicaId): boolean => id === apart || id === other
    this.cell.isCut = (from, to) => isApart(from) !== isApart(to) && (!oneWay || isApart(from))
  }

  /** A cell bears the loss of one disk at a time: the others must remember, for good. */
  #loseRecords(replicaId: ReplicaId): void {
    const { cell } = this
    if (cell.replicas.every((id) => id === replicaId || cell.memory(id).voting)) cell.loseRecords(replicaId)
  }

  #stop(replicaId: ReplicaId): void {
    if (!this.cell.isUp(replicaId)) return
    this.cell.step(replicaId, { kind: "handOver" })
    this.cell.sync(replicaId)
    this.cell.crash(replicaId)
  }

  /** Everything works again; whoever was down is started. */
  calm(): void {
    const { cell } = this
    cell.isCut = () => false
    cell.drop()
    for (const id of cell.replicas) cell.restart(id)
    cell.run(8_000)
  }

  get masterLeaseHolders(): ReplicaId[] {
    const { cell } = this
    return cell.replicas.filter((id) => cell.isUp(id) && cell.now(id) < cell.paxos(id).masterLeaseUntil)
  }
}

describe("a cell under random faults", () => {
  test("agrees, has one master at most, and serves again when the faults cease", () => {
    for (let seed = 1; seed <= seedCount; seed += 1) {
      const storm = new Storm(seed)
      const { cell } = storm
      try {
        for (let step = 0; step < stepCount; step += 1) {
          storm.step()
          if (storm.masterLeaseHolders.length > 1) throw new Error(`masters: ${storm.masterLeaseHolders.join(", ")}`)
        }
        storm.calm()
        const [leader = 0] = cell.leaders
        cell.propose(leader, "last")
        cell.run(1_000)
        for (const id of cell.replicas) {
          expect(cell.known(id).at(-1)).toBe("last")
          expect(cell.paxos(id).voting).toBe(true)
        }
      } catch (cause) {
        throw new Error(`seed ${String(seed)} of ${String(cell.replicas.length)} replicas`, { cause })
      }
    }
  })
})
