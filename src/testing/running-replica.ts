/**
 * One replica's process in a test cell: the real replica in the loop that runs it in production, on virtual ports. It
 * can be killed at any instant and started again on what its disk holds.
 */
import { assert } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import { Prng } from "../base/prng.ts"
import { Host } from "../host/host.ts"
import { silentLogger } from "../host/logger.ts"
import type { Disk } from "../host/ports.ts"
import { journalWrites, sealOf } from "../journal/codec.ts"
import { birthRecords } from "../journal/recovery.ts"
import type { TraceEvent } from "../replica/effects.ts"
import { Replica } from "../replica/replica.ts"
import { revive } from "../replica/revive.ts"
import type { ReplicaSettings } from "../replica/settings.ts"
import { SignedCell } from "../server/signed-cell.ts"
import type { Door } from "./in-memory-transport.ts"
import { MemoryDisk } from "./memory-disk.ts"
import type { Network } from "./network.ts"
import { millisecond, type ProcessClock, type Timeline } from "./time.ts"

/** From an input's arrival to the turn that takes it, with all that has come meanwhile. */
const turnDelay = 50

export interface ReplicaWorld {
  readonly timeline: Timeline
  readonly network: Network
  readonly clock: ProcessClock
  readonly dice: Prng
  /** Takes what arrives for another replica. */
  readonly deliver: (to: ReplicaId, from: ReplicaId, messages: readonly Uint8Array[]) => void
  readonly onTrace: (event: TraceEvent) => void
}

interface Running {
  readonly host: Host
  readonly door: Door
  readonly whenGone: ReadonlySet<() => void>
  receive: (from: ReplicaId, messages: readonly Uint8Array[]) => void
}

export class RunningReplica {
  readonly replicaId: ReplicaId
  readonly #settings: ReplicaSettings
  readonly #world: ReplicaWorld
  readonly #disk: MemoryDisk
  #running: Running | undefined

  constructor(settings: ReplicaSettings, world: ReplicaWorld) {
    this.replicaId = settings.self
    this.#settings = settings
    this.#world = world
    this.#disk = new MemoryDisk(world.timeline, () => world.dice.between(100, millisecond))
    this.#disk.prepare(journalWrites(birthRecords(this.#identity, true), this.#seal))
  }

  /** Undefined while no process runs. */
  get door(): Door | undefined {
    return this.#running?.door
  }

  get isMaster(): boolean {
    return this.#running?.host.status().role === "master"
  }

  start(): void {
    if (this.#running !== undefined) return
    const { timeline, clock, dice, onTrace } = this.#world
    const found = revive(this.#disk.load(), this.#identity)
    assert(found.kind === "sound", "a disk in memory is as it was left")
    const core = new Replica(this.#settings, found.revived, new Prng(dice.next32()), clock.read(timeline.now))
    const later = (at: number, then: () => void): void => {
      timeline.plan(at, () => {
        if (this.#running === running) then()
      })
    }
    const host = new Host({
      ...{ core, self: this.replicaId, seal: this.#seal, log: silentLogger, onTrace },
      disk: this.#diskFor(() => this.#running === running),
      peers: {
        send: (to, messages) => this.#send(to, messages),
        onReceive: (listener) => {
          running.receive = listener
        },
        reachable: () => [],
        close: async () => {},
      },
      clock: { now: () => clock.read(timeline.now) },
      timers: {
        soon: (callback) => later(timeline.now + turnDelay, callback),
        at: (instant, callback) => {
          let isCalledOff = false
          later(Math.max(clock.whenShows(instant), timeline.now), () => {
            if (!isCalledOff) callback()
          })
          return () => {
            isCalledOff = true
          }
        },
      },
      // A broken invariant is the business of whoever develops the cell: the test must fail.
      onFatal: (error) => {
        throw error
      },
    })
    const whenGone = new Set<() => void>()
    const running: Running = { host, door: this.#doorOf(host, whenGone), whenGone, receive: () => {} }
    this.#running = running
    host.start()
  }

  /** The process is gone in this instant, and with it what was not on its disk yet. */
  kill(): void {
    const running = this.#running
    if (running === undefined) return
    this.#running = undefined
    this.#disk.crash(0)
    for (const tell of running.whenGone) tell()
  }

  receive(from: ReplicaId, messages: readonly Uint8Array[]): void {
    this.#running?.receive(from, messages)
  }

  get #identity(): { readonly cellId: string; readonly cellName: string; readonly replicaId: ReplicaId } {
    const { cellId, cellName } = this.#settings
    return { cellId, cellName, replicaId: this.replicaId }
  }

  get #seal(): number {
    return sealOf(this.#settings.cellId, this.replicaId)
  }

  #send(to: ReplicaId, messages: readonly Uint8Array[]): void {
    this.#world.network.send(this.replicaId, to, () => {
      this.#world.deliver(to, this.replicaId, messages)
    })
  }

  #diskFor(isRunning: () => boolean): Disk {
    return {
      load: () => this.#disk.load(),
      commit: (writes) =>
        new Promise((resolve) => {
          this.#disk.commit(
            writes,
            () => undefined,
            () => {
              if (isRunning()) resolve()
            },
          )
        }),
      openSnapshot: () => this.#disk.openSnapshot(),
      close: async () => {},
    }
  }

  #doorOf(host: Host, whenGone: Set<() => void>): Door {
    const { timeline, clock, dice } = this.#world
    const signed = new SignedCell(host, {
      cellId: this.#settings.cellId,
      now: () => clock.read(timeline.now),
      entropy: { bytes: (count) => Uint8Array.from({ length: count }, () => dice.below(256)) },
    })
    return {
      submit: (request, principal, onReply) => signed.submit(request, principal, onReply),
      abandon: (ticket) => signed.abandon(ticket),
      whenGone: (then) => {
        whenGone.add(then)
        return () => whenGone.delete(then)
      },
    }
  }
}
