/** How sessions begin and end (paper, 2.8). With a session go its locks, its waits, and the ephemeral nodes it kept. */
import { refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { MutatingOperation } from "./commands.ts"
import { leaveLock } from "./lock-passing.ts"
import type { Node } from "./node.ts"
import { removeForsaken } from "./node-life.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { type Session, resultsInOrder } from "./session.ts"
import { type State, refuseUnknownSession } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>

export function createSession(state: State, { clientName, sessionLeaseMs, nonce }: Of<"createSession">): StoredOutcome {
  const earlier = state.sessions.byNonce(nonce)
  if (earlier !== undefined) {
    if (earlier.clientName === clientName && earlier.sessionLeaseMs === sessionLeaseMs) return createAnswer(earlier)
    return refuse("INVALID_ARGUMENT", "Another session was created with this nonce: draw nonces at random.")
  }
  if (state.sessions.size >= limits.sessionsMax) {
    return refuse("QUOTA_EXCEEDED", `The cell has ${limits.sessionsMax} sessions, the most allowed.`)
  }
  const session = state.sessions.create(clientName, sessionLeaseMs, nonce)
  state.changes.sessions.add(session)
  return createAnswer(session)
}

function createAnswer({ sessionId, sessionLeaseMs }: Session): StoredOutcome {
  return { kind: "createSession", sessionId, sessionLeaseMs }
}

export function endSession(state: State, session: Session, reason: string): void {
  const { sessionId } = session
  const engaged = [...session.engagements.keys()].sort((left, right) => left.instance - right.instance)
  // First of all, so that nothing on the way asks or tells the session anything.
  state.sessions.remove(session)
  for (const node of engaged) leaveNode(state, session, node)
  state.changes.sessions.add(session)
  for (const result of resultsInOrder(session)) state.changes.results.add(result)
  state.changes.endedSessions.push({ sessionId, reason })
}

function leaveNode(state: State, { sessionId }: Session, node: Node): void {
  const opens = node.opens.filter((open) => open.sessionId !== sessionId)
  if (opens.length < node.opens.length) {
    node.opens = opens
    state.changes.nodes.add(node)
    // Before the lock is passed on, so that nobody is granted the lock of a node that goes in the same breath.
    removeForsaken(state, node)
  }
  leaveLock(state, node, (party) => party.sessionId === sessionId, refuseUnknownSession(sessionId))
}
