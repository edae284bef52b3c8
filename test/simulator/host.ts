/**
 * One replica's process, disk and clock in the simulated world. It carries out effects in the order that the real host
 * does: what may leave at once leaves, the journal is committed, and what depends on it leaves when the disk says so.
 * Envelopes to itself come back as inputs under the same conditions, and answers under the master lease are held against
 * the clock at the very last moment. Any of it can be interrupted: the process may be frozen between deciding and doing,
 * or be gone.
 */
import { assert } from "../../src/base/assert.ts"
import type { ReplicaId } from "../../src/base/brand.ts"
import { decode, encode } from "../../src/base/codec.ts"
import { type Instant, never } from "../../src/base/instant.ts"
import { Prng } from "../../src/base/prng.ts"
import type { Reply, Request } from "../../src/contract/requests.ts"
import { keys, progressCodec, sealOf, unsealed, unsealedState, journalWrites } from "../../src/journal/codec.ts"
import type { DiskEntry, JournalRecord } from "../../src/journal/record.ts"
import { birthRecords } from "../../src/journal/recovery.ts"
import type { Effects, Envelope, Input, SnapshotPiece, SnapshotRead } from "../../src/replica/effects.ts"
import { peerMessageCodec } from "../../src/replica/peer-messages.ts"
import { Replica } from "../../src/replica/replica.ts"
import { type Revived, revive } from "../../src/replica/revive.ts"
import type { ReplicaSettings } from "../../src/replica/settings.ts"
import { LocalClock, type TrueTime, millisecond } from "./clock.ts"
import { type Damage, SimulatedDisk } from "./disk.ts"
import type { Network } from "./network.ts"
import type { Timeline } from "./timeline.ts"

/** How a process dawdles. All spans are true time. */
export interface HostTempo {
  /** From an input's arrival to the turn that takes it, with all that has come meanwhile. */
  readonly turnDelayMax: TrueTime
  /** Freezes between deciding and doing, in a thousand turns, and how long they last. */
  readonly frozenTurnsPerMille: number
  readonly frozenTurnMax: TrueTime
}

export interface HostObserver {
  started(host: SimulatedHost, revived: Revived, clock: LocalClock): void
  stepped(host: SimulatedHost, effects: Effects, clock: LocalClock): void
  /** `records` of one turn are on stable storage; `votes`: those accepted records that were votes. */
  madeDurable(host: SimulatedHost, records: readonly JournalRecord[], votes: readonly JournalRecord[]): void
  stopped(host: SimulatedHost, reason: string): void
  /** The disk does not remember what it once held. */
  forgot(host: SimulatedHost): void
  broke(host: SimulatedHost, error: unknown): void
}

interface Running {
  readonly replica: Replica
  readonly clock: LocalClock
  readonly inbox: Input[]
  readonly callers: Map<number, (reply: Reply) => void>
  readonly snapshots: Map<string, readonly DiskEntry[]>
  /** When the replica wants its tick, and the earliest event that is planned for it. */
  wakeAt: Instant
  wakePlannedAt: Instant
  turnPlanned: boolean
  voting: boolean
  stopping: boolean
}

export class SimulatedHost {
  readonly replicaId: ReplicaId
  readonly disk: SimulatedDisk
  readonly #timeline: Timeline
  readonly #network: Network
  readonly #dice: Prng
  readonly #settings: ReplicaSettings
  readonly #observer: HostObserver
  readonly #seal: number
  #deliver: (to: ReplicaId, from: ReplicaId, message: Uint8Array) => void = () => undefined
  #running: Running | undefined
  #tempo: HostTempo
  #frozenUntil: TrueTime = 0
  #tickets = 0
  #wasBorn = false
  #remembers = true

  constructor(
    settings: ReplicaSettings,
    world: { readonly timeline: Timeline; readonly network: Network; readonly dice: Prng },
    tempo: HostTempo,
    observer: HostObserver,
  ) {
    this.replicaId = settings.self
    this.#settings = settings
    this.#timeline = world.timeline
    this.#network = world.network
    this.#dice = world.dice
    this.#tempo = tempo
    this.#observer = observer
    this.#seal = sealOf(settings.cellId, settings.self)
    this.disk = new SimulatedDisk(world.timeline, new Prng(world.dice.next32()))
  }

  /** How messages to other replicas get there once the network lets them arrive. */
  connect(deliver: (to: ReplicaId, from: ReplicaId, message: Uint8Array) => void): void {
    this.#deliver = deliver
  }

  get isUp(): boolean {
    return this.#running !== undefined
  }

  /** It was asked to stop, and will. */
  get isStopping(): boolean {
    return this.#running?.stopping ?? false
  }

  get isFrozen(): boolean {
    return this.#timeline.now < this.#frozenUntil
  }

  get replica(): Replica | undefined {
    return this.#running?.replica
  }

  /** Whether the replica has its vote, by what its process last decided. */
  get isVoting(): boolean {
    return this.#running?.voting ?? false
  }

  /** False from the loss of its records until it has its vote back. */
  get remembers(): boolean {
    return this.#remembers
  }

  set tempo(tempo: HostTempo) {
    this.#tempo = tempo
  }

  /** Starts a process on what the disk holds; like the real one, as an empty learner if that can't be trusted. */
  start(): void {
    assert(this.#running === undefined, "a replica runs once")
    const now = this.#timeline.now
    this.#frozenUntil = now
    const revived = this.#revive()
    const clock = LocalClock.random(now, this.#dice)
    this.#guarded(() => {
      const replica = new Replica(this.#settings, revived, new Prng(this.#dice.next32()), clock.read(now))
      const running: Running = {
        ...{ replica, clock, inbox: [], callers: new Map(), snapshots: new Map() },
        ...{ wakeAt: never, wakePlannedAt: never, turnPlanned: false, voting: revived.memory.voting, stopping: false },
      }
      this.#running = running
      this.#observer.started(this, revived, clock)
      this.#take(running, { kind: "tick" })
    })
  }

  /** The process is gone in this instant, and with it every commit that the dice don't spare. */
  crash(reason = "crash"): void {
    if (this.#running === undefined) return
    this.#running = undefined
    this.disk.crash()
    this.#observer.stopped(this, reason)
  }

  /** A clean stop: hands the mastership over, waits for the disk a little, and ends. */
  stop(): void {
    const running = this.#running
    if (running === undefined || running.stopping) return
    running.stopping = true
    this.#take(running, { kind: "handOver" })
    this.#timeline.planAfter(200 * millisecond, () => {
      if (this.#running === running) this.crash("clean stop")
    })
  }

  /** As SIGSTOP does: nothing happens in the process, and what arrives waits. */
  freeze(span: TrueTime): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#timeline.now + span)
  }

  thaw(): void {
    this.#frozenUntil = this.#timeline.now
  }

  /** Only while the process is down. Says what was done. */
  damage(kind: Damage): string | undefined {
    assert(!this.isUp, "records are damaged while nobody looks")
    const story = this.disk.damage(kind)
    if (story !== undefined) this.#remembers = false
    return story
  }

  loseDisk(): void {
    assert(!this.isUp, "a disk is lost while nobody looks")
    this.disk.lose()
    this.#remembers = false
  }

  receive(from: ReplicaId, message: Uint8Array): void {
    if (this.#running === undefined) return
    this.#take(this.#running, { kind: "message", from, message: decode(peerMessageCodec, message) })
  }

  ask(request: Request, answer: (reply: Reply | undefined) => void): void {
    const running = this.#running
    if (running === undefined) return answer(undefined)
    this.#tickets += 1
    running.callers.set(this.#tickets, answer)
    this.#take(running, { kind: "request", ticket: this.#tickets, request })
  }

  #revive(): Revived {
    const { cellId, cellName } = this.#settings
    const expected = { cellId, replicaId: this.replicaId }
    const found = revive(this.disk.load(), expected, cellName)
    if (found.kind === "sound") return found.revived
    assert(found.kind !== "foreign", "a simulated disk belongs to its replica")
    // Only the very first start may take an empty disk for a new replica. Later, one must have lost its memory.
    if (this.#wasBorn) this.#observer.forgot(this)
    this.disk.lose()
    this.disk.prepare(journalWrites(birthRecords(expected, !this.#wasBorn), this.#seal))
    this.#wasBorn = true
    const born = revive(this.disk.load(), expected, cellName)
    assert(born.kind === "sound", "what was just written can be read")
    return born.revived
  }

  #take(running: Running, input: Input): void {
    if (this.#running !== running) return
    running.inbox.push(input)
    this.#planTurn(running)
  }

  #planTurn(running: Running): void {
    if (running.turnPlanned) return
    running.turnPlanned = true
    this.#whenAwake(running, this.#dice.between(0, this.#tempo.turnDelayMax), () => {
      this.#turn(running)
    })
  }

  /** Runs `then` in the process after `span`, or later if it is frozen by then, or never if it is gone. */
  #whenAwake(running: Running, span: TrueTime, then: () => void): void {
    const due = Math.max(this.#timeline.now + span, this.#frozenUntil)
    this.#timeline.plan(due, () => {
      if (this.#running !== running) return
      if (this.#timeline.now < this.#frozenUntil) this.#whenAwake(running, 0, then)
      else this.#guarded(then)
    })
  }

  #turn(running: Running): void {
    running.turnPlanned = false
    const inputs = running.inbox.splice(0)
    const effects = running.replica.step(inputs, running.clock.read(this.#timeline.now))
    this.#observer.stepped(this, effects, running.clock)
    const { frozenTurnsPerMille, frozenTurnMax } = this.#tempo
    if (frozenTurnsPerMille > 0 && this.#dice.chance(frozenTurnsPerMille, 1000)) {
      this.freeze(this.#dice.between(0, frozenTurnMax))
      this.#whenAwake(running, 0, () => {
        this.#carryOut(running, effects)
      })
    } else this.#carryOut(running, effects)
  }

  #carryOut(running: Running, effects: Effects): void {
    if (effects.quarantine !== undefined) {
      this.disk.prepare(journalWrites(effects.journal, this.#seal))
      this.#observer.broke(this, new Error(`quarantine: ${effects.quarantine}`))
      return this.crash("quarantine")
    }
    this.#send(running, effects.send)
    this.#commit(running, effects)
    const now = running.clock.read(this.#timeline.now)
    for (const { ticket, reply, underLease } of effects.replies) {
      const answer = running.callers.get(ticket)
      running.callers.delete(ticket)
      if (underLease && now >= effects.leaseUntil) continue
      answer?.(reply)
    }
    for (const read of effects.snapshotReads) this.#readSnapshot(running, read)
    this.#wakeAt(running, effects.wakeAt)
  }

  #commit(running: Running, { journal, sendAfterSync }: Effects): void {
    if (journal.length === 0 && this.disk.pendingCount === 0) return this.#send(running, sendAfterSync)
    if (journal.length === 0 && sendAfterSync.length === 0) return
    const votes: JournalRecord[] = []
    for (const record of journal) {
      if (record.kind === "identity") running.voting = record.identity.voting
      if (record.kind === "accepted" && running.voting && record.ballot.round > 0) votes.push(record)
    }
    const onDurable = (): void => {
      if (journal.some((record) => record.kind === "identity" && record.identity.voting)) this.#remembers = true
      this.#observer.madeDurable(this, journal, votes)
    }
    this.disk.commit(journalWrites(journal, this.#seal), onDurable, () => {
      this.#whenAwake(running, 0, () => {
        this.#send(running, sendAfterSync)
      })
    })
  }

  #send(running: Running, envelopes: readonly Envelope[]): void {
    for (const { to, message } of envelopes) {
      const encoded = encode(peerMessageCodec, message)
      if (to === this.replicaId) this.#take(running, { kind: "message", from: to, message: decode(peerMessageCodec, encoded) })
      else {
        this.#network.send(this.replicaId, to, () => {
          this.#deliver(to, this.replicaId, encoded)
        })
      }
    }
  }

  /** A view of the disk is kept for each transfer, as the real host keeps a read transaction. */
  #readSnapshot(running: Running, { to, transfer, cursor, bytesMax }: SnapshotRead): void {
    const name = `${String(to)}/${String(transfer)}`
    const view = running.snapshots.get(name) ?? this.disk.load()
    running.snapshots.set(name, view)
    const piece = pieceOf(view, this.#seal, { to, transfer, cursor, bytesMax })
    if (piece.last) running.snapshots.delete(name)
    this.#whenAwake(running, this.#dice.between(0, millisecond), () => {
      this.#take(running, { kind: "snapshotRead", piece })
    })
  }

  /** Ticks are mostly put off before they are due; the planned event then looks again instead of being planned anew. */
  #wakeAt(running: Running, at: Instant): void {
    running.wakeAt = at
    if (at >= running.wakePlannedAt) return
    running.wakePlannedAt = at
    const due = Math.max(running.clock.whenShows(at), this.#timeline.now)
    this.#whenAwake(running, due - this.#timeline.now, () => {
      if (running.wakePlannedAt !== at) return
      running.wakePlannedAt = never
      if (running.clock.read(this.#timeline.now) >= running.wakeAt) this.#take(running, { kind: "tick" })
      else this.#wakeAt(running, running.wakeAt)
    })
  }

  /** A broken invariant ends the process, and the run. */
  #guarded(then: () => void): void {
    try {
      then()
    } catch (error) {
      this.#observer.broke(this, error)
      this.crash("broken invariant")
    }
  }
}

function pieceOf(view: readonly DiskEntry[], seal: number, read: SnapshotRead): SnapshotPiece {
  const progress = view.find(({ key }) => key === keys.progress)
  assert(progress !== undefined, "a running replica has a progress record")
  const { appliedThrough } = decode(progressCodec, unsealed(seal, progress))
  const rest = view
    .filter(({ key }) => key.startsWith(keys.state))
    .map((entry) => unsealedState(seal, entry))
    .filter(({ key }) => key > read.cursor)
  const entries = []
  let bytes = 0
  for (const entry of rest) {
    if (entries.length > 0 && bytes + entry.payload.length > read.bytesMax) break
    entries.push(entry)
    bytes += entry.payload.length
  }
  const cursor = entries.at(-1)?.key ?? read.cursor
  const last = entries.length === rest.length
  return { to: read.to, transfer: read.transfer, after: read.cursor, entries, cursor, last, appliedThrough }
}
