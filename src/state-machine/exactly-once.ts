/**
 * Carries a call out once, however often it comes (RIFL: Lee et al., SOSP 2015). Within a session a call has a number;
 * the outcome is remembered under it until the client says that it has the answer, and what is older than that is
 * refused rather than done again. Outside a session nothing is remembered.
 */
import { fingerprint } from "../base/checksum.ts"
import { lookAtEncoded } from "../base/codec.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { checkStillOpen } from "../contract/validate.ts"
import type { CallResult, Caller } from "./caller.ts"
import { callContents } from "./command-codec.ts"
import type { Command } from "./commands.ts"
import { cancelled, endWaits } from "./lock-passing.ts"
import { refuseStale } from "./lock-reads.ts"
import type { Node } from "./node.ts"
import { carryOut } from "./operations.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { type Result, type Session, isOpen, remember, resultsInOrder } from "./session.ts"
import { forgetResult, refuseMoreRemembered } from "./session.ts"
import { refuseOtherPrincipal } from "./session-operations.ts"
import { type State, refuseUnfounded, refuseUnknownSession } from "./state.ts"

type Call = Extract<Command, { kind: "call" }>

/** Undefined: an Acquire that waits, for the first time or again. */
export function applyCall(state: State, call: Call): StoredOutcome | undefined {
  const unfounded = refuseUnfounded(state)
  if (unfounded !== undefined) return unfounded
  if (call.sessionId === 0) {
    const outcome = carryOutUnder(state, { session: undefined, requestNumber: 0, principal: call.principal }, call)
    return outcome.kind === "waits" ? undefined : outcome
  }
  const session = state.sessions.get(call.sessionId)
  if (session === undefined) return refuseUnknownSession(state, call.sessionId)
  // The log leaves the principal out; a call that names one must name the right one.
  const refusal = call.principal === "" ? undefined : refuseOtherPrincipal(session, call.principal)
  return refusal ?? applyOnce(state, session, call)
}

function applyOnce(state: State, session: Session, call: Call): StoredOutcome | undefined {
  const { requestNumber, underSequencer, operation } = call
  const refusal = refuseNumber(session, call)
  if (refusal !== undefined) return refusal
  forgetAnswered(state, session, call)
  const operationFingerprint = lookAtEncoded(callContents, asAsked(call), fingerprint)
  const earlier = session.results.get(requestNumber)
  if (earlier !== undefined) {
    if ((earlier.operationFingerprint ?? operationFingerprint) === operationFingerprint) return earlier.outcome
    return refuse("INVALID_ARGUMENT", `Request ${requestNumber} came before, as another call.`)
  }
  // To close the session is the one call that leaves nothing to remember, unless it can be refused.
  const isRemembered = operation.kind !== "closeSession" || underSequencer !== undefined
  const tooMany = isRemembered ? refuseMoreRemembered(session, operation.kind) : undefined
  if (tooMany !== undefined) return tooMany
  const done = carryOutUnder(state, { session, requestNumber, principal: session.principal }, call)
  if (!state.sessions.has(session)) return done.kind === "waits" ? undefined : done
  const result =
    done.kind === "waits"
      ? remember(session, requestNumber, operationFingerprint, undefined, done.node)
      : remember(session, requestNumber, operationFingerprint, done, undefined)
  state.changes.results.add(result)
  return result.outcome
}

/** Without what the door has drawn for it: a retry is the same call, and comes with other seeds. */
function asAsked({ underSequencer, operation }: Call): Pick<Call, "underSequencer" | "operation"> {
  if (operation.kind !== "rotateSigningKeys") return { underSequencer, operation }
  return { underSequencer, operation: { ...operation, seeds: [] } }
}

function carryOutUnder(state: State, caller: Caller, { underSequencer, operation }: Call): CallResult {
  return refuseStale(state, underSequencer) ?? carryOut(state, caller, operation)
}

function refuseNumber(session: Session, call: Call): Refusal | undefined {
  const { requestNumber, answeredThrough, stillOpen } = call
  const misnumbered = checkStillOpen(call)
  if (misnumbered !== undefined) return misnumbered
  if (requestNumber < 1 || (answeredThrough >= requestNumber && !stillOpen.includes(requestNumber))) {
    return refuse("INVALID_ARGUMENT", `Request ${requestNumber} can't come after the answer to ${answeredThrough}.`)
  }
  if (isOpen(session, requestNumber)) return undefined
  return refuse("REQUEST_FORGOTTEN", `Request ${requestNumber} was answered, and its answer acknowledged.`)
}

/**
 * What a client has left open never grows but by new numbers, so of what two calls list as open the common part is
 * right, in whichever order they come: a call that was overtaken brings nothing back. Say, "through 10 but for 3 and 7"
 * has come: now "through 8 but for 3, 5 and 7" changes nothing, and "through 12 but for 7 and 11" forgets 3 and 12.
 */
function forgetAnswered(state: State, session: Session, { answeredThrough, stillOpen }: Call): void {
  const listed = new Set(stillOpen)
  const through = Math.max(session.answeredThrough, answeredThrough)
  const remaining = session.stillOpen.filter((number) => number > answeredThrough || listed.has(number))
  const added = stillOpen.filter((number) => number > session.answeredThrough)
  if (through === session.answeredThrough && remaining.length === session.stillOpen.length) return
  const closing = resultsWithin(session, through)
  session.answeredThrough = through
  session.stillOpen = [...remaining, ...added]
  state.changes.sessions.add(session)
  const staying = new Set(session.stillOpen)
  forget(
    state,
    session,
    closing.filter(({ requestNumber }) => !staying.has(requestNumber)),
  )
}

function forget(state: State, session: Session, results: readonly Result[]): void {
  const forgotten = new Set<number>()
  const awaited = new Set<Node>()
  for (const result of results) {
    forgotten.add(result.requestNumber)
    if (result.awaited !== undefined) awaited.add(result.awaited)
    forgetResult(session, result)
    state.changes.forgotten.push(result)
  }
  // Nobody listens to these waits any more: to grant one would lock its node for good.
  for (const node of awaited) endWaits(state, session, node, (waiting) => forgotten.has(waiting), cancelled)
}

/** Up to this number, in order. Looks at no more numbers than there are results: most of the time, at one. */
function resultsWithin(session: Session, through: number): readonly Result[] {
  const { answeredThrough, stillOpen, results } = session
  const span = through - answeredThrough
  if (span >= results.size) return resultsInOrder(session).filter(({ requestNumber }) => requestNumber <= through)
  const fresh = Array.from({ length: span }, (_, count) => answeredThrough + 1 + count)
  return [...stillOpen, ...fresh].flatMap((requestNumber) => results.get(requestNumber) ?? [])
}
