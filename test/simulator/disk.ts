/**
 * A disk that keeps what it has synced and nothing else. Commits become durable one after the other, some time after
 * they were handed over; a crash keeps the ones the dice spare, in order, each whole or not at all, as a transactional
 * store does. While its replica is down it can be damaged (a flipped bit, a cut-off value, a value under another key) or
 * lost altogether.
 */
import type { DiskEntry, DiskWrite } from "../../src/host/ports.ts"
import type { Prng } from "../../src/base/prng.ts"
import { type TrueTime, millisecond } from "./clock.ts"
import type { Timeline } from "./timeline.ts"

export interface DiskSpeed {
  readonly syncMin: TrueTime
  readonly syncMax: TrueTime
  readonly slowPerMille: number
  readonly slowSyncMax: TrueTime
}

export const fastDisk: DiskSpeed = { syncMin: 100, syncMax: 2 * millisecond, slowPerMille: 0, slowSyncMax: 0 }

interface PendingCommit {
  readonly writes: readonly DiskWrite[]
  readonly onDurable: () => void
}

export type Damage = "flip" | "cutOff" | "misdirect"

export class SimulatedDisk {
  speed: DiskSpeed = fastDisk
  readonly #timeline: Timeline
  readonly #dice: Prng
  #durable = new Map<string, Uint8Array>()
  #pending: PendingCommit[] = []
  #busyUntil: TrueTime = 0
  #lostCommits = 0

  constructor(timeline: Timeline, dice: Prng) {
    this.#timeline = timeline
    this.#dice = dice
  }

  get isEmpty(): boolean {
    return this.#durable.size === 0
  }

  get pendingCount(): number {
    return this.#pending.length
  }

  /** Commits that crashes have taken back so far. */
  get lostCommits(): number {
    return this.#lostCommits
  }

  /**
   * Calls `onDurable` and then `onSynced` once `writes` are durable. If the machine crashes first, `onSynced` is never
   * called; `onDurable`, which is for the eyes of checkers, still is when the dice spare the commit.
   */
  commit(writes: readonly DiskWrite[], onDurable: () => void, onSynced: () => void): void {
    const commit = { writes, onDurable }
    this.#pending.push(commit)
    this.#busyUntil = Math.max(this.#busyUntil, this.#timeline.now) + this.#syncTime()
    this.#timeline.plan(this.#busyUntil, () => {
      // After a crash the pending commits of the former process are none of this disk's business any more.
      if (this.#pending[0] !== commit) return
      this.#pending.shift()
      write(this.#durable, writes)
      onDurable()
      onSynced()
    })
  }

  crash(): void {
    const kept = this.#dice.between(0, this.#pending.length)
    for (const { writes, onDurable } of this.#pending.slice(0, kept)) {
      write(this.#durable, writes)
      onDurable()
    }
    this.#lostCommits += this.#pending.length - kept
    this.#pending = []
    this.#busyUntil = this.#timeline.now
  }

  /** Writes at once: for what happens before a process is up. */
  prepare(writes: readonly DiskWrite[]): void {
    write(this.#durable, writes)
  }

  /** Everything durable, in order of key. The list is a copy: later commits don't change it. */
  load(): DiskEntry[] {
    const entries = [...this.#durable].map(([key, value]) => ({ key, value }))
    return entries.sort((left, right) => (left.key < right.key ? -1 : 1))
  }

  lose(): void {
    this.#durable = new Map()
  }

  /** Damages one stored value, of any key by the same chance. Says what was done, or undefined if nothing could be. */
  damage(kind: Damage): string | undefined {
    const keys = [...this.#durable.keys()]
    if (keys.length < 2) return undefined
    const key = this.#dice.pick(keys)
    const value = this.#durable.get(key) as Uint8Array
    if (value.length === 0) return undefined
    switch (kind) {
      case "flip": {
        const flipped = value.slice()
        const place = this.#dice.below(value.length)
        flipped[place] = (flipped[place] as number) ^ (1 << this.#dice.below(8))
        this.#durable.set(key, flipped)
        return `flip a bit in byte ${String(place)} of ${key}`
      }
      case "cutOff": {
        const length = this.#dice.below(value.length)
        this.#durable.set(key, value.slice(0, length))
        return `cut ${key} off after ${String(length)} bytes`
      }
      case "misdirect": {
        const victim = this.#dice.pick(keys.filter((candidate) => candidate !== key))
        this.#durable.set(victim, value)
        return `write ${key} over ${victim}`
      }
    }
  }

  #syncTime(): TrueTime {
    const { syncMin, syncMax, slowPerMille, slowSyncMax } = this.speed
    if (slowPerMille > 0 && this.#dice.chance(slowPerMille, 1000)) return this.#dice.between(syncMax, slowSyncMax)
    return this.#dice.between(syncMin, syncMax)
  }
}

function write(stored: Map<string, Uint8Array>, writes: readonly DiskWrite[]): void {
  for (const change of writes) {
    switch (change.kind) {
      case "put":
        stored.set(change.key, change.value)
        break
      case "remove":
        stored.delete(change.key)
        break
      case "removeAll":
        for (const key of [...stored.keys()]) if (key.startsWith(change.prefix)) stored.delete(key)
        break
    }
  }
}
