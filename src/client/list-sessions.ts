/** Who has a session with the cell, and which sessions ended of late, and why: for people who look into a cell. */
import type { SessionId } from "../base/brand.ts"
import { limits } from "../contract/limits.ts"
import type { EndedSession, SessionFacts } from "../contract/requests.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"

export interface SessionList {
  /** In order of their ids. Gathered page by page: each page is a consistent view, the whole is not. */
  readonly sessions: readonly SessionFacts[]
  readonly ended: readonly EndedSession[]
}

export async function listSessions(issuer: CallIssuer, options: CallOptions = {}): Promise<SessionList> {
  const sessions: SessionFacts[] = []
  let afterSessionId: SessionId = 0
  for (;;) {
    const page = await issuer.call<"listSessions">(
      { kind: "listSessions", afterSessionId, pageSize: limits.listSessionsPageMax },
      options,
    )
    for (const facts of page.sessions) sessions.push(facts)
    const last = page.sessions.at(-1)
    if (!page.more || last === undefined) return { sessions, ended: page.ended }
    afterSessionId = last.sessionId
  }
}
