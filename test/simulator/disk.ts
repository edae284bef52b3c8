/**
 * A disk that keeps what it has synced and nothing else. Commits become durable in order, some time after they
 * were handed over; a crash keeps the ones the dice spare, in order, each whole or not at all, as a transactional
 * store does. While its replica is down it can be damaged (a flipped bit, a cut-off value, a value under another key) or
 * lost altogether.
 */
import type { DiskEntry, DiskSnapshot, DiskWrite } from "../../src/host/ports.ts"
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
  readonly onSynced: () => void
}

export type Damage = "flip" | "cutOff" | "misdirect"

export class SimulatedDisk {
  speed: DiskSpeed = fastDisk
  readonly #timeline: Timeline
  readonly #dice: Prng
  #durable = new Map<string, Uint8Array>()
  #pending: PendingCommit[] = []
  /** How many of the pending commits, the oldest, the sync under way will make durable. Zero: there is none. */
  #syncing = 0
  #syncs = 0
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
    this.#pending.push({ writes, onDurable, onSynced })
    if (this.#syncing === 0) this.#sync()
  }

  /** Commits that come while a sync is under way share the next one. */
  #sync(): void {
    this.#syncing = this.#pending.length
    this.#syncs += 1
    const sync = this.#syncs
    this.#timeline.planAfter(this.#syncTime(), () => {
      // After a crash the pending commits of the former process are none of this disk's business any more.
      if (this.#syncs !== sync) return
      const synced = this.#pending.splice(0, this.#syncing)
      this.#syncing = 0
      for (const { writes, onDurable } of synced) {
        write(this.#durable, writes)
        onDurable()
      }
      if (this.#pending.length > 0) this.#sync()
      for (const { onSynced } of synced) onSynced()
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
    this.#syncing = 0
    this.#syncs += 1
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

  /** Shows what is durable now, whatever is written later. */
  openSnapshot(): DiskSnapshot {
    const entries = this.load()
    return {
      get: (key) => entries.find((entry) => entry.key === key)?.value,
      read: (prefix, afterKey, bytesMax) => {
        const rest = entries.filter(({ key }) => key.startsWith(prefix) && key > afterKey)
        let bytes = 0
        let count = 0
        while (count < rest.length && bytes <= bytesMax) bytes += rest[count++]?.value.length ?? 0
        return { entries: rest.slice(0, count), last: count === rest.length }
      },
      close: () => undefined,
    }
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
