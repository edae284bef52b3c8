/**
 * Session leases, as the master keeps them: volatile, rebuilt conservatively by every new master, which gives each
 * session a full lease from the moment it takes over (Chubby paper, 2.8 and 2.9). A KeepAlive is parked until half of
 * the lease is over and then extends it. When a lease runs out the master only *proposes* the end of the session; the
 * log decides.
 */
import type { SessionId } from "../base/brand.ts"
import { DeadlineQueue } from "../base/deadline-queue.ts"
import { after, type DurationMs, type Instant, lengthened } from "../base/instant.ts"

interface SessionLease {
  readonly sessionLeaseMs: DurationMs
  until: Instant
  parked: { readonly ticket: number; readonly since: Instant } | undefined
  /** Whether a KeepAlive has come since this master took over; the first one is answered at once. */
  heard: boolean
  /** The end of the session has been proposed: no answer may extend its lease any more. */
  ending: boolean
}

export interface KeepAliveAnswer {
  readonly ticket: number
  readonly sessionLeaseMs: DurationMs
  readonly parkedMs: DurationMs
}

/** What comes of a KeepAlive that has just come in. */
export interface Heard {
  readonly answers: readonly KeepAliveAnswer[]
  /** The session is about to end, and this earlier call must make room for the present one. */
  readonly displaced: number | undefined
}

export interface Due {
  readonly answers: readonly KeepAliveAnswer[]
  readonly expired: readonly SessionId[]
}

export class SessionLeases {
  readonly #driftPerMille: number
  readonly #leases = new Map<SessionId, SessionLease>()
  readonly #deadlines = new DeadlineQueue<SessionId>()

  constructor(driftPerMille: number) {
    this.#driftPerMille = driftPerMille
  }

  nextAt(): Instant {
    return this.#deadlines.nextAt()
  }

  /**
   * A session has been created under this master, or existed when it took over. A retried CreateSession finds the
   * session it has made, and its caller counts a full lease from the retry: so must the master. Returns false if the
   * end of the session is under way, so that nobody may be told of a lease.
   */
  add(sessionId: SessionId, sessionLeaseMs: DurationMs, now: Instant, fresh: boolean): boolean {
    const known = this.#leases.get(sessionId)
    if (known?.ending === true) return false
    const until = this.#end(sessionLeaseMs, now)
    if (known === undefined) {
      this.#leases.set(sessionId, { sessionLeaseMs, until, parked: undefined, heard: fresh, ending: false })
    } else {
      known.until = until
    }
    if (known?.parked === undefined) this.#deadlines.set(sessionId, until)
    return true
  }

  /** Nobody could be heard for a while (the master lease had lapsed): the clock of every session starts again. */
  restart(now: Instant): void {
    for (const [sessionId, lease] of this.#leases) {
      if (lease.ending) continue
      lease.until = this.#end(lease.sessionLeaseMs, now)
      // Its client may be in jeopardy by now: whatever is parked, or comes next, is answered at once.
      lease.heard = false
      this.#deadlines.set(sessionId, lease.parked === undefined ? lease.until : now)
    }
  }

  /** The session has ended. Returns the ticket of its parked KeepAlive, if there is one. */
  remove(sessionId: SessionId): number | undefined {
    const ticket = this.#leases.get(sessionId)?.parked?.ticket
    this.#leases.delete(sessionId)
    this.#deadlines.delete(sessionId)
    return ticket
  }

  /** Mastership is over. Returns the tickets of all parked KeepAlives. */
  clear(): number[] {
    const tickets = [...this.#leases.values()].flatMap(({ parked }) => (parked === undefined ? [] : [parked.ticket]))
    this.#leases.clear()
    this.#deadlines.clear()
    return tickets
  }

  abandon(sessionId: SessionId, ticket: number): void {
    const lease = this.#leases.get(sessionId)
    if (lease?.parked?.ticket !== ticket) return
    lease.parked = undefined
    if (!lease.ending) this.#deadlines.set(sessionId, lease.until)
  }

  /** Parks the call, or answers it, or answers the one parked before it. Undefined: there is no such session. */
  keepAlive(sessionId: SessionId, ticket: number, now: Instant): Heard | undefined {
    const lease = this.#leases.get(sessionId)
    if (lease === undefined) return undefined
    if (lease.ending) {
      const displaced = lease.parked?.ticket
      lease.parked = { ticket, since: now }
      return { answers: [], displaced }
    }
    const answers: KeepAliveAnswer[] = []
    if (lease.parked !== undefined) answers.push(this.#extend(sessionId, lease, now))
    lease.parked = { ticket, since: now }
    const answerAt = lease.until - Math.floor(lease.sessionLeaseMs / 2)
    if (!lease.heard || now >= answerAt) answers.push(this.#extend(sessionId, lease, now))
    else this.#deadlines.set(sessionId, answerAt)
    lease.heard = true
    return { answers, displaced: undefined }
  }

  /** Only for a master that holds its lease at `now`: a deposed one must end nobody's session. */
  takeDue(now: Instant): Due {
    const answers: KeepAliveAnswer[] = []
    const expired: SessionId[] = []
    for (const sessionId of this.#deadlines.takeDue(now)) {
      const lease = this.#leases.get(sessionId)
      if (lease === undefined || lease.ending) continue
      if (lease.parked !== undefined) {
        answers.push(this.#extend(sessionId, lease, now))
      } else {
        lease.ending = true
        expired.push(sessionId)
      }
    }
    return { answers, expired }
  }

  #extend(sessionId: SessionId, sessionLease: SessionLease, now: Instant): KeepAliveAnswer {
    const { parked, sessionLeaseMs } = sessionLease
    sessionLease.parked = undefined
    sessionLease.until = this.#end(sessionLeaseMs, now)
    this.#deadlines.set(sessionId, sessionLease.until)
    return { ticket: parked?.ticket ?? 0, sessionLeaseMs, parkedMs: now - (parked?.since ?? now) }
  }

  /** The client counts its lease shortened by the drift bound; the cell waits for the lengthened one. */
  #end(sessionLeaseMs: DurationMs, now: Instant): Instant {
    return after(now, lengthened(sessionLeaseMs, this.#driftPerMille))
  }
}
