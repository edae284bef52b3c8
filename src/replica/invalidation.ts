/**
 * Keeps caches consistent (paper, 2.7). A mutation *begins* when the master takes it in: the keys it may touch can't be
 * cached from then on, and whoever may have them is told to forget them. It *ends* when it has been applied. What it
 * must wait for in between are rounds: its own, those of earlier mutations whose keys it shares, and after a take-over
 * one round in which every caching session is to say what it caches.
 */
import type { SessionId } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import { type CacheKey, keysOfComingOrGoing, listingKeyOf } from "../contract/cache-key.ts"
import type { CacheTable } from "./cache-table.ts"
import { Round, type Rounds } from "./rounds.ts"
import type { SessionLeases } from "./session-leases.ts"
import type { SessionNotices } from "./session-notices.ts"
import type { Turn } from "./turn.ts"

interface Pending {
  /** Mutations under way that may touch the key. */
  count: number
  /** Of those who had the key in their caches when it became uncachable. */
  round: Round | undefined
}

export interface InvalidationParts {
  readonly table: CacheTable
  readonly rounds: Rounds
  readonly notices: SessionNotices
  readonly sessionLeases: SessionLeases
}

export class Invalidation {
  readonly #parts: InvalidationParts
  readonly #pending = new Map<CacheKey, Pending>()
  readonly #takeOver = new Round()

  constructor(parts: InvalidationParts) {
    this.#parts = parts
  }

  /** The sessions that an earlier master may have let cache anything: it told them so no later than now. */
  takeOver(cachers: Iterable<SessionId>, now: Instant): void {
    const { rounds, sessionLeases } = this.#parts
    for (const sessionId of cachers) {
      rounds.await(this.#takeOver, sessionId, undefined, now, sessionLeases.cacheUntil(sessionId))
    }
  }

  /** Whether a mutation under way may change what the key stands for. */
  isPending(key: CacheKey): boolean {
    return this.#pending.has(key)
  }

  /** Whether mutations under way may make a node of this path, or remove it. */
  mayComeOrGo(path: string): boolean {
    return this.isPending(listingKeyOf(path)) && keysOfComingOrGoing(path).every((key) => this.isPending(key))
  }

  /** Returns the rounds that must be over before the mutation of `writer` may be proposed. */
  begin(keys: readonly CacheKey[], writer: SessionId, now: Instant, turn: Turn): readonly Round[] {
    if (keys.length === 0) return []
    const rounds = new Set<Round>()
    if (!this.#takeOver.isOver) rounds.add(this.#takeOver)
    for (const key of keys) {
      const pending = this.#pending.get(key)
      if (pending === undefined) this.#pending.set(key, { count: 1, round: undefined })
      else {
        pending.count += 1
        if (pending.round?.isOver === false) rounds.add(pending.round)
      }
    }
    const own = this.#invalidate(keys, writer, now, turn)
    if (own !== undefined) rounds.add(own)
    return [...rounds]
  }

  end(keys: readonly CacheKey[]): void {
    for (const key of keys) {
      const pending = this.#pending.get(key)
      if (pending === undefined) continue
      pending.count -= 1
      if (pending.count === 0) this.#pending.delete(key)
    }
  }

  #invalidate(keys: readonly CacheKey[], writer: SessionId, now: Instant, turn: Turn): Round | undefined {
    const { table, rounds, notices, sessionLeases } = this.#parts
    const taken = table.take(keys)
    if (taken.size === 0) return undefined
    const round = new Round()
    const told: SessionId[] = []
    for (const [sessionId, stale] of taken) {
      // The writer's client forgets the keys of a write when it sends it.
      if (sessionId === writer) continue
      told.push(sessionId)
      const notice = notices.add(sessionId, { kind: "invalidate", keys: stale })
      const until = sessionLeases.cacheUntil(sessionId)
      // Without a cache lease it can't use what it has; the answer that brings it the next one brings the notice too.
      if (now < until) rounds.await(round, sessionId, notice, now, until)
      for (const key of stale) this.#noteRound(key, round)
    }
    if (told.length > 0) turn.trace.push({ kind: "invalidationSent", keys, sessions: told })
    return round.isOver ? undefined : round
  }

  /** Whoever changes the key next must wait for the same sessions, though they are no longer in the table. */
  #noteRound(key: CacheKey, round: Round): void {
    const pending = this.#pending.get(key)
    if (pending !== undefined) pending.round = round
  }
}
