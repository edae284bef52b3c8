/**
 * The latest changes, by commit index, as every replica keeps them: so that whoever becomes master can tell a client
 * exactly what it has missed in a fail-over (Chubby flushed all caches, and its authors regretted it). Volatile: a
 * replica that has just started, or installed a snapshot, knows nothing of what was before, and `floor` says so.
 */
import { unreachable } from "../base/assert.ts"
import type { Slot } from "../base/brand.ts"
import { type CacheKey, keysOfAclChange, keysOfComingOrGoing, keysOfNode } from "../contract/cache-key.ts"
import type { NodeChange } from "../contract/changes.ts"
import { limits } from "../contract/limits.ts"
import type { GuardedChange } from "../state-machine/changes.ts"

export interface KeptChange extends GuardedChange {
  readonly index: Slot
}

export class ChangeRing {
  readonly #keptMax: number
  #floor: Slot
  #kept: KeptChange[] = []
  /** Those before it have been dropped. */
  #first = 0
  /** Made when first asked for, because only a new master needs it. */
  #lastChangeOf: Map<CacheKey, Slot> | undefined

  constructor(floor: Slot, keptMax: number = limits.changesKeptMax) {
    this.#floor = floor
    this.#keptMax = keptMax
  }

  /** Every change with a greater index is here; of those up to it, some or all are not. */
  get floor(): Slot {
    return this.#floor
  }

  add(index: Slot, changes: readonly GuardedChange[]): void {
    for (const { change, readers } of changes) {
      this.#kept.push({ index, change, readers })
      this.#note(index, change)
    }
    while (this.#kept.length - this.#first > this.#keptMax) {
      this.#floor = (this.#kept[this.#first] as KeptChange).index
      this.#first += 1
    }
    if (this.#first <= this.#keptMax) return
    this.#kept = this.#kept.slice(this.#first)
    this.#first = 0
  }

  /** The state was replaced by that of slot `floor`. */
  reset(floor: Slot): void {
    this.#floor = floor
    this.#kept = []
    this.#first = 0
    this.#lastChangeOf = undefined
  }

  /** Those with an index above `index`, which must not be below the floor, in the order in which they happened. */
  *after(index: Slot): Generator<KeptChange> {
    for (let at = this.#firstAfter(index); at < this.#kept.length; at += 1) yield this.#kept[at] as KeptChange
  }

  /** Whether what `key` stands for has changed after `index`, which must not be below the floor. */
  hasChangedAfter(key: CacheKey, index: Slot): boolean {
    return (this.#lastChanges().get(key) ?? 0) > index
  }

  #firstAfter(index: Slot): number {
    let low = this.#first
    let high = this.#kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#kept[middle] as KeptChange).index <= index) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Thousands of sessions resume at once, each with thousands of keys: one table answers them all. */
  #lastChanges(): ReadonlyMap<CacheKey, Slot> {
    if (this.#lastChangeOf === undefined) {
      this.#lastChangeOf = new Map()
      for (const { index, change } of this.after(this.#floor)) this.#note(index, change)
    }
    return this.#lastChangeOf
  }

  #note(index: Slot, change: NodeChange): void {
    if (this.#lastChangeOf === undefined) return
    for (const key of keysOf(change)) this.#lastChangeOf.set(key, index)
    // It gathers keys of changes that have been dropped. Made anew when it is asked for again.
    if (this.#lastChangeOf.size > 8 * this.#keptMax) this.#lastChangeOf = undefined
  }
}

function keysOf(change: NodeChange): readonly CacheKey[] {
  switch (change.kind) {
    case "nodeCreated":
    case "nodeDeleted":
      return keysOfComingOrGoing(change.path)
    case "contentsChanged":
      return keysOfNode(change.path)
    case "aclChanged":
      return keysOfAclChange(change.path)
    case "lockAcquired":
    case "lockFreed":
    case "lockRequested":
      // The lock is no part of what is cached.
      return []
    default:
      return unreachable(change)
  }
}
