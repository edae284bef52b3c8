/**
 * Carries a call out once, however often it comes (RIFL: Lee et al., SOSP 2015). Within a session a call has a number;
 * the outcome is remembered under it until the client says that it has the answer, and what is older than that is
 * refused rather than done again. Outside a session nothing is remembered.
 */
import { fingerprint } from "../base/checksum.ts"
import { encode } from "../base/codec.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import { operationCodec } from "./command-codec.ts"
import type { Command } from "./commands.ts"
import { takeBack } from "./lock-operations.ts"
import { refuseUnfounded } from "./node-operations.ts"
import { carryOut } from "./operations.ts"
import type { Node } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { type Result, type Session, remember, resultsInOrder } from "./session.ts"
import { type State, refuseUnknownSession } from "./state.ts"

type Call = Extract<Command, { kind: "call" }>

/** Undefined: an Acquire that waits, for the first time or again. */
export function applyCall(state: State, call: Call): StoredOutcome | undefined {
  if (state.secrets === undefined) return refuseUnfounded
  if (call.sessionId === 0) {
    const outcome = carryOut(state, { session: undefined, requestNumber: 0 }, call.operation)
    return outcome.kind === "waits" ? undefined : outcome
  }
  const session = state.sessions.get(call.sessionId)
  if (session === undefined) return refuseUnknownSession(call.sessionId)
  return applyOnce(state, session, call)
}

function applyOnce(state: State, session: Session, call: Call): StoredOutcome | undefined {
  const { requestNumber, answeredThrough, operation } = call
  const refusal = refuseNumber(session, requestNumber, answeredThrough)
  if (refusal !== undefined) return refusal
  forgetThrough(state, session, answeredThrough)
  const operationFingerprint = fingerprint(encode(operationCodec, operation))
  const earlier = session.results.get(requestNumber)
  if (earlier !== undefined) {
    if ((earlier.operationFingerprint ?? operationFingerprint) === operationFingerprint) return earlier.outcome
    return refuse("INVALID_ARGUMENT", `Request ${requestNumber} came before, as another call.`)
  }
  if (session.results.size >= limits.outstandingRequestsMax) {
    return refuse(
      "QUOTA_EXCEEDED",
      `${limits.outstandingRequestsMax} calls of the session await their acknowledgement.`,
    )
  }
  const done = carryOut(state, { session, requestNumber }, operation)
  if (!state.sessions.has(session)) return done.kind === "waits" ? undefined : done
  const result =
    done.kind === "waits"
      ? remember(session, requestNumber, operationFingerprint, undefined, done.node)
      : remember(session, requestNumber, operationFingerprint, done, undefined)
  state.changes.results.add(result)
  return result.outcome
}

function refuseNumber(session: Session, requestNumber: number, answeredThrough: number): Refusal | undefined {
  if (requestNumber < 1 || answeredThrough >= requestNumber) {
    return refuse("INVALID_ARGUMENT", `Request ${requestNumber} can't come after the answer to ${answeredThrough}.`)
  }
  if (requestNumber > session.answeredThrough) return undefined
  return refuse("REQUEST_FORGOTTEN", `Request ${requestNumber} was answered, and its answer acknowledged.`)
}

function forgetThrough(state: State, session: Session, answeredThrough: number): void {
  if (answeredThrough <= session.answeredThrough) return
  const gone = resultsBetween(session, session.answeredThrough, answeredThrough)
  session.answeredThrough = answeredThrough
  state.changes.sessions.add(session)
  const awaited = new Set<Node>()
  for (const result of gone) {
    if (result.awaited !== undefined) awaited.add(result.awaited)
    session.results.delete(result.requestNumber)
    state.changes.results.add(result)
  }
  // Nobody listens to these waits any more: to grant one would lock its node for good.
  for (const node of awaited) takeBack(state, session, node, (waiting) => waiting <= answeredThrough)
}

/** In order of their numbers. Looks at no more numbers than there are results: most of the time, at one. */
function resultsBetween(session: Session, after: number, through: number): readonly Result[] {
  const span = through - after
  if (span >= session.results.size)
    return resultsInOrder(session).filter(({ requestNumber }) => requestNumber <= through)
  return Array.from({ length: span }, (_, count) => after + 1 + count).flatMap(
    (requestNumber) => session.results.get(requestNumber) ?? [],
  )
}
