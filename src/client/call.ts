/**
 * One call, from issue to settlement, as a promise. The link below retries it; this file decides what its caller is
 * told: the answer, the refusal as an error, or, when the caller's signal fires first, the reason for that.
 */
import type { Epoch } from "../base/brand.ts"
import { deferred } from "../base/deferred.ts"
import type { DurationMs } from "../base/instant.ts"
import type { ErrorCode } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { OperationKind } from "../contract/requests.ts"
import type { AnswerOf, OperationOf } from "../wire/messages.ts"
import { CellError, fromRefusal } from "./errors.ts"
import type { Link, Patience } from "./link.ts"
import type { SignedOperation, SignedOutcome, SignedReply, SignedRequest } from "../wire/signed-forms.ts"

/** On whose behalf a call is sent. */
export interface Caller {
  /** The request for this operation as it has to be sent now, in one piece: called at every sending. */
  request(operation: SignedOperation, epoch: Epoch): SignedRequest
  /** Hears the reply before the caller's promise is settled: nothing that came after it has been taken in yet. */
  onReply(reply: SignedReply): void
  /** The call will never be sent again: it was answered, or given up. Called once. */
  done(): void
  readonly patienceMs: Patience
  /** Whether the master may hold the answer back on purpose, so that its silence tells nothing. */
  readonly mayBeParked: boolean
  /** Whether it may go ahead of earlier calls that the cell has put off. */
  readonly mayOvertake: boolean
}

/** How long a replica that is alive may take: longer than any write waits for the cache of a client that is gone. */
export const ordinaryPatienceMs: DurationMs = 2 * limits.cacheLeaseMs

/** Outside any session. Fit for reads, and for what names itself by a nonce: nothing else may be sent twice. */
export function outsideSessions(underSequencer = ""): Caller {
  return {
    request: (operation, epoch) => ({
      ...{ sessionId: 0, requestNumber: 0, answeredThrough: 0, stillOpen: [], forCache: false },
      ...{ epoch, underSequencer, operation },
    }),
    onReply: () => undefined,
    done: () => undefined,
    patienceMs: ordinaryPatienceMs,
    mayBeParked: false,
    mayOvertake: false,
  }
}

export interface PlacedCall<Kind extends OperationKind> {
  readonly answer: Promise<AnswerOf<Kind>>
  /** Whether the cell may have heard of it. */
  wasSent(): boolean
  /** Takes the call back, unless it is settled; the promise then rejects with `reason`. */
  giveUp(reason: unknown): void
}

export function placeCall<Kind extends OperationKind>(
  link: Link,
  operation: OperationOf<Kind>,
  caller: Caller,
): PlacedCall<Kind> {
  const { promise, resolve, reject } = deferred<AnswerOf<Kind>>()
  let isSettled = false
  const settleOnce = (): boolean => {
    if (isSettled) return false
    isSettled = true
    caller.done()
    return true
  }
  const outstanding = link.submit({
    patienceMs: caller.patienceMs,
    mayBeParked: caller.mayBeParked,
    mayOvertake: caller.mayOvertake,
    request: (epoch) => caller.request(operation, epoch),
    settle: (told) => {
      if (isSettled) return
      const reply = outstanding.sendingCount > 1 ? honest(told) : told
      caller.onReply(reply)
      if (!settleOnce()) return
      const { outcome } = reply
      if (outcome.kind === "refused") reject(fromRefusal(outcome, reply.commitIndex))
      else if (answers(operation, outcome)) resolve(outcome)
      else reject(new CellError("INTERNAL", `asked for ${operation.kind} and was answered ${outcome.kind}`))
    },
  })
  return {
    answer: promise,
    wasSent: () => outstanding.sendingCount > 0,
    giveUp: (reason) => {
      if (!settleOnce()) return
      link.withdraw(outstanding)
      reject(reason)
    },
  }
}

/** The answer, unless `signal` fires first: then the call is given up. */
export function answerOrAbort<Kind extends OperationKind>(
  link: Link,
  placed: PlacedCall<Kind>,
  options: { readonly signal: AbortSignal | undefined; readonly isMutation: boolean },
): Promise<AnswerOf<Kind>> {
  const { signal, isMutation } = options
  return signal === undefined ? placed.answer : answerUnlessAborted(link, placed, signal, isMutation)
}

async function answerUnlessAborted<Kind extends OperationKind>(
  link: Link,
  placed: PlacedCall<Kind>,
  signal: AbortSignal,
  isMutation: boolean,
): Promise<AnswerOf<Kind>> {
  const onAbort = (): void => {
    placed.giveUp(abortReason(link, signal, isMutation && placed.wasSent()))
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener("abort", onAbort, { once: true })
  try {
    return await placed.answer
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}

/**
 * What a caller is told whose signal has fired: the signal's own reason. But a deadline that passed while the cell
 * could not serve is told as what the cell said, because "no quorum" helps and "timed out" does not.
 */
export function abortReason(link: Link, signal: AbortSignal, outcomeUnknown: boolean): unknown {
  const reason: unknown = signal.reason
  if (reason instanceof CellError && reason.code === "CANCELLED") {
    return new CellError(reason.code, reason.detail, { cause: reason, outcomeUnknown })
  }
  const trouble = link.diagnose()
  const isDeadline = reason instanceof DOMException && reason.name === "TimeoutError"
  if (!isDeadline || trouble === undefined) return reason
  return new CellError(trouble.code, trouble.detail, { cause: reason, outcomeUnknown })
}

/**
 * Of a call that was sent more than once: what is said without a look at what the session has done already is said of the
 * last sending only, and an earlier one may have taken effect. The session may have ended in between, or the lock have
 * been released and the key that has signed its sequencer been given up.
 */
function honest(reply: SignedReply): SignedReply {
  const { outcome } = reply
  if (outcome.kind !== "refused" || !blind.has(outcome.code)) return reply
  return { ...reply, outcome: { ...outcome, unknownOutcome: true } }
}

const blind: ReadonlySet<ErrorCode> = new Set(["SESSION_EXPIRED", "REQUEST_FORGOTTEN", "SEQUENCER_MALFORMED"])

function answers<Kind extends OperationKind>(
  operation: OperationOf<Kind>,
  outcome: SignedOutcome,
): outcome is AnswerOf<Kind> {
  return outcome.kind === operation.kind
}
