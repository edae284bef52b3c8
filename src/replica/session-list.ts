/** The sessions of the cell as people see them: who they are, what they cost, and who delays a write. */
import type { Instant } from "../base/instant.ts"
import type { Operation, Outcome, SessionFacts } from "../contract/requests.ts"
import type { SessionView } from "../state-machine/state-machine.ts"
import type { CacheTable } from "./cache-table.ts"
import type { Rounds } from "./rounds.ts"
import type { SessionLeases } from "./session-leases.ts"
import type { SessionNotices } from "./session-notices.ts"
import type { Subscriptions } from "./subscriptions.ts"
import type { Surroundings } from "./surroundings.ts"

export interface SessionListParts {
  readonly sessionLeases: SessionLeases
  readonly table: CacheTable
  readonly subscriptions: Subscriptions
  readonly notices: SessionNotices
  readonly rounds: Rounds
}

export class SessionList {
  readonly #surroundings: Surroundings
  readonly #parts: SessionListParts

  constructor(surroundings: Surroundings, parts: SessionListParts) {
    this.#surroundings = surroundings
    this.#parts = parts
  }

  page(
    { afterSessionId, pageSize }: Extract<Operation, { kind: "listSessions" }>,
    now: Instant,
  ): Extract<Outcome, { kind: "listSessions" }> {
    const sessions: SessionFacts[] = []
    const machine = this.#surroundings.machine()
    for (const session of machine.sessions()) {
      if (session.sessionId <= afterSessionId) continue
      if (sessions.length === pageSize) return { kind: "listSessions", sessions, more: true, ended: [] }
      sessions.push(this.#factsOf(session, now))
    }
    return { kind: "listSessions", sessions, more: false, ended: machine.endedSessions() }
  }

  #factsOf(session: SessionView, now: Instant): SessionFacts {
    const { sessionLeases, table, subscriptions, notices, rounds } = this.#parts
    const { sessionId, clientName, principal, host, processId, caching, sessionLeaseMs, engagementCount } = session
    return {
      ...{ sessionId, clientName, principal, host, processId, caching, sessionLeaseMs, engagementCount },
      remainingMs: sessionLeases.remainingMs(sessionId, now),
      cachedKeyCount: table.keyCountOf(sessionId),
      subscriptionCount: subscriptions.countOf(sessionId),
      noticeCount: notices.countOf(sessionId),
      delaysWritesForMs: rounds.waitedFor(sessionId, now),
    }
  }
}
