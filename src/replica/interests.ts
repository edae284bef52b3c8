/**
 * What a session tells the master about itself beside its KeepAlives: what it wants to hear of, and, to a new master,
 * what it has in its cache. The new master knows nothing of either; from the ring of changes it tells the client exactly
 * what it has missed, and only if the ring does not reach back so far, that it has to look at everything anew.
 */
import type { SessionId, Slot } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import { type CacheKey, listingKeyOf, nodeKeyOf, pathOfKey } from "../contract/cache-key.ts"
import type { Subscription } from "../contract/changes.ts"
import { formatPath, splitPath } from "../contract/node-path.ts"
import type { Operation, Outcome } from "../contract/requests.ts"
import type { SessionView } from "../state-machine/state-machine.ts"
import type { Interest } from "./interest-index.ts"
import type { Mutations } from "./mutations.ts"
import { noteRoundEnds } from "./keep-alives.ts"
import type { Reading } from "./reading.ts"
import type { Rounds } from "./rounds.ts"
import type { SessionLeases } from "./session-leases.ts"
import type { SessionNotices } from "./session-notices.ts"
import type { Subscriptions } from "./subscriptions.ts"
import type { Surroundings } from "./surroundings.ts"
import type { Turn } from "./turn.ts"

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>

export interface InterestParts {
  readonly sessionLeases: SessionLeases
  readonly subscriptions: Subscriptions
  readonly notices: SessionNotices
  readonly rounds: Rounds
  readonly reading: Reading
  readonly mutations: Mutations
}

/** A long list of keys makes several notices: one has to fit into an answer. */
const keysPerNotice = 256

export class Interests {
  readonly #surroundings: Surroundings
  readonly #parts: InterestParts
  readonly #resumed = new Set<SessionId>()

  constructor(surroundings: Surroundings, parts: InterestParts) {
    this.#surroundings = surroundings
    this.#parts = parts
  }

  subscribe(session: SessionView, { subscription, after }: Of<"subscribe">): Outcome {
    const interest = this.#interestOf(session, subscription)
    const isNew = this.#parts.subscriptions.add(interest)
    if (typeof isNew !== "boolean") return isNew
    if (isNew && after > 0) this.#tellMissed(session, [interest], after, false)
    return { kind: "subscribe" }
  }

  unsubscribe({ sessionId }: SessionView, { subscriptionId }: Of<"unsubscribe">): Outcome {
    this.#parts.subscriptions.remove(sessionId, subscriptionId)
    return { kind: "unsubscribe" }
  }

  /**
   * Once per session and epoch: its repetition is a retry, by which the client has forgotten nothing that it was told to
   * keep, and got nothing that this master doesn't know of.
   *
   * The answer is as of now, also that to a retry: its client takes everything through the answer's commit index for
   * told, once it has taken in the notice that is named. So that is the last of all there are, whatever they came of.
   */
  resume(session: SessionView, operation: Of<"resume">, now: Instant, turn: Turn): Outcome {
    const { sessionId } = session
    const { sessionLeases, subscriptions, notices, rounds } = this.#parts
    if (this.#resumed.has(sessionId)) return { kind: "resume", lastNotice: notices.lastOf(sessionId) }
    const { seenThrough, cached } = operation
    const interests = operation.subscriptions.map((subscription) => this.#interestOf(session, subscription))
    const added = interests.filter((interest) => subscriptions.add(interest) === true)
    sessionLeases.letCache(sessionId)
    const isKnown = seenThrough >= this.#surroundings.changes.floor
    const stale = isKnown ? this.#registerFresh(session, cached, seenThrough) : cached
    if (isKnown) this.#invalidate(sessionId, stale)
    this.#tellMissed(session, added, seenThrough, true)
    const lastNotice = notices.lastOf(sessionId)
    // Its client doesn't use its cache before it has taken in what it is told now. All the same, writes that are under
    // way wait for its word: then they depend on no more than that it speaks the truth.
    const isWaitedFor = stale.length > 0 && (!isKnown || this.#isAnyUnsettled(stale))
    noteRoundEnds(rounds.hear(sessionId, isWaitedFor ? lastNotice : undefined, now), turn)
    this.#resumed.add(sessionId)
    turn.trace.push({ kind: "sessionResumed", sessionId, resynced: !isKnown })
    return { kind: "resume", lastNotice }
  }

  endSession(sessionId: SessionId): void {
    this.#parts.subscriptions.endSession(sessionId)
    this.#resumed.delete(sessionId)
  }

  /** Returns the keys that are not fresh, or can't be known to stay so, or that the session may not read. */
  #registerFresh(
    { sessionId, principal }: SessionView,
    cached: readonly CacheKey[],
    seenThrough: Slot,
  ): readonly CacheKey[] {
    const { changes, settings, machine } = this.#surroundings
    // A key under the cell's other name would never be found again.
    const root = nodeKeyOf(`/ls/${settings.cellName}`)
    return cached.filter((key) => {
      const isCanonical = key === root || key.startsWith(listingKeyOf(root))
      if (!isCanonical || changes.hasChangedAfter(key, seenThrough)) return true
      // Who could register what it may not read would be told of its changes, and could hold up those who write it.
      if (!machine().mayRead(principal, pathOfKey(key))) return true
      return !this.#parts.reading.register(key, sessionId)
    })
  }

  #invalidate(sessionId: SessionId, keys: readonly CacheKey[]): void {
    for (let at = 0; at < keys.length; at += keysPerNotice) {
      this.#parts.notices.add(sessionId, { kind: "invalidate", keys: keys.slice(at, at + keysPerNotice) })
    }
  }

  #isAnyUnsettled(keys: readonly CacheKey[]): boolean {
    const { mutations, reading } = this.#parts
    return mutations.isAnyUntracked || keys.some((key) => reading.isUncachable(key))
  }

  /** Of a new master, also who has asked for locks that the session holds. */
  #tellMissed(
    { sessionId, engagementCount }: SessionView,
    interests: readonly Interest[],
    after: Slot,
    withLocks: boolean,
  ): void {
    const { machine, changes } = this.#surroundings
    const { notices, subscriptions } = this.#parts
    if (after < changes.floor) {
      notices.add(sessionId, { kind: "resync", through: machine().appliedThrough })
      return
    }
    const holder = withLocks && engagementCount > 0 ? sessionId : 0
    if (interests.length === 0 && holder === 0) return
    for (const { notice } of subscriptions.missed(interests, holder, changes.after(after)))
      notices.add(sessionId, notice)
  }

  #interestOf({ sessionId, principal }: SessionView, subscription: Subscription): Interest {
    const { cellName } = this.#surroundings.settings
    const place = splitPath(subscription.path, cellName)
    const path = place.kind === "refused" ? subscription.path : formatPath(cellName, place.parts)
    return { sessionId, principal, subscription: { ...subscription, path } }
  }
}
