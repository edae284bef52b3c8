/**
 * From the wire to the contract: calls as a replica's door reads them, results as a client reads them. Nothing of the
 * wire (text for numbers, names of enums, nulls, views into frames) gets past here, and nothing malformed either.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import type { OperationKind } from "../contract/requests.ts"
import { conversions } from "./conversions.ts"
import { refusalFromDetail } from "./refusals.ts"
import type { Call__Output } from "./generated/claviger/v1/Call.ts"
import type { RequestHeader__Output } from "./generated/claviger/v1/RequestHeader.ts"
import type { ResponseHeader__Output } from "./generated/claviger/v1/ResponseHeader.ts"
import type { Result__Output } from "./generated/claviger/v1/Result.ts"
import type { RequestRead, ResponseRead } from "./messages.ts"
import type { SignedAnswer, SignedOperation, SignedReply, SignedRequest } from "./signed-forms.ts"
import { MalformedMessageError, given, wholeNumber } from "./terms.ts"

/** One call of a `Connect` stream. */
export function callToContract(call: Call__Output): SignedRequest | Refusal {
  const kind = call.operation
  if (kind === undefined) return refuse("INVALID_ARGUMENT", "the call names no operation that is known here")
  return refusingMalformed(() => requestOf(call, readOperation(kind, call[kind])))
}

/** The request of a unary call. */
export function unaryRequestToContract<Kind extends OperationKind>(
  kind: Kind,
  message: RequestRead<Kind>,
): SignedRequest | Refusal {
  return refusingMalformed(() => requestOf(message.header ?? noRequestHeader, readOperation(kind, message)))
}

/** One result of a `Connect` stream. What can't be understood is reported as a refusal of unknown outcome. */
export function resultToContract(result: Result__Output): SignedReply {
  const kind = result.outcome
  if (kind === undefined) return unreadable("the result names no outcome that is known here")
  if (kind === "refusal") {
    return replyUnlessMalformed(() => replyOf(result, refusalFromDetail(given(result.refusal, "the refusal"))))
  }
  return replyUnlessMalformed(() => replyOf(result, readAnswer(kind, result[kind])))
}

/** The response of a unary call. */
export function unaryResponseToContract<Kind extends OperationKind>(
  kind: Kind,
  message: ResponseRead<Kind>,
): SignedReply {
  return replyUnlessMalformed(() => replyOf(message.header ?? noResponseHeader, readAnswer(kind, message)))
}

const noRequestHeader: RequestHeader__Output = {
  sessionId: "0",
  requestNumber: "0",
  answeredThrough: "0",
  epoch: "0",
  stillOpen: [],
  forCache: false,
  underSequencer: "",
}
const noResponseHeader: ResponseHeader__Output = { epoch: "0", commitIndex: "0", cachable: false }

function requestOf(header: RequestHeader__Output, operation: SignedOperation): SignedRequest {
  return {
    sessionId: wholeNumber(header.sessionId),
    requestNumber: wholeNumber(header.requestNumber),
    answeredThrough: wholeNumber(header.answeredThrough),
    stillOpen: header.stillOpen.map(wholeNumber),
    epoch: wholeNumber(header.epoch),
    forCache: header.forCache,
    underSequencer: header.underSequencer,
    operation,
  }
}

function replyOf(
  { epoch, commitIndex, cachable }: ResponseHeader__Output,
  outcome: SignedAnswer | Refusal,
): SignedReply {
  return { outcome, epoch: wholeNumber(epoch), commitIndex: wholeNumber(commitIndex), cachable }
}

function refusingMalformed(read: () => SignedRequest): SignedRequest | Refusal {
  try {
    return read()
  } catch (reason) {
    if (reason instanceof MalformedMessageError) return refuse("INVALID_ARGUMENT", reason.message)
    throw reason
  }
}

function replyUnlessMalformed(read: () => SignedReply): SignedReply {
  try {
    return read()
  } catch (reason) {
    if (reason instanceof MalformedMessageError) return unreadable(`the answer can't be read: ${reason.message}`)
    throw reason
  }
}

function unreadable(detail: string): SignedReply {
  const outcome: Refusal = { ...refuse("INTERNAL", detail), unknownOutcome: true }
  return { outcome, epoch: 0, commitIndex: 0, cachable: false }
}

function readOperation<Kind extends OperationKind>(
  kind: Kind,
  message: RequestRead<Kind> | null | undefined,
): SignedOperation {
  return conversions[kind].readRequest(given(message, "the operation"))
}

function readAnswer<Kind extends OperationKind>(
  kind: Kind,
  message: ResponseRead<Kind> | null | undefined,
): SignedAnswer {
  return conversions[kind].readResponse(given(message, "the answer"))
}
