/**
 * Locks that were released here and not given back to the cell (Chubby paper, 2.8): most are wanted again by the same
 * client first, and then cost no round trip. A kept lock goes back as soon as anybody else asks for it, be it another
 * session or another Acquire of this one, and when there are too many of them the one longest unused goes.
 */
import type { Generation, Instance } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import type { LockMode } from "../contract/lock-mode.ts"
import type { LockRequested } from "../contract/notices.ts"
import { CacheNames, localForm } from "./core/cache-names.ts"

/** Hears what the cell tells a session about its locks. */
export interface LockWantedListener {
  /** Someone else wants a lock that this session holds. */
  lockWanted(change: LockRequested): void
  /** Some such wishes may not have been heard. */
  mayHaveMissedWishes(): void
}

export interface LockTerms {
  readonly mode: LockMode
  readonly lockDelayMs: DurationMs
}

/** What the cell has granted: a handle that holds a lock. */
export interface Grant extends LockTerms {
  /** As it was asked for. */
  readonly path: string
  /** As the cell spells it. */
  readonly spelledPath: string
  readonly instance: Instance
  readonly handle: string
  readonly lockGeneration: Generation
  readonly sequencer: string
}

/** Kept ones of a session. Each is a holder at the cell, which its operators may wonder about. */
const keptMax = 1_000

export class LockCache {
  readonly #giveBack: (grant: Grant) => void
  readonly #names = new CacheNames()
  /** By path, spelled in one of the two ways that the cell answers to; the one longest unused first. */
  readonly #kept = new Map<string, Grant>()
  /** In the same way, how many Acquires of this session wait at the cell. */
  readonly #awaited = new Map<string, number>()

  constructor(giveBack: (grant: Grant) => void) {
    this.#giveBack = giveBack
  }

  /** Held again by a caller from now on. One on other terms goes back, or the Acquire would wait for it for ever. */
  take(path: string, { mode, lockDelayMs }: LockTerms): Grant | undefined {
    const grant = this.#kept.get(localForm(path))
    // A path of another cell is for the cell to refuse.
    const isOfThisCell = this.#names.keyOf(path) !== undefined
    if (!isOfThisCell || grant?.mode !== mode || grant.lockDelayMs !== lockDelayMs) return this.drop(path)
    this.#kept.delete(localForm(path))
    return grant
  }

  /** Released by its caller. */
  put(grant: Grant): void {
    this.#names.learn(grant.spelledPath)
    const name = localForm(grant.path)
    if (this.#awaited.has(name) || this.#kept.has(name)) {
      this.#giveBack(grant)
      return
    }
    this.#kept.set(name, grant)
    const [oldest] = this.#kept.values()
    if (this.#kept.size > keptMax && oldest !== undefined) this.drop(oldest.path)
  }

  /** An Acquire of this session is going to the cell. Returns what to call once it is settled. */
  awaiting(path: string): () => void {
    const name = localForm(path)
    this.#awaited.set(name, (this.#awaited.get(name) ?? 0) + 1)
    return () => {
      const left = (this.#awaited.get(name) ?? 0) - 1
      if (left > 0) this.#awaited.set(name, left)
      else this.#awaited.delete(name)
    }
  }

  drop(path: string): undefined {
    const name = localForm(path)
    const grant = this.#kept.get(name)
    if (grant === undefined) return
    this.#kept.delete(name)
    this.#giveBack(grant)
  }

  dropInstance(instance: Instance): void {
    for (const grant of this.#kept.values()) if (grant.instance === instance) this.drop(grant.path)
  }

  /** All that was kept, which is the caller's to give back. */
  empty(): readonly Grant[] {
    const grants = [...this.#kept.values()]
    this.#kept.clear()
    return grants
  }
}
