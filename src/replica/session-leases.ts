/**
 * Session leases and cache leases, as the master keeps them: volatile, rebuilt conservatively by every new master, which
 * gives each session a full lease from the moment it takes over (Chubby paper, 2.8 and 2.9). A KeepAlive is parked until
 * half of a lease is over, and its answer extends both. When a session lease runs out the master only *proposes* the end
 * of the session; the log decides.
 *
 * The cache lease is the shorter of the two, so that a client that has crashed delays a write by seconds.
 */
import type { SessionId } from "../base/brand.ts"
import { DeadlineQueue } from "../base/deadline-queue.ts"
import { after, type DurationMs, type Instant, lengthened, never } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"

interface SessionLease {
  /** Of the latest grant. */
  sessionLeaseMs: DurationMs
  /** When every lease that anyone may have granted is over: a later grant may be shorter than an earlier one. */
  until: Instant
  /** When half of the latest grant is over. */
  renewAt: Instant
  readonly caching: boolean
  /** Of the latest grant. */
  cacheLeaseMs: DurationMs
  /** When the last cache lease that anyone may have granted is over. */
  cacheUntil: Instant
  /** Whether this master knows what the session's client may have in its cache. */
  mayCache: boolean
  /** When the last answer was given. */
  answeredAt: Instant
  /** It was told what it has not acknowledged. */
  isToBeRepeated: boolean
  /** It has keys in its cache, which are of no use to it when its cache lease is over. */
  keepsKeys: boolean
  parked: { readonly ticket: number; readonly since: Instant } | undefined
  /** Whether a KeepAlive has come since this master took over; the first one is answered at once. */
  heard: boolean
  /** The end of the session has been proposed: no answer may extend its lease any more. */
  ending: boolean
}

/** What a session is granted. `cacheLeaseMs` zero: no cache lease, what was granted before is not extended. */
export interface Grant {
  readonly sessionLeaseMs: DurationMs
  readonly cacheLeaseMs: DurationMs
}

/** What there is to tell a session: something new, only what it has been told and not acknowledged, or nothing. */
export type Untold = "news" | "repetition" | "nothing"

/**
 * An answer that was lost is repeated soon; but a client that never acknowledges is not to get an answer for every call,
 * or the two would be busy with nothing else.
 */
const repeatAfterMs: DurationMs = 200

/** Until a session that is overdue, and spared, is looked at again. */
const lookAgainMs: DurationMs = 500

/** A KeepAlive to be answered now, with a new grant. */
export interface Parked {
  readonly sessionId: SessionId
  readonly ticket: number
  readonly parkedMs: DurationMs
}

/** What comes of a KeepAlive that has just come in. */
export interface Heard {
  readonly answerable: readonly Parked[]
  /** The session is about to end, and this earlier call must make room for the present one. */
  readonly displaced: number | undefined
}

export interface Due {
  readonly answerable: readonly Parked[]
  readonly expired: readonly SessionId[]
}

export class SessionLeases {
  readonly #driftPerMille: number
  readonly #leases = new Map<SessionId, SessionLease>()
  readonly #deadlines = new DeadlineQueue<SessionId>()
  #cachingCount = 0
  /** When a session was last heard for the first time by this master. */
  #cameBackAt: Instant = 0

  constructor(driftPerMille: number) {
    this.#driftPerMille = driftPerMille
  }

  /** Sessions that may cache, once they have been heard. */
  get cachingCount(): number {
    return this.#cachingCount
  }

  nextAt(): Instant {
    return this.#deadlines.nextAt()
  }

  /** A session that existed when this master took over: its predecessor may have granted it this a moment ago. */
  inherit(sessionId: SessionId, grant: Grant, caching: boolean, now: Instant): void {
    this.#open(sessionId, grant, caching, now)
  }

  /**
   * A session has been created. A retried CreateSession finds the session it has made, and its caller counts a full
   * lease from the retry: so must the master. If an earlier master has made it, what is in its cache by now is not known
   * for all that. Returns false if the end of the session is under way, so that nobody may be told of a lease.
   */
  create(sessionId: SessionId, grant: Grant, caching: boolean, now: Instant): boolean {
    const known = this.#leases.get(sessionId)
    if (known?.ending === true) return false
    if (known !== undefined) {
      this.#extend(sessionId, known, grant, now)
      return true
    }
    const created = this.#open(sessionId, grant, caching, now)
    created.heard = true
    created.mayCache = caching
    return true
  }

  /** Nobody could be heard for a while (the master lease had lapsed): the clock of every session starts again. */
  restart(now: Instant): void {
    for (const [sessionId, sessionLease] of this.#leases) {
      if (sessionLease.ending) continue
      sessionLease.until = Math.max(sessionLease.until, this.#end(sessionLease.sessionLeaseMs, now))
      // Its client may be in jeopardy by now: whatever is parked, or comes next, is answered at once.
      sessionLease.heard = false
      this.#deadlines.set(sessionId, sessionLease.parked === undefined ? sessionLease.until : now)
    }
  }

  /** The session has ended. Returns the ticket of its parked KeepAlive, if there is one. */
  remove(sessionId: SessionId): number | undefined {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease?.caching === true) this.#cachingCount -= 1
    this.#leases.delete(sessionId)
    this.#deadlines.delete(sessionId)
    return sessionLease?.parked?.ticket
  }

  /** The tickets of all parked KeepAlives. */
  parkedTickets(): readonly number[] {
    return [...this.#leases.values()].flatMap(({ parked }) => (parked === undefined ? [] : [parked.ticket]))
  }

  abandon(sessionId: SessionId, ticket: number): void {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease?.parked?.ticket !== ticket) return
    sessionLease.parked = undefined
    if (!sessionLease.ending) this.#deadlines.set(sessionId, sessionLease.until)
  }

  /** Parks the call, or lets it be answered, and the one parked before it. Undefined: there is no such session. */
  keepAlive(sessionId: SessionId, ticket: number, untold: Untold, now: Instant): Heard | undefined {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease === undefined) return undefined
    const earlier = sessionLease.parked
    sessionLease.parked = { ticket, since: now }
    sessionLease.isToBeRepeated = untold === "repetition"
    if (sessionLease.ending) return { answerable: [], displaced: earlier?.ticket }
    const answerable: Parked[] = []
    if (earlier !== undefined) answerable.push({ sessionId, ticket: earlier.ticket, parkedMs: now - earlier.since })
    // To answer the earlier call extends the leases, so that only what is urgent can't wait now.
    const isDue = earlier === undefined && now >= answerAt(sessionLease)
    if (untold === "news" || isDue || !sessionLease.heard) answerable.push(this.#unpark(sessionId, sessionLease, now))
    else this.#deadlines.set(sessionId, answerAt(sessionLease))
    if (!sessionLease.heard) this.#cameBackAt = now
    sessionLease.heard = true
    return { answerable, displaced: undefined }
  }

  /** The parked KeepAlive of a session to which there is something to tell. */
  takeParked(sessionId: SessionId, now: Instant): Parked | undefined {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease?.parked === undefined || sessionLease.ending) return undefined
    return this.#unpark(sessionId, sessionLease, now)
  }

  /** Only for a master that holds its lease at `now`: a deposed one must end nobody's session. */
  takeDue(now: Instant): Due {
    const answerable: Parked[] = []
    const expired: SessionId[] = []
    for (const sessionId of this.#deadlines.takeDue(now)) {
      const sessionLease = this.#leases.get(sessionId)
      if (sessionLease === undefined || sessionLease.ending) continue
      if (sessionLease.parked !== undefined) {
        answerable.push(this.#unpark(sessionId, sessionLease, now))
      } else if (this.#mayComeBack(sessionLease, now)) {
        this.#deadlines.set(sessionId, after(now, lookAgainMs))
      } else {
        sessionLease.ending = true
        expired.push(sessionId)
      }
    }
    return { answerable, expired }
  }

  /** The answer to a KeepAlive leaves, with this grant. */
  grant(sessionId: SessionId, grant: Grant, now: Instant): void {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease !== undefined && !sessionLease.ending) this.#extend(sessionId, sessionLease, grant, now)
  }

  remainingMs(sessionId: SessionId, now: Instant): DurationMs {
    return Math.max(0, (this.#leases.get(sessionId)?.until ?? now) - now)
  }

  /** When the session can't use anything any more that it has in its cache by now. */
  cacheUntil(sessionId: SessionId): Instant {
    return this.#leases.get(sessionId)?.cacheUntil ?? 0
  }

  mayCache(sessionId: SessionId): boolean {
    return this.#leases.get(sessionId)?.mayCache ?? false
  }

  /** Whether the session has anything in its cache. If it does, it needs more KeepAlives. */
  noteKeys(sessionId: SessionId, keepsKeys: boolean): void {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease === undefined || sessionLease.keepsKeys === keepsKeys) return
    sessionLease.keepsKeys = keepsKeys
    if (sessionLease.parked === undefined || sessionLease.ending) return
    this.#deadlines.set(sessionId, answerAt(sessionLease))
  }

  /** The session has said what it has in its cache. */
  letCache(sessionId: SessionId): void {
    const sessionLease = this.#leases.get(sessionId)
    if (sessionLease !== undefined) sessionLease.mayCache = sessionLease.caching
  }

  #open(sessionId: SessionId, grant: Grant, caching: boolean, now: Instant): SessionLease {
    if (caching) this.#cachingCount += 1
    const sessionLease: SessionLease = {
      ...{ ...grant, until: 0, renewAt: 0, caching, cacheUntil: 0, mayCache: false, keepsKeys: false },
      ...{ answeredAt: 0, isToBeRepeated: false, parked: undefined, heard: false, ending: false },
    }
    this.#leases.set(sessionId, sessionLease)
    this.#extend(sessionId, sessionLease, grant, now)
    return sessionLease
  }

  /**
   * After a fail-over, or when a master lease had lapsed, thousands of clients that come back at once keep each other
   * waiting. So one that has not been heard yet is spared for a lease after the last one that came back, unless its client
   * must have given itself up by now.
   */
  #mayComeBack({ heard, until, sessionLeaseMs }: SessionLease, now: Instant): boolean {
    return !heard && now < after(this.#cameBackAt, sessionLeaseMs) && now < after(until, limits.gracePeriodMs)
  }

  #unpark(sessionId: SessionId, sessionLease: SessionLease, now: Instant): Parked {
    const { ticket, since } = sessionLease.parked ?? { ticket: 0, since: now }
    sessionLease.parked = undefined
    // Until the grant that goes with the answer, which follows in the same turn.
    this.#deadlines.set(sessionId, sessionLease.until)
    return { sessionId, ticket, parkedMs: now - since }
  }

  #extend(sessionId: SessionId, sessionLease: SessionLease, grant: Grant, now: Instant): void {
    sessionLease.answeredAt = now
    sessionLease.sessionLeaseMs = grant.sessionLeaseMs
    const end = this.#end(grant.sessionLeaseMs, now)
    // Its client may never get this answer, and goes on to believe in the longer lease that it was given before.
    sessionLease.until = Math.max(sessionLease.until, end)
    sessionLease.renewAt = end - Math.floor(grant.sessionLeaseMs / 2)
    if (sessionLease.caching && grant.cacheLeaseMs > 0) {
      sessionLease.cacheLeaseMs = grant.cacheLeaseMs
      sessionLease.cacheUntil = Math.max(sessionLease.cacheUntil, this.#end(grant.cacheLeaseMs, now))
    }
    this.#deadlines.set(sessionId, sessionLease.parked === undefined ? sessionLease.until : answerAt(sessionLease))
  }

  /** The client counts its lease shortened by the drift bound; the cell waits for the lengthened one. */
  #end(span: DurationMs, now: Instant): Instant {
    return after(now, lengthened(span, this.#driftPerMille))
  }
}

/** When half of the session lease is over, or half of the cache lease of a session that needs it, or to tell it again. */
function answerAt(sessionLease: SessionLease): Instant {
  const { renewAt, cacheUntil, cacheLeaseMs, keepsKeys, mayCache, answeredAt, isToBeRepeated } = sessionLease
  const cacheRenewAt = keepsKeys && mayCache ? cacheUntil - Math.floor(cacheLeaseMs / 2) : never
  return Math.min(renewAt, cacheRenewAt, isToBeRepeated ? after(answeredAt, repeatAfterMs) : never)
}
