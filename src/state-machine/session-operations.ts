/** How sessions begin and end (paper, 2.8). With a session go its locks, its waits, and the ephemeral nodes it kept. */
import { anonymous } from "../contract/acl.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { Caller } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import type { Loss } from "./lock-delay.ts"
import { leaveLock } from "./lock-passing.ts"
import type { Node } from "./node.ts"
import { removeForsaken } from "./node-life.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { type Session, type SessionClaim, resultsInOrder } from "./session.ts"
import { type State, refuseUnknownSession, refuseWithoutSession } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>

export function createSession(state: State, caller: Caller, operation: Of<"createSession">): StoredOutcome {
  if (caller.session !== undefined) {
    return refuse("INVALID_ARGUMENT", "A session is created outside any other session.")
  }
  const { clientName, host, processId, caching, sessionLeaseMs, nonce } = operation
  const claim: SessionClaim = {
    clientName,
    principal: caller.principal,
    host,
    processId,
    caching,
    sessionLeaseMs,
    nonce,
  }
  const earlier = state.sessions.byNonce(nonce)
  if (earlier !== undefined) {
    if (isSameClaim(earlier, claim)) return createAnswer(earlier)
    return refuse("INVALID_ARGUMENT", "Another session was created with this nonce: draw nonces at random.")
  }
  const refusal = refuseMoreSessions(state, caller.principal)
  if (refusal !== undefined) return refusal
  const session = state.sessions.create(claim)
  state.changes.sessions.add(session)
  return createAnswer(session)
}

/** Whether it is a retry: somebody else's session is never given away, not even to who guesses its nonce. */
function isSameClaim(left: SessionClaim, right: SessionClaim): boolean {
  return (
    left.clientName === right.clientName &&
    left.principal === right.principal &&
    left.host === right.host &&
    left.processId === right.processId &&
    left.caching === right.caching &&
    left.sessionLeaseMs === right.sessionLeaseMs
  )
}

function refuseMoreSessions({ sessions }: State, principal: string): Refusal | undefined {
  if (sessions.size >= limits.sessionsMax) {
    return refuse("QUOTA_EXCEEDED", `The cell has ${limits.sessionsMax} sessions, the most allowed.`)
  }
  // Anonymous callers may be many: one can't tell them apart, and they share the limit of the cell.
  if (principal === anonymous || sessions.countOf(principal) < limits.sessionsPerPrincipalMax) return undefined
  return refuse("QUOTA_EXCEEDED", `${principal} has ${limits.sessionsPerPrincipalMax} sessions, the most allowed.`)
}

function createAnswer({ sessionId, sessionLeaseMs }: Session): StoredOutcome {
  return { kind: "createSession", sessionId, sessionLeaseMs }
}

/** A session is its creator's: its number is no secret, and must be of no use to anybody else. */
export function refuseOtherPrincipal(session: Session | undefined, principal: string): Refusal | undefined {
  if (session === undefined || session.principal === principal) return undefined
  return refuse("PERMISSION_DENIED", `Session ${session.sessionId} does not belong to ${principal}.`)
}

export function closeSession(state: State, { session }: Caller): StoredOutcome {
  if (session === undefined) return refuseWithoutSession("closeSession")
  endSession(state, session, "it was closed by its client", "closed")
  return { kind: "closeSession" }
}

/** "lost": the client may still be at work, and doesn't know; so lock-delays begin. */
export function endSession(state: State, session: Session, reason: string, how: "closed" | "lost"): void {
  const { sessionId, clientName } = session
  const loss = how === "lost" ? { sessionId, clientName, reason } : undefined
  const engaged = [...session.engagements.keys()].sort((left, right) => left.instance - right.instance)
  // First of all, so that nothing on the way asks or tells the session anything, and what it is told says why.
  state.sessions.remove(session)
  recordEnd(state, session, reason)
  for (const node of engaged) leaveNode(state, session, node, loss)
  state.changes.sessions.add(session)
  for (const result of resultsInOrder(session)) state.changes.results.add(result)
}

function recordEnd(state: State, { sessionId, clientName }: Session, reason: string): void {
  const ended = { sessionId, clientName, reason, index: state.slotAtHand }
  const { added, dropped } = state.endedSessions.add(ended)
  state.changes.endedRecords.add(added)
  if (dropped !== undefined) state.changes.endedRecords.add(dropped)
  state.changes.endedSessions.push(ended)
}

function leaveNode(state: State, { sessionId }: Session, node: Node, loss: Loss | undefined): void {
  const opens = node.opens.filter((open) => open.sessionId !== sessionId)
  if (opens.length < node.opens.length) {
    node.opens = opens
    state.changes.nodes.add(node)
  }
  leaveLock(state, node, (party) => party.sessionId === sessionId, refuseUnknownSession(state, sessionId), loss)
  removeForsaken(state, node)
}
