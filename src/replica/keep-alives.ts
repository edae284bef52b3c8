/**
 * KeepAlives (paper, 2.8): parked until a lease is half over or there is something to tell. The answer extends the
 * leases and carries every notice that has not been acknowledged; the next call acknowledges them. A cache lease is
 * granted only with *all* of them, and only to a session whose cache this master knows: whoever may use its cache has
 * then been told of everything that this master has changed.
 */
import { present } from "../base/assert.ts"
import type { Epoch, SessionId } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import { refuse } from "../contract/errors.ts"
import type { NoticesSeen } from "../contract/notices.ts"
import type { SessionView } from "../state-machine/state-machine.ts"
import type { CacheTable } from "./cache-table.ts"
import type { LeaseFloor } from "./lease-floor.ts"
import type { Replies } from "./replies.ts"
import type { RoundEnd, Rounds } from "./rounds.ts"
import type { Grant, Parked, SessionLeases } from "./session-leases.ts"
import type { SessionNotices } from "./session-notices.ts"
import type { Surroundings } from "./surroundings.ts"
import type { Turn } from "./turn.ts"

export interface KeepAliveParts {
  readonly sessionLeases: SessionLeases
  readonly leaseFloor: LeaseFloor
  readonly notices: SessionNotices
  readonly rounds: Rounds
  readonly table: CacheTable
  readonly replies: Replies
}

export class KeepAlives {
  readonly #surroundings: Surroundings
  readonly #parts: KeepAliveParts
  readonly #epoch: Epoch
  /** Sessions of parked KeepAlives by ticket, for callers that leave. */
  readonly #parkedSessionOf = new Map<number, SessionId>()

  constructor(surroundings: Surroundings, parts: KeepAliveParts, epoch: Epoch) {
    this.#surroundings = surroundings
    this.#parts = parts
    this.#epoch = epoch
  }

  get parkedCount(): number {
    return this.#parkedSessionOf.size
  }

  receive(ticket: number, sessionId: SessionId, seen: NoticesSeen, now: Instant, turn: Turn): void {
    const { sessionLeases, notices, table, replies } = this.#parts
    this.#acknowledge(sessionId, seen, now, turn)
    sessionLeases.noteKeys(sessionId, table.keyCountOf(sessionId) > 0)
    const untold = notices.hasNews(sessionId) ? "news" : notices.countOf(sessionId) > 0 ? "repetition" : "nothing"
    const heard = sessionLeases.keepAlive(sessionId, ticket, untold, now)
    if (heard === undefined) {
      const refusal = this.#surroundings.machine().refuseUnknownSession(sessionId)
      return replies.push(ticket, refusal, turn, { underLease: true })
    }
    this.#parkedSessionOf.set(ticket, sessionId)
    for (const parked of heard.answerable) this.answer(parked, now, turn)
    if (heard.displaced === undefined) return
    this.#parkedSessionOf.delete(heard.displaced)
    replies.push(heard.displaced, refuse("CANCELLED", "A later KeepAlive of this session has taken its place."), turn)
  }

  /** Tells those who wait for it what there is to tell. */
  tellFresh(now: Instant, turn: Turn): void {
    const { sessionLeases, notices } = this.#parts
    for (const sessionId of notices.takeFresh()) {
      const parked = sessionLeases.takeParked(sessionId, now)
      if (parked !== undefined) this.answer(parked, now, turn)
    }
  }

  answer({ sessionId, ticket, parkedMs }: Parked, now: Instant, turn: Turn): void {
    const { sessionLeases, notices, replies } = this.#parts
    const session = present(this.#surroundings.machine().session(sessionId), "who has a lease has a session")
    const { firstNotice, notices: told, isWhole, toldThrough } = notices.batch(sessionId)
    const full = this.grantFor(session)
    const grant = isWhole && sessionLeases.mayCache(sessionId) ? full : { ...full, cacheLeaseMs: 0 }
    sessionLeases.grant(sessionId, grant, now)
    this.#parkedSessionOf.delete(ticket)
    const outcome = { kind: "keepAlive", ...grant, parkedMs, firstNotice, notices: told } as const
    replies.push(ticket, outcome, turn, { underLease: true, commitIndex: toldThrough })
  }

  /** What the session may be granted at most. */
  grantFor(session: SessionView): Grant {
    const { machine, settings } = this.#surroundings
    const { sessionCount, leaseFloorMs } = machine()
    const sessionLeaseMs = this.#parts.leaseFloor.granted(session.sessionLeaseMs, sessionCount, leaseFloorMs)
    // A session that is over caches nothing.
    return { sessionLeaseMs, cacheLeaseMs: Math.min(settings.cacheLeaseMs, sessionLeaseMs) }
  }

  abandon(ticket: number): void {
    const sessionId = this.#parkedSessionOf.get(ticket)
    if (sessionId === undefined) return
    this.#parkedSessionOf.delete(ticket)
    this.#parts.sessionLeases.abandon(sessionId, ticket)
  }

  endSession(sessionId: SessionId, reason: string, turn: Turn): void {
    const ticket = this.#parts.sessionLeases.remove(sessionId)
    if (ticket === undefined) return
    this.#parkedSessionOf.delete(ticket)
    this.#parts.replies.push(ticket, refuse("SESSION_EXPIRED", `The session has ended: ${reason}.`), turn)
  }

  #acknowledge(sessionId: SessionId, { epoch, through }: NoticesSeen, now: Instant, turn: Turn): void {
    // The numbers of another master's notices say nothing about this one's.
    if (epoch !== this.#epoch) return
    const { notices, rounds } = this.#parts
    noteRoundEnds(rounds.acknowledge(sessionId, notices.acknowledge(sessionId, through), now), turn)
  }
}

export function noteRoundEnds(ends: readonly RoundEnd[], turn: Turn): void {
  for (const end of ends) turn.trace.push({ kind: "writeWaitedFor", ...end })
}
