/**
 * One replica's process in the simulated world: the production loop (src/host/host.ts) on simulated ports. Its process
 * can crash at any instant, be frozen, or be frozen in the middle of a turn, between what the replica has decided and the
 * first thing that leaves it. Its clock drifts; its disk outlives it.
 */
import { assert } from "../../src/base/assert.ts"
import type { ReplicaId } from "../../src/base/brand.ts"
import type { Instant } from "../../src/base/instant.ts"
import { Prng } from "../../src/base/prng.ts"
import type { Reply, Request } from "../../src/contract/requests.ts"
import { Host } from "../../src/host/host.ts"
import { silentLogger } from "../../src/host/logger.ts"
import type { Clock, Disk, DiskWrite, Peers, Timers } from "../../src/host/ports.ts"
import { journalWrites, sealOf } from "../../src/journal/codec.ts"
import type { JournalRecord } from "../../src/journal/record.ts"
import { birthRecords } from "../../src/journal/recovery.ts"
import type { Effects, Input } from "../../src/replica/effects.ts"
import { Replica } from "../../src/replica/replica.ts"
import { type Revived, revive } from "../../src/replica/revive.ts"
import type { ReplicaSettings } from "../../src/replica/settings.ts"
import { type TrueTime, millisecond, type Timeline } from "../../src/testing/time.ts"
import { LocalClock, type PartsPerMillion } from "./clock.ts"
import { type Damage, SimulatedDisk } from "./disk.ts"
import type { Network } from "../../src/testing/network.ts"

/** How a process dawdles. All spans are true time. */
export interface HostTempo {
  /** From an input's arrival to the turn that takes it, with all that has come meanwhile. */
  readonly turnDelayMax: TrueTime
  /** How late timers go off. */
  readonly oversleepMax: TrueTime
  /** Freezes between deciding and doing, in a thousand turns, and how long they last. */
  readonly frozenTurnsPerMille: number
  readonly frozenTurnMax: TrueTime
}

export interface HostObserver {
  started(host: SimulatedHost, revived: Revived): void
  stepped(host: SimulatedHost, effects: Effects, clock: LocalClock): void
  /** `records` are on stable storage; those among `votes` were accepted by a replica that votes. */
  madeDurable(host: SimulatedHost, records: readonly JournalRecord[], votes: readonly JournalRecord[]): void
  stopped(host: SimulatedHost, reason: string): void
  /** The disk does not remember what it once held. */
  forgot(host: SimulatedHost): void
  broke(host: SimulatedHost, error: Error): void
}

/** Takes what arrives for another replica. */
export type Deliver = (to: ReplicaId, from: ReplicaId, messages: readonly Uint8Array[]) => void

interface Running {
  readonly replica: Replica
  readonly clock: LocalClock
  readonly host: Host
  /** Records of turns that have not been handed to the disk yet. */
  readonly unwritten: JournalRecord[]
  receive: (from: ReplicaId, messages: readonly Uint8Array[]) => void
  voting: boolean
  stopping: boolean
  /** How long the turn under way was held up after the replica had decided. */
  heldUp: TrueTime
  readonly whenGone: Set<() => void>
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
  readonly #splitsFrames: boolean
  readonly #rateErrorMax: PartsPerMillion
  #deliver: Deliver = () => undefined
  #running: Running | undefined
  #tempo: HostTempo
  #frozenUntil: TrueTime = 0
  #wasBorn = false
  #remembers = true
  /** The process is to crash while the next record of this kind is on its way to the disk. */
  #doom: { readonly kind: JournalRecord["kind"]; readonly then: () => void } | undefined

  constructor(
    settings: ReplicaSettings,
    world: { readonly timeline: Timeline; readonly network: Network; readonly dice: Prng },
    habits: { readonly tempo: HostTempo; readonly splitsFrames: boolean; readonly rateErrorMax: PartsPerMillion },
    observer: HostObserver,
  ) {
    this.replicaId = settings.self
    this.#settings = settings
    this.#timeline = world.timeline
    this.#network = world.network
    this.#dice = world.dice
    this.#tempo = habits.tempo
    this.#splitsFrames = habits.splitsFrames
    this.#rateErrorMax = habits.rateErrorMax
    this.#observer = observer
    this.#seal = sealOf(settings.cellId, settings.self)
    this.disk = new SimulatedDisk(world.timeline, new Prng(world.dice.next32()))
  }

  /** How messages to other replicas get there once the network lets them arrive. */
  connect(deliver: Deliver): void {
    this.#deliver = deliver
  }

  get isUp(): boolean {
    return this.#running !== undefined
  }

  /** It was asked to stop, and will. */
  get isStopping(): boolean {
    return this.#running?.stopping ?? false
  }

  get replica(): Replica | undefined {
    return this.#running?.replica
  }

  /** Whether the replica has its vote, by what it last decided. */
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

  /** Starts a process on what the disk holds; as an empty learner if that can't be trusted. */
  start(): void {
    assert(this.#running === undefined, "a replica runs once")
    const now = this.#timeline.now
    this.#frozenUntil = now
    const revived = this.#revive()
    const clock = LocalClock.random(now, this.#rateErrorMax, this.#dice)
    const replica = new Replica(this.#settings, revived, new Prng(this.#dice.next32()), clock.read(now))
    const unwritten: JournalRecord[] = []
    const host = new Host({
      core: {
        step: (inputs, instant) => this.#step(running, inputs, instant),
        status: (instant) => replica.status(instant),
        readLocally: (operation, principal) => replica.readLocally(operation, principal),
        signingKeys: () => replica.signingKeys(),
      },
      self: this.replicaId,
      disk: this.#diskOf(() => running),
      seal: this.#seal,
      peers: this.#peersOf(() => running),
      clock: this.#clockOf(() => running),
      timers: this.#timersOf(() => running),
      log: silentLogger,
      onFatal: (error) => {
        if (this.#running !== running) return
        this.#observer.broke(this, error)
        this.crash("fatal error")
      },
    })
    const running: Running = {
      ...{ replica, clock, host, unwritten, receive: () => undefined },
      ...{ voting: revived.memory.voting, stopping: false, heldUp: 0, whenGone: new Set() },
    }
    this.#running = running
    this.#observer.started(this, revived)
    host.start()
  }

  /** The process is gone in this instant, and with it every commit that the dice don't spare. */
  crash(reason = "crash"): void {
    if (this.#running === undefined) return
    const { whenGone } = this.#running
    this.#running = undefined
    this.disk.crash()
    this.#observer.stopped(this, reason)
    for (const tell of whenGone) tell()
  }

  /** Calls back when the process that runs now is gone. Returns the way to take that back. */
  whenGone(then: () => void): () => void {
    const whenGone = this.#running?.whenGone
    whenGone?.add(then)
    return () => whenGone?.delete(then)
  }

  /** Crashes the process while it commits the next record of this kind; until then it goes on. */
  crashInCommitOf(kind: JournalRecord["kind"], then: () => void): void {
    this.#doom = { kind, then }
  }

  /** A clean stop: gives the mastership away, takes a moment, and ends. */
  stop(): void {
    const running = this.#running
    if (running === undefined || running.stopping) return
    running.stopping = true
    running.host.handOver()
    this.#timeline.planAfter(200 * millisecond, () => {
      if (this.#running === running) this.crash("clean stop")
    })
  }

  /** As SIGSTOP does: nothing happens in the process, and what arrives waits. */
  freeze(span: TrueTime): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#timeline.now + span)
  }

  thaw(): void {
    this.#doom = undefined
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

  receive(from: ReplicaId, messages: readonly Uint8Array[]): void {
    this.#running?.receive(from, messages)
  }

  /** `answer` is called with nothing when no process listens. Returns how to abandon the request. */
  ask(request: Request, answer: (reply: Reply | undefined) => void): () => void {
    const running = this.#running
    if (running === undefined) {
      answer(undefined)
      return () => undefined
    }
    const ticket = running.host.submit(request, (reply) => {
      this.#leave(running, () => {
        answer(reply)
      })
    })
    return () => {
      if (this.#running === running) running.host.abandon(ticket)
    }
  }

  #revive(): Revived {
    const { cellId, cellName } = this.#settings
    const expected = { cellId, cellName, replicaId: this.replicaId }
    const found = revive(this.disk.load(), expected)
    if (found.kind === "sound") return found.revived
    if (found.kind === "foreign") this.#observer.broke(this, new Error(`refuses its own disk: ${found.reason}`))
    // Only the very first start may take an empty disk for a new replica. Later, one must have lost its memory.
    if (this.#wasBorn) this.#observer.forgot(this)
    this.disk.lose()
    this.disk.prepare(journalWrites(birthRecords(expected, !this.#wasBorn), this.#seal))
    this.#wasBorn = true
    const born = revive(this.disk.load(), expected)
    assert(born.kind === "sound", "what was just written can be read")
    return born.revived
  }

  #step(running: Running, inputs: readonly Input[], now: Instant): Effects {
    const effects = running.replica.step(inputs, now)
    for (const record of effects.journal) running.unwritten.push(record)
    this.#observer.stepped(this, effects, running.clock)
    const { frozenTurnsPerMille, frozenTurnMax } = this.#tempo
    if (frozenTurnsPerMille > 0 && this.#dice.chance(frozenTurnsPerMille, 1000)) {
      running.heldUp = this.#dice.between(0, frozenTurnMax)
      this.freeze(running.heldUp)
    }
    return effects
  }

  /** Lets something leave the process: now, or when the turn that it belongs to is held up no more. */
  #leave(running: Running, then: () => void): void {
    if (running.heldUp === 0) then()
    else this.#whenAwake(running, 0, then)
  }

  /** Runs `then` in the process after `span`, or later if it is frozen by then, or never if it is gone. */
  #whenAwake(running: Running, span: TrueTime, then: () => void): void {
    this.#timeline.plan(Math.max(this.#timeline.now + span, this.#frozenUntil), () => {
      if (this.#running !== running) return
      if (this.#timeline.now < this.#frozenUntil) this.#whenAwake(running, 0, then)
      else then()
    })
  }

  #clockOf(running: () => Running): Clock {
    return {
      now: () => running().clock.read(this.#timeline.now + running().heldUp),
    }
  }

  #timersOf(running: () => Running): Timers {
    return {
      soon: (callback) => {
        const current = running()
        this.#whenAwake(current, this.#dice.between(0, this.#tempo.turnDelayMax), () => {
          callback()
          current.heldUp = 0
        })
      },
      at: (instant, callback) => {
        let isCancelled = false
        const due = Math.max(running().clock.whenShows(instant), this.#timeline.now)
        const span = due - this.#timeline.now + this.#dice.between(0, this.#tempo.oversleepMax)
        this.#whenAwake(running(), span, () => {
          if (!isCancelled) callback()
        })
        return () => {
          isCancelled = true
        }
      },
    }
  }

  #peersOf(running: () => Running): Peers {
    const sendOne = (to: ReplicaId, messages: readonly Uint8Array[]): void => {
      this.#network.send(this.replicaId, to, () => {
        this.#deliver(to, this.replicaId, messages)
      })
    }
    return {
      send: (to, messages) => {
        this.#leave(running(), () => {
          if (this.#splitsFrames) for (const message of messages) sendOne(to, [message])
          else sendOne(to, messages)
        })
      },
      onReceive: (listener) => {
        running().receive = listener
      },
      reachable: () => [],
      close: () => Promise.resolve(),
    }
  }

  #diskOf(running: () => Running): Disk {
    return {
      load: () => this.disk.load(),
      commit: (writes) => this.#commit(running(), writes),
      openSnapshot: () => this.disk.openSnapshot(),
      close: () => Promise.resolve(),
    }
  }

  /** Not a promise, which would call back at a time of its own, but what the host needs of one. */
  #commit(running: Running, writes: readonly DiskWrite[]): PromiseLike<void> {
    // The host hands over all that it has gathered, so these are the records that the writes stand for.
    const records = running.unwritten.splice(0)
    const votes = this.#votesAmong(running, records)
    let whenSynced: () => unknown = () => undefined
    this.#leave(running, () => {
      const onDurable = (): void => {
        if (records.some((record) => record.kind === "identity" && record.identity.voting)) this.#remembers = true
        this.#observer.madeDurable(this, records, votes)
      }
      this.disk.commit(writes, onDurable, () => {
        this.#whenAwake(running, 0, whenSynced)
      })
      this.#meetDoom(running, records)
    })
    const synced = {
      then: (whenDone?: (() => unknown) | null) => {
        if (typeof whenDone === "function") whenSynced = whenDone
        return synced
      },
    }
    return synced as PromiseLike<never>
  }

  #meetDoom(running: Running, records: readonly JournalRecord[]): void {
    const doom = this.#doom
    if (doom === undefined || !records.some(({ kind }) => kind === doom.kind)) return
    this.#doom = undefined
    this.#timeline.planAfter(this.#dice.below(this.disk.speed.syncMin), () => {
      if (this.#running !== running) return
      this.crash("crash in commit")
      doom.then()
    })
  }

  /** A learner also accepts values, to know them, and so does one who learns what was chosen; neither is a vote. */
  #votesAmong(running: Running, records: readonly JournalRecord[]): JournalRecord[] {
    const votes: JournalRecord[] = []
    for (const record of records) {
      if (record.kind === "identity") running.voting = record.identity.voting
      else if (record.kind === "accepted" && running.voting && record.ballot.round > 0) votes.push(record)
    }
    return votes
  }
}
