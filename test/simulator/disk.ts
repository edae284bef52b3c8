/**
 * A disk that may be slow, and that the dice torment: a crash spares some of the commits under way, and while its replica
 * is down it can be damaged (a flipped bit, a cut-off value, a value under another key) or lost altogether.
 */
import type { DiskEntry, DiskSnapshot, DiskWrite } from "../../src/host/ports.ts"
import type { Prng } from "../../src/base/prng.ts"
import { MemoryDisk } from "../../src/testing/memory-disk.ts"
import { millisecond, type Timeline, type TrueTime } from "../../src/testing/time.ts"

export interface DiskSpeed {
  readonly syncMin: TrueTime
  readonly syncMax: TrueTime
  readonly slowPerMille: number
  readonly slowSyncMax: TrueTime
}

export const fastDisk: DiskSpeed = { syncMin: 100, syncMax: 2 * millisecond, slowPerMille: 0, slowSyncMax: 0 }

export type Damage = "flip" | "cutOff" | "misdirect"

export class SimulatedDisk {
  speed: DiskSpeed = fastDisk
  readonly #dice: Prng
  readonly #disk: MemoryDisk

  constructor(timeline: Timeline, dice: Prng) {
    this.#dice = dice
    this.#disk = new MemoryDisk(timeline, () => this.#syncTime())
  }

  commit(writes: readonly DiskWrite[], onDurable: () => void, onSynced: () => void): void {
    this.#disk.commit(writes, onDurable, onSynced)
  }

  prepare(writes: readonly DiskWrite[]): void {
    this.#disk.prepare(writes)
  }

  load(): DiskEntry[] {
    return this.#disk.load()
  }

  openSnapshot(): DiskSnapshot {
    return this.#disk.openSnapshot()
  }

  crash(): void {
    this.#disk.crash(this.#dice.between(0, this.#disk.pendingCount))
  }

  lose(): void {
    this.#disk.durable.clear()
  }

  /** Damages one stored value, of any key by the same chance. Says what was done, or undefined if nothing could be. */
  damage(kind: Damage): string | undefined {
    const { durable } = this.#disk
    const keys = [...durable.keys()]
    if (keys.length < 2) return undefined
    const key = this.#dice.pick(keys)
    const value = durable.get(key) as Uint8Array
    if (value.length === 0) return undefined
    switch (kind) {
      case "flip": {
        const flipped = value.slice()
        const place = this.#dice.below(value.length)
        flipped[place] = (flipped[place] as number) ^ (1 << this.#dice.below(8))
        durable.set(key, flipped)
        return `flip a bit in byte ${String(place)} of ${key}`
      }
      case "cutOff": {
        const length = this.#dice.below(value.length)
        durable.set(key, value.slice(0, length))
        return `cut ${key} off after ${String(length)} bytes`
      }
      case "misdirect": {
        const victim = this.#dice.pick(keys.filter((candidate) => candidate !== key))
        durable.set(victim, value)
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
