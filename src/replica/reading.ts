/**
 * Reads at the master: answered at once from the state at hand, under the master lease. A caller that wants to keep the
 * answer is registered for its key, unless a mutation is under way that may change it: then it is only told.
 */
import type { SessionId } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import type { CacheKey } from "../contract/cache-key.ts"
import type { Outcome, Request } from "../contract/requests.ts"
import type { ReadOperation } from "../state-machine/reads.ts"
import type { CacheTable } from "./cache-table.ts"
import type { Invalidation } from "./invalidation.ts"
import type { LockTimes } from "./lock-times.ts"
import type { Mutations } from "./mutations.ts"
import type { SessionLeases } from "./session-leases.ts"
import type { Surroundings } from "./surroundings.ts"

export interface ReadingParts {
  readonly table: CacheTable
  readonly invalidation: Invalidation
  readonly mutations: Mutations
  readonly sessionLeases: SessionLeases
  readonly lockTimes: LockTimes
}

export class Reading {
  readonly #surroundings: Surroundings
  readonly #parts: ReadingParts

  constructor(surroundings: Surroundings, parts: ReadingParts) {
    this.#surroundings = surroundings
    this.#parts = parts
  }

  read(
    operation: ReadOperation,
    request: Request,
    now: Instant,
  ): { readonly outcome: Outcome; readonly cachable: boolean } {
    const { sessionId, forCache } = request
    const machine = this.#surroundings.machine()
    const outcome = this.#parts.lockTimes.fillIn(machine.read(operation, request), now)
    if (!forCache || sessionId === 0) return { outcome, cachable: false }
    const key = isKeepable(outcome) ? machine.cacheKeyOf(operation) : undefined
    return { outcome, cachable: key !== undefined && this.register(key, sessionId) }
  }

  /** Whether the session may keep what `key` stands for, from now on until it is told to forget it. */
  register(key: CacheKey, sessionId: SessionId): boolean {
    const { table, mutations, sessionLeases } = this.#parts
    if (this.isUncachable(key) || mutations.isAnyUntracked || !sessionLeases.mayCache(sessionId)) return false
    if (!table.register(key, sessionId)) return false
    sessionLeases.noteKeys(sessionId, true)
    return true
  }

  /** Whether a mutation under way may change what `key` stands for. */
  isUncachable(key: CacheKey): boolean {
    return this.#parts.invalidation.isPending(key)
  }
}

/** Of refusals, only that there is no such node. Of a listing, only the whole. */
function isKeepable(outcome: Outcome): boolean {
  if (outcome.kind === "refused") return outcome.code === "NODE_NOT_FOUND"
  return outcome.kind !== "readDir" || !outcome.more
}
