/**
 * The subscriptions of all sessions, as the master knows them: volatile, told again by each client to a new master.
 * Turns changes into notices, once they have been applied and in their order, for those whom the node's list of readers
 * named when it changed: by then a secret node may be gone, and nothing be left to ask whether it was secret.
 */
import type { SessionId, Slot } from "../base/brand.ts"
import type { NodeChange } from "../contract/changes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { LockRequested, Notice } from "../contract/notices.ts"
import type { GuardedChange } from "../state-machine/changes.ts"
import type { KeptChange } from "./change-ring.ts"
import { type Interest, InterestIndex } from "./interest-index.ts"

/** Whether the principal is on the list of this name, as the list is now. */
export type IsReader = (principal: string, readers: string) => boolean

export interface Told {
  readonly sessionId: SessionId
  readonly notice: Notice
}

export class Subscriptions {
  readonly #isReader: IsReader
  readonly #index = new InterestIndex()
  readonly #bySession = new Map<SessionId, Map<number, Interest>>()

  constructor(isReader: IsReader) {
    this.#isReader = isReader
  }

  countOf(sessionId: SessionId): number {
    return this.#bySession.get(sessionId)?.size ?? 0
  }

  /** False if the session has this very subscription already: the call is a retry, and is told nothing twice. */
  add(interest: Interest): boolean | Refusal {
    const { sessionId, subscription } = interest
    const own = this.#bySession.get(sessionId) ?? new Map<number, Interest>()
    const earlier = own.get(subscription.subscriptionId)
    if (earlier !== undefined && isSame(earlier, interest)) return false
    if (earlier === undefined && own.size >= limits.subscriptionsPerSessionMax) {
      return refuse("QUOTA_EXCEEDED", `Session ${sessionId} has ${own.size} subscriptions; no more are allowed.`)
    }
    if (earlier !== undefined) this.#index.remove(earlier)
    this.#bySession.set(sessionId, own)
    own.set(subscription.subscriptionId, interest)
    this.#index.add(interest)
    return true
  }

  remove(sessionId: SessionId, subscriptionId: number): void {
    const own = this.#bySession.get(sessionId)
    const interest = own?.get(subscriptionId)
    if (interest === undefined) return
    own?.delete(subscriptionId)
    if (own?.size === 0) this.#bySession.delete(sessionId)
    this.#index.remove(interest)
  }

  endSession(sessionId: SessionId): void {
    for (const interest of this.#bySession.get(sessionId)?.values() ?? []) this.#index.remove(interest)
    this.#bySession.delete(sessionId)
  }

  /** What the changes of a slot that has been applied are to whom. */
  noticesOf(changes: readonly GuardedChange[], index: Slot): readonly Told[] {
    const told: Told[] = []
    for (const { change, readers } of changes) {
      if (change.kind === "lockRequested") {
        for (const sessionId of change.holders) told.push({ sessionId, notice: lockWanted(sessionId, index, change) })
      }
      if (this.#bySession.size > 0) this.#tell(this.#index, { index, change, readers }, told)
    }
    return told
  }

  /** What changes of the past are to some subscriptions of one session, and to `holder`, which is zero or that session. */
  missed(interests: readonly Interest[], holder: SessionId, kept: Iterable<KeptChange>): readonly Told[] {
    const among = new InterestIndex()
    for (const interest of interests) among.add(interest)
    const told: Told[] = []
    for (const { index, change, readers } of kept) {
      if (change.kind === "lockRequested" && change.holders.includes(holder)) {
        told.push({ sessionId: holder, notice: lockWanted(holder, index, change) })
      }
      this.#tell(among, { index, change, readers }, told)
    }
    return told
  }

  #tell(among: InterestIndex, { index, change, readers }: KeptChange, told: Told[]): void {
    const shown = forSubscribers(change)
    // Many sessions of one principal look at one node: whether it may read is asked once.
    const allowed = new Map<string, boolean>()
    for (const { sessionId, principal, subscription } of among.interestedIn(change)) {
      const known = allowed.get(principal)
      const isAllowed = known ?? this.#isReader(principal, readers)
      if (known === undefined) allowed.set(principal, isAllowed)
      const { subscriptionId } = subscription
      if (isAllowed) told.push({ sessionId, notice: { kind: "event", subscriptionId, index, change: shown } })
    }
  }
}

/** Without the holders: they are told themselves, and ten thousand of them would be many to tell each subscriber of. */
function forSubscribers(change: NodeChange): NodeChange {
  return change.kind === "lockRequested" ? { ...change, holders: [] } : change
}

/** With itself as the only holder: to tell each of ten thousand holders of all of them would take a gigabyte. */
function lockWanted(holder: SessionId, index: Slot, change: LockRequested): Notice {
  return { kind: "lockWanted", index, change: { ...change, holders: [holder] } }
}

function isSame({ subscription: left }: Interest, { subscription: right }: Interest): boolean {
  return (
    left.path === right.path &&
    left.scope === right.scope &&
    left.kinds.length === right.kinds.length &&
    left.kinds.every((kind, at) => kind === right.kinds[at])
  )
}
