/**
 * From the contract to the wire: requests as a client sends them, replies as a replica's door sends them. Numbers go as
 * numbers: the encoder takes safe integers as they are, without the detour over text that reading needs.
 */
import type { OperationKind } from "../contract/requests.ts"
import { conversions } from "./conversions.ts"
import { detailOf } from "./refusals.ts"
import type { Call } from "./generated/claviger/v1/Call.ts"
import type { RequestHeader } from "./generated/claviger/v1/RequestHeader.ts"
import type { Result } from "./generated/claviger/v1/Result.ts"
import type { AnswerOf, OperationOf, RequestWritten, ResponseWritten } from "./messages.ts"
import type { SignedAnswer, SignedOperation, SignedReply, SignedRequest } from "./signed-forms.ts"

/** A call for a `Connect` stream. */
export function callToWire(callId: number, request: SignedRequest): Call {
  return { callId, ...headerOf(request), [request.operation.kind]: operationToWire(request.operation) }
}

/** The request of a unary call. */
export function unaryRequestToWire<Kind extends OperationKind>(
  kind: Kind,
  request: SignedRequest & { readonly operation: OperationOf<Kind> },
): RequestWritten<Kind> {
  return { ...conversions[kind].writeRequest(request.operation), header: headerOf(request) }
}

/** A result for a `Connect` stream. */
export function resultToWire(callId: number, reply: SignedReply): Result {
  const { outcome, ...header } = reply
  return outcome.kind === "refused"
    ? { callId, ...header, refusal: detailOf(outcome) }
    : { callId, ...header, [outcome.kind]: answerToWire(outcome) }
}

/** The response of a unary call that was not refused. */
export function unaryResponseToWire<Kind extends OperationKind>(
  kind: Kind,
  answer: AnswerOf<Kind>,
  { epoch, commitIndex, cachable }: Omit<SignedReply, "outcome">,
): ResponseWritten<Kind> {
  return { ...conversions[kind].writeResponse(answer), header: { epoch, commitIndex, cachable } }
}

function headerOf(request: SignedRequest): RequestHeader {
  return {
    sessionId: request.sessionId,
    requestNumber: request.requestNumber,
    answeredThrough: request.answeredThrough,
    stillOpen: [...request.stillOpen],
    epoch: request.epoch,
    forCache: request.forCache,
    underSequencer: request.underSequencer,
  }
}

function operationToWire(operation: SignedOperation): RequestWritten<OperationKind> {
  const { writeRequest } = conversions[operation.kind]
  return (writeRequest as (operation: SignedOperation) => RequestWritten<OperationKind>)(operation)
}

function answerToWire(answer: SignedAnswer): ResponseWritten<OperationKind> {
  const { writeResponse } = conversions[answer.kind]
  return (writeResponse as (answer: SignedAnswer) => ResponseWritten<OperationKind>)(answer)
}
