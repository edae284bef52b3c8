/**
 * Several Paxos objects and the world between them, in memory and stepped by hand: every message stays in flight until a
 * test delivers or drops it, every record is lost in a crash unless it was synced, and time passes when told to. Raises
 * an error as soon as two replicas disagree about a slot, or one takes a slot out of order.
 */
import type { ReplicaId, Slot } from "../../src/base/brand.ts"
import { utf8 } from "../../src/base/bytes.ts"
import type { Instant } from "../../src/base/instant.ts"
import { Prng } from "../../src/base/prng.ts"
import { Outbox, type PaxosEnvelope, type PaxosTrace } from "../../src/paxos/effects.ts"
import type { PaxosMessage } from "../../src/paxos/messages.ts"
import { Paxos, type PaxosInput, type PaxosMemory } from "../../src/paxos/paxos.ts"
import type { PaxosSettings } from "../../src/paxos/settings.ts"
import { PaxosStore } from "./paxos-store.ts"

export interface Flight {
  readonly from: ReplicaId
  readonly to: ReplicaId
  readonly message: PaxosMessage
}

export type Matches = (flight: Flight) => boolean

export interface Observed {
  readonly replicaId: ReplicaId
  readonly event: PaxosTrace
}

interface Member {
  readonly settings: PaxosSettings
  store: PaxosStore
  /** Undefined while the process is down. */
  paxos: Paxos | undefined
  /** What waits for records that are not yet durable. */
  waiting: PaxosEnvelope[]
  diskStalls: boolean
  /** This member's clock shows `offset` plus so many thousandths of true time. */
  readonly clock: { readonly offset: number; readonly perMille: number }
}

export interface CellOptions {
  readonly replicas?: number
  readonly seed?: number
  readonly settings?: Partial<PaxosSettings>
  /** Clocks start at any instant and run too fast or too slow by up to the bound. */
  readonly drifting?: boolean
}

const calmSettings: Omit<PaxosSettings, "self" | "replicas"> = {
  heartbeatMs: 100,
  masterLeaseMs: 1_000,
  electionJitterMs: 100,
  driftPerMille: 10,
  windowSlots: 8,
  windowBytes: 10_000,
  retainedSlots: 64,
  retainedBytes: 1_000_000,
  fetchBytes: 1_000,
}

export function settingsOf(self: ReplicaId, replicas: number, changes: Partial<PaxosSettings> = {}): PaxosSettings {
  return { ...calmSettings, self, replicas: idsThrough(replicas), ...changes }
}

function idsThrough(count: number): ReplicaId[] {
  return Array.from({ length: count }, (_, at) => at + 1)
}

export function text(value: Uint8Array): string {
  return new TextDecoder().decode(value)
}

export class PaxosCell {
  readonly replicas: readonly ReplicaId[]
  /** In order of sending. */
  readonly inFlight: Flight[] = []
  /** What the cell has agreed on so far. */
  readonly chosen = new Map<Slot, string>()
  readonly trace: Observed[] = []
  /** Messages that never leave: a partition. */
  isCut: (from: ReplicaId, to: ReplicaId) => boolean = () => false
  readonly #members = new Map<ReplicaId, Member>()
  readonly #dice: Prng
  #trueNow = 1

  constructor({ replicas = 3, seed = 1, settings = {}, drifting = false }: CellOptions = {}) {
    this.replicas = idsThrough(replicas)
    this.#dice = new Prng(seed)
    const bound = settings.driftPerMille ?? calmSettings.driftPerMille
    for (const self of this.replicas) {
      // Two clocks may differ by the bound, so each stays within half of it.
      const perMille = drifting ? 1000 + this.#dice.between(0, bound) - Math.floor(bound / 2) : 1000
      this.#members.set(self, {
        settings: settingsOf(self, replicas, settings),
        store: new PaxosStore(true),
        paxos: undefined,
        waiting: [],
        diskStalls: false,
        clock: { offset: drifting ? this.#dice.between(1, 5_000) : 0, perMille },
      })
      this.start(self)
    }
  }

  #member(replicaId: ReplicaId): Member {
    const member = this.#members.get(replicaId)
    if (member === undefined) throw new Error(`there is no replica ${String(replicaId)}`)
    return member
  }

  now(replicaId: ReplicaId = 1): Instant {
    const { offset, perMille } = this.#member(replicaId).clock
    return offset + Math.floor((this.#trueNow * perMille) / 1000)
  }

  paxos(replicaId: ReplicaId): Paxos {
    const { paxos } = this.#member(replicaId)
    if (paxos === undefined) throw new Error(`replica ${String(replicaId)} is down`)
    return paxos
  }

  isUp(replicaId: ReplicaId): boolean {
    return this.#member(replicaId).paxos !== undefined
  }

  get leaders(): ReplicaId[] {
    return this.replicas.filter((id) => this.isUp(id) && this.paxos(id).leading !== undefined)
  }

  /** What `replicaId` takes for chosen, as far as its process knows. */
  known(replicaId: ReplicaId): string[] {
    const through = this.paxos(replicaId).chosenThrough
    return Array.from({ length: through }, (_, at) => this.chosen.get(at + 1) ?? "?")
  }

  /** Time passes, and nothing happens. */
  wait(ms: number): void {
    this.#trueNow += ms
  }

  step(replicaId: ReplicaId, input: PaxosInput): Outbox {
    return this.#turn(replicaId, (paxos, now, out) => paxos.step(input, now, out))
  }

  tick(replicaId: ReplicaId): void {
    this.step(replicaId, { kind: "tick" })
  }

  /** Time passes until the replica wants its tick, and it gets it. */
  wake(replicaId: ReplicaId): void {
    const { clock } = this.#member(replicaId)
    const due = Math.ceil(((this.paxos(replicaId).wakeAt() - clock.offset) * 1000) / clock.perMille)
    this.#trueNow = Math.max(this.#trueNow, due)
    this.tick(replicaId)
  }

  propose(replicaId: ReplicaId, value: string): Slot {
    let slot = 0
    this.#turn(replicaId, (paxos, now, out) => {
      slot = paxos.propose(utf8(value), now, out)
    })
    return slot
  }

  #turn(replicaId: ReplicaId, work: (paxos: Paxos, now: Instant, out: Outbox) => void): Outbox {
    const member = this.#member(replicaId)
    const paxos = this.paxos(replicaId)
    const now = this.now(replicaId)
    const out = new Outbox()
    work(paxos, now, out)
    // As in a real replica, what it sends to itself at once arrives in the same turn.
    for (let next = out.send.shift(); next !== undefined; next = out.send.shift()) {
      if (next.to === replicaId) paxos.step({ kind: "message", from: replicaId, message: next.message }, now, out)
      else this.#fly(replicaId, next)
    }
    for (const { slot, value } of out.chosen) this.#note(replicaId, slot, text(value))
    this.#installSnapshot(replicaId, paxos, out)
    for (const event of out.trace) this.trace.push({ replicaId, event })
    member.store.append(out.records, paxos.chosenThrough)
    member.waiting.push(...out.sendAfterSync)
    if (!member.diskStalls) this.sync(replicaId)
    return out
  }

  #note(replicaId: ReplicaId, slot: Slot, value: string): void {
    const agreed = this.chosen.get(slot)
    if (agreed !== undefined && agreed !== value) {
      throw new Error(`slot ${String(slot)} is "${agreed}", but replica ${String(replicaId)} takes "${value}"`)
    }
    this.chosen.set(slot, value)
  }

  #installSnapshot(replicaId: ReplicaId, paxos: Paxos, out: Outbox): void {
    const source = out.snapshotNeededFrom
    if (source === undefined || !this.isUp(source) || this.isCut(source, replicaId)) return
    const slot = this.paxos(source).chosenThrough
    if (slot > paxos.chosenThrough) paxos.step({ kind: "snapshotInstalled", slot }, this.now(replicaId), out)
  }

  #fly(from: ReplicaId, { to, message }: PaxosEnvelope): void {
    if (!this.isCut(from, to)) this.inFlight.push({ from, to, message })
  }

  /** From now on nothing that this replica writes is durable, until `sync`. */
  stallDisk(replicaId: ReplicaId): void {
    this.#member(replicaId).diskStalls = true
  }

  healDisk(replicaId: ReplicaId): void {
    this.#member(replicaId).diskStalls = false
    this.sync(replicaId)
  }

  /** Everything written so far is durable, and what waited for that leaves. */
  sync(replicaId: ReplicaId): void {
    const member = this.#member(replicaId)
    member.store.sync()
    for (const envelope of member.waiting.splice(0)) this.#fly(replicaId, envelope)
  }

  crash(replicaId: ReplicaId): void {
    const member = this.#member(replicaId)
    member.paxos = undefined
    member.waiting = []
    member.diskStalls = false
    member.store.crash()
  }

  start(replicaId: ReplicaId): void {
    const member = this.#member(replicaId)
    const dice = new Prng(this.#dice.next32())
    member.paxos = new Paxos(member.settings, member.store.memory(), dice, this.now(replicaId))
  }

  restart(replicaId: ReplicaId): void {
    this.crash(replicaId)
    this.start(replicaId)
  }

  /** The process crashes and all its records are gone. It starts again as a learner. */
  loseRecords(replicaId: ReplicaId): void {
    this.crash(replicaId)
    this.#member(replicaId).store = new PaxosStore(false)
    this.start(replicaId)
  }

  /** What the replica would find if it started now. */
  memory(replicaId: ReplicaId): PaxosMemory {
    return this.#member(replicaId).store.memory()
  }

  /** Delivers what is in flight now, if it matches; not what is sent in answer. Returns how many messages that were. */
  deliver(matches: Matches = () => true): number {
    const flights = this.take(matches)
    for (const flight of flights) this.arrive(flight)
    return flights.length
  }

  drop(matches: Matches = () => true): number {
    return this.take(matches).length
  }

  /** Takes messages out of the network, for later or for good. */
  take(matches: Matches): Flight[] {
    const taken: Flight[] = []
    const left = this.inFlight.splice(0)
    for (const flight of left) (matches(flight) ? taken : this.inFlight).push(flight)
    return taken
  }

  arrive({ from, to, message }: Flight): void {
    if (this.isUp(to)) this.step(to, { kind: "message", from, message })
  }

  /** Delivers everything, and what is sent in answer, until nothing is in flight. */
  settle(matches: Matches = () => true): void {
    for (let round = 0; round < 1_000; round += 1) if (this.deliver(matches) === 0) return
    throw new Error("the messages never cease")
  }

  /** Waits until `replicaId` suspects that nobody leads, and lets it win. */
  elect(replicaId: ReplicaId): void {
    this.wake(replicaId)
    this.settle()
    this.beat(replicaId)
    if (this.paxos(replicaId).leading === undefined) throw new Error(`replica ${String(replicaId)} was not elected`)
  }

  /** The leader's next heartbeat goes round. */
  beat(replicaId: ReplicaId): void {
    this.wake(replicaId)
    this.settle()
  }

  /** Everybody's clock goes on in small steps, with all ticks and messages, for so long. */
  run(ms: number): void {
    const end = this.#trueNow + ms
    while (this.#trueNow < end) {
      this.#trueNow += 10
      for (const id of this.replicas) if (this.isUp(id) && this.paxos(id).wakeAt() <= this.now(id)) this.tick(id)
      this.settle()
    }
  }

  saw(kind: PaxosTrace["kind"], replicaId?: ReplicaId): boolean {
    return this.trace.some((seen) => seen.event.kind === kind && (replicaId ?? seen.replicaId) === seen.replicaId)
  }
}
