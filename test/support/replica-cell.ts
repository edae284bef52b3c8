/**
 * Whole replicas and the world between them, in memory and stepped by hand: messages stay in flight until they are
 * delivered or dropped, disks are real journals in a map, and time passes when told to.
 */
import type { ReplicaId } from "../../src/base/brand.ts"
import { decode } from "../../src/base/codec.ts"
import { type Instant, never } from "../../src/base/instant.ts"
import { Prng } from "../../src/base/prng.ts"
import type { Answer, Operation, Outcome, Reply, Request } from "../../src/contract/requests.ts"
import { keys, progressCodec, sealOf, unsealed, unsealedState } from "../../src/journal/codec.ts"
import { birthRecords } from "../../src/journal/recovery.ts"
import type { DiskEntry } from "../../src/journal/record.ts"
import type { Effects, Input, SnapshotPiece, SnapshotRead, TraceEvent } from "../../src/replica/effects.ts"
import type { PeerMessage } from "../../src/replica/peer-messages.ts"
import { Replica } from "../../src/replica/replica.ts"
import { type Revival, revive } from "../../src/replica/revive.ts"
import type { ReplicaSettings } from "../../src/replica/settings.ts"
import { DiskMap } from "./disk-map.ts"
import { settingsOf } from "./paxos-cell.ts"
import { seedOf } from "./signing-keys.ts"

export interface PeerFlight {
  readonly from: ReplicaId
  readonly to: ReplicaId
  readonly message: PeerMessage
}

interface Member {
  readonly settings: ReplicaSettings
  disk: DiskMap
  replica: Replica | undefined
  wakeAt: Instant
  readonly views: Map<string, readonly DiskEntry[]>
}

/** What a call needs beside its operation; everything has a default. */
export type CallOptions = Partial<Omit<Request, "operation">>

export function requestOf(operation: Operation, options: CallOptions = {}): Request {
  const numbers = { sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], epoch: 0 }
  return { ...numbers, principal: "anonymous", forCache: false, underSequencer: undefined, ...options, operation }
}

type NewSession = Extract<Operation, { kind: "createSession" }>

export function newSession(changes: Partial<NewSession> = {}): NewSession {
  const client = { clientName: "alice", host: "wonderland", processId: 7 }
  return { kind: "createSession", ...client, sessionLeaseMs: 10_000, nonce: "nonce", caching: false, ...changes }
}

/** Acknowledges nothing, unless told so. */
export function keepAlive(epoch = 0, through = 0): Operation {
  return { kind: "keepAlive", seen: { epoch, through } }
}

export function replicaSettings(self: ReplicaId, replicas: number, changes: Partial<ReplicaSettings>): ReplicaSettings {
  const paxos = settingsOf(self, replicas, { windowSlots: 16 })
  const doors = new Map(paxos.replicas.map((id) => [id, `door-${String(id)}`]))
  const signingSeeds = [seedOf(self), seedOf(self + 100)]
  const freshSecrets = { handleKey: new Uint8Array(16).fill(self), signingSeeds }
  return {
    ...paxos,
    ...{ cellName: "local", cellId: "cell-1", doors, freshSecrets, administrators: ["root"], cacheLeaseMs: 5_000 },
    ...{ digestEverySlots: 4, batchBytes: 10_000, batchCommands: 8, snapshotPieceBytes: 200, snapshotPatienceMs: 500 },
    unstoredSlotsMax: 1,
    ...changes,
  }
}

export class ReplicaCell {
  readonly replicas: readonly ReplicaId[]
  readonly inFlight: PeerFlight[] = []
  readonly trace: { readonly replicaId: ReplicaId; readonly event: TraceEvent }[] = []
  /** Replies by ticket. */
  readonly replies = new Map<number, Reply>()
  readonly quarantined = new Map<ReplicaId, string>()
  isCut: (from: ReplicaId, to: ReplicaId) => boolean = () => false
  now: Instant = 1
  readonly #members = new Map<ReplicaId, Member>()
  readonly #dice = new Prng(1)
  #tickets = 0

  constructor(replicas: number, changes: Partial<ReplicaSettings> = {}) {
    this.replicas = Array.from({ length: replicas }, (_, at) => at + 1)
    for (const self of this.replicas) {
      const settings = replicaSettings(self, replicas, changes)
      const identity = { cellId: settings.cellId, cellName: settings.cellName, replicaId: self }
      const disk = new DiskMap(identity).write(birthRecords(identity, true))
      this.#members.set(self, { settings, disk, replica: undefined, wakeAt: never, views: new Map() })
      this.start(self)
    }
  }

  #member(replicaId: ReplicaId): Member {
    const member = this.#members.get(replicaId)
    if (member === undefined) throw new Error(`there is no replica ${String(replicaId)}`)
    return member
  }

  replica(replicaId: ReplicaId): Replica {
    const { replica } = this.#member(replicaId)
    if (replica === undefined) throw new Error(`replica ${String(replicaId)} is down`)
    return replica
  }

  isUp(replicaId: ReplicaId): boolean {
    return this.#member(replicaId).replica !== undefined
  }

  disk(replicaId: ReplicaId): DiskMap {
    return this.#member(replicaId).disk
  }

  wakeAt(replicaId: ReplicaId): Instant {
    return this.#member(replicaId).wakeAt
  }

  get master(): ReplicaId {
    return this.replicas.find((id) => this.isUp(id) && this.replica(id).status().role === "master") ?? 0
  }

  step(replicaId: ReplicaId, ...inputs: Input[]): Effects {
    const member = this.#member(replicaId)
    const effects = this.replica(replicaId).step(inputs, this.now)
    for (const event of effects.trace) this.trace.push({ replicaId, event })
    member.disk.write(effects.journal)
    if (effects.quarantine !== undefined) {
      this.quarantined.set(replicaId, effects.quarantine)
      member.replica = undefined
      return effects
    }
    for (const { to, message } of [...effects.send, ...effects.sendAfterSync]) {
      if (to === replicaId || !this.isCut(replicaId, to)) this.inFlight.push({ from: replicaId, to, message })
    }
    for (const { ticket, reply, underLease } of effects.replies) {
      // As the host does: an answer that holds under the lease only does not leave after it.
      if (underLease && this.now >= effects.leaseUntil) continue
      if (this.replies.has(ticket)) throw new Error(`ticket ${String(ticket)} was answered twice`)
      this.replies.set(ticket, reply)
    }
    member.wakeAt = effects.wakeAt
    for (const read of effects.snapshotReads) {
      this.step(replicaId, { kind: "snapshotRead", piece: this.#readSnapshot(member, read) })
    }
    return effects
  }

  #readSnapshot({ settings, disk, views }: Member, read: SnapshotRead): SnapshotPiece {
    const { to, transfer, cursor, bytesMax } = read
    const seal = sealOf(settings.cellId, settings.self)
    const view = views.get(`${String(to)}/${String(transfer)}`) ?? disk.entries
    views.set(`${String(to)}/${String(transfer)}`, view)
    const progress = view.find(({ key }) => key === keys.progress)
    if (progress === undefined) throw new Error("there is no progress record")
    const { appliedThrough } = decode(progressCodec, unsealed(seal, progress))
    const states = view.filter(({ key }) => key.startsWith(keys.state)).map((entry) => unsealedState(seal, entry))
    const rest = states.filter(({ key }) => key > cursor)
    let bytes = 0
    const entries = rest.filter(({ payload }) => (bytes += payload.length) <= bytesMax || bytes === payload.length)
    const last = entries.length === rest.length
    return { to, transfer, after: cursor, entries, cursor: entries.at(-1)?.key ?? cursor, last, appliedThrough }
  }

  tick(replicaId: ReplicaId): Effects {
    return this.step(replicaId, { kind: "tick" })
  }

  /** Time passes until the replica wants its tick, and it gets it. */
  wake(replicaId: ReplicaId): Effects {
    this.now = Math.max(this.now, this.wakeAt(replicaId))
    return this.tick(replicaId)
  }

  arrive({ from, to, message }: PeerFlight): void {
    if (this.isUp(to)) this.step(to, { kind: "message", from, message })
  }

  /** Takes messages out of the network, for later or for good. */
  take(matches: (flight: PeerFlight) => boolean = () => true): PeerFlight[] {
    const taken: PeerFlight[] = []
    const left = this.inFlight.splice(0)
    for (const flight of left) (matches(flight) ? taken : this.inFlight).push(flight)
    return taken
  }

  /** Delivers everything, and what is sent in answer, until nothing is in flight. */
  settle(matches: (flight: PeerFlight) => boolean = () => true): void {
    for (let round = 0; round < 1_000; round += 1) {
      const flights = this.take(matches)
      if (flights.length === 0) return
      for (const flight of flights) this.arrive(flight)
    }
    throw new Error("the messages never cease")
  }

  /** Time passes in small steps, with all ticks and messages. */
  run(ms: number): void {
    const end = this.now + ms
    while (this.now < end) {
      this.now += 10
      for (const id of this.replicas) if (this.isUp(id) && this.wakeAt(id) <= this.now) this.tick(id)
      this.settle()
    }
  }

  /** Replica 1 is elected and has begun its reign. */
  found(): this {
    this.wake(1)
    this.settle()
    this.wake(1)
    this.settle()
    if (this.master !== 1) throw new Error("replica 1 is not master")
    return this
  }

  /** Submits a call and returns its ticket. */
  submit(replicaId: ReplicaId, operation: Operation, options: CallOptions = {}): number {
    const ticket = (this.#tickets += 1)
    this.step(replicaId, { kind: "request", ticket, request: requestOf(operation, options) })
    return ticket
  }

  /** What came of a call so far. */
  outcome(ticket: number): Outcome | undefined {
    return this.replies.get(ticket)?.outcome
  }

  /** Whether a call has not been answered yet. */
  isHeld(ticket: number): boolean {
    return this.outcome(ticket) === undefined
  }

  /** Submits a call, delivers everything and returns what came of it. */
  call(replicaId: ReplicaId, operation: Operation, options: CallOptions = {}): Outcome | undefined {
    const ticket = this.submit(replicaId, operation, options)
    this.settle()
    return this.outcome(ticket)
  }

  /** Creates a session at the master. */
  session(changes: Partial<NewSession> = {}): number {
    const outcome = this.call(this.master, newSession({ nonce: `nonce-${String(this.#tickets)}`, ...changes }))
    if (outcome?.kind !== "createSession") throw new Error(`no session was created: ${gist(outcome) ?? "no answer"}`)
    return outcome.sessionId
  }

  /** The answer to a call, which must have been answered, and in this way. */
  answer<K extends Answer["kind"]>(ticket: number, kind: K): Extract<Answer, { kind: K }> {
    const outcome = this.outcome(ticket)
    if (outcome?.kind !== kind) throw new Error(`the call was answered with ${gist(outcome) ?? "nothing"}`)
    return outcome as Extract<Answer, { kind: K }>
  }

  crash(replicaId: ReplicaId): void {
    const member = this.#member(replicaId)
    member.replica = undefined
    member.views.clear()
  }

  revival(replicaId: ReplicaId): Revival {
    const { settings, disk } = this.#member(replicaId)
    return revive(disk.entries, { ...settings, replicaId })
  }

  /** A process on what the disk holds. */
  start(replicaId: ReplicaId): void {
    const member = this.#member(replicaId)
    const revival = this.revival(replicaId)
    if (revival.kind !== "sound") throw new Error(`the disk is ${revival.kind}`)
    member.replica = new Replica(member.settings, revival.revived, new Prng(this.#dice.next32()), this.now)
    this.tick(replicaId)
  }

  /** The disk is gone, and the process starts again on an empty one, as a learner. */
  loseDisk(replicaId: ReplicaId): void {
    this.crash(replicaId)
    const member = this.#member(replicaId)
    const identity = { ...member.settings, replicaId }
    member.disk = new DiskMap(identity).write(birthRecords(identity, false))
    this.start(replicaId)
  }

  saw(kind: TraceEvent["kind"], replicaId?: ReplicaId): boolean {
    return this.trace.some((seen) => seen.event.kind === kind && (replicaId ?? seen.replicaId) === seen.replicaId)
  }
}

/** The code of a refusal, the kind of an answer, undefined while there is neither. */
export function gist(outcome: Outcome | undefined): string | undefined {
  return outcome?.kind === "refused" ? outcome.code : outcome?.kind
}
