/**
 * Which session may have which keys in its cache, as far as this master has told it. A superset: what a client has
 * dropped by itself stays here until something changes it.
 */
import type { SessionId } from "../base/brand.ts"
import type { CacheKey } from "../contract/cache-key.ts"
import { limits } from "../contract/limits.ts"

export class CacheTable {
  readonly #cachersOf = new Map<CacheKey, Set<SessionId>>()
  readonly #keysOf = new Map<SessionId, Set<CacheKey>>()

  /** How often a key is registered for a session. */
  registrationCount(): number {
    let count = 0
    for (const keys of this.#keysOf.values()) count += keys.size
    return count
  }

  keyCountOf(sessionId: SessionId): number {
    return this.#keysOf.get(sessionId)?.size ?? 0
  }

  /** False: the session has too many keys, or the key too many sessions. */
  register(key: CacheKey, sessionId: SessionId): boolean {
    const cachers = this.#cachersOf.get(key)
    if (cachers?.has(sessionId) === true) return true
    const keys = this.#keysOf.get(sessionId)
    if ((keys?.size ?? 0) >= limits.cachedKeysPerSessionMax) return false
    if ((cachers?.size ?? 0) >= limits.cachersPerKeyMax) return false
    if (cachers === undefined) this.#cachersOf.set(key, new Set([sessionId]))
    else cachers.add(sessionId)
    if (keys === undefined) this.#keysOf.set(sessionId, new Set([key]))
    else keys.add(key)
    return true
  }

  /** Takes `keys` from everyone, and says which of them each had. */
  take(keys: readonly CacheKey[]): ReadonlyMap<SessionId, CacheKey[]> {
    const taken = new Map<SessionId, CacheKey[]>()
    for (const key of keys) {
      for (const sessionId of this.#cachersOf.get(key) ?? []) {
        const known = taken.get(sessionId)
        if (known === undefined) taken.set(sessionId, [key])
        else known.push(key)
        this.#forget(sessionId, key)
      }
      this.#cachersOf.delete(key)
    }
    return taken
  }

  endSession(sessionId: SessionId): void {
    for (const key of this.#keysOf.get(sessionId) ?? []) {
      const cachers = this.#cachersOf.get(key)
      cachers?.delete(sessionId)
      if (cachers?.size === 0) this.#cachersOf.delete(key)
    }
    this.#keysOf.delete(sessionId)
  }

  #forget(sessionId: SessionId, key: CacheKey): void {
    const keys = this.#keysOf.get(sessionId)
    keys?.delete(key)
    if (keys?.size === 0) this.#keysOf.delete(sessionId)
  }
}
