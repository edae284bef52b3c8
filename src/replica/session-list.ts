/** The sessions of the cell as people see them: who they are, what they cost, and who delays a write. */
import type { Instant } from "../base/instant.ts"
import type { Operation, Outcome, SessionFacts } from "../contract/requests.ts"
import type { SessionView, StateMachine } from "../state-machine/state-machine.ts"
import type { CacheTable } from "./cache-table.ts"
import type { Rounds } from "./rounds.ts"
import type { SessionLeases } from "./session-leases.ts"
import type { SessionNotices } from "./session-notices.ts"
import type { Subscriptions } from "./subscriptions.ts"

/** What the master knows of sessions beyond the replicated state. */
interface SessionMemory {
  readonly sessionLeases: SessionLeases
  readonly table: CacheTable
  readonly subscriptions: Subscriptions
  readonly notices: SessionNotices
  readonly rounds: Rounds
}

export function listSessions(
  machine: StateMachine,
  memory: SessionMemory,
  { afterSessionId, pageSize }: Extract<Operation, { kind: "listSessions" }>,
  now: Instant,
): Extract<Outcome, { kind: "listSessions" }> {
  const sessions: SessionFacts[] = []
  for (const session of machine.sessions()) {
    if (session.sessionId <= afterSessionId) continue
    if (sessions.length === pageSize) return { kind: "listSessions", sessions, more: true, ended: [] }
    sessions.push(factsOf(session, memory, now))
  }
  return { kind: "listSessions", sessions, more: false, ended: machine.endedSessions() }
}

function factsOf(session: SessionView, memory: SessionMemory, now: Instant): SessionFacts {
  const { sessionLeases, table, subscriptions, notices, rounds } = memory
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
