/**
 * From the wire to the contract: calls as a replica's door reads them, results as a client reads them. Nothing of the
 * wire (text for numbers, names of enums, nulls, views into frames) gets past this file, and nothing malformed either.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { OperationKind } from "../contract/requests.ts"
import { refusalFromDetail } from "./error-details.ts"
import type { Call__Output } from "./generated/claviger/v1/Call.ts"
import type { RequestHeader__Output } from "./generated/claviger/v1/RequestHeader.ts"
import type { ResponseHeader__Output } from "./generated/claviger/v1/ResponseHeader.ts"
import type { Result__Output } from "./generated/claviger/v1/Result.ts"
import type { AnswerOf, OperationOf, RequestRead, ResponseRead } from "./messages.ts"
import type { SignedAnswer, SignedOperation, SignedReply, SignedRequest } from "./signed-forms.ts"
import {
  MalformedMessageError,
  createRuleToContract,
  entryToContract,
  handleModeToContract,
  lockModeToContract,
  nodeKindToContract,
  nodeRefToContract,
  ownBytes,
  partyToContract,
  statToContract,
  wholeNumber,
} from "./terms.ts"

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
    return replyUnlessMalformed(() => replyOf(result, refusalFromDetail(present(result.refusal))))
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

const noRequestHeader: RequestHeader__Output = { sessionId: "0", requestNumber: "0", answeredThrough: "0", epoch: "0" }
const noResponseHeader: ResponseHeader__Output = { epoch: "0", commitIndex: "0" }

function requestOf(header: RequestHeader__Output, operation: SignedOperation): SignedRequest {
  return {
    sessionId: wholeNumber(header.sessionId),
    requestNumber: wholeNumber(header.requestNumber),
    answeredThrough: wholeNumber(header.answeredThrough),
    epoch: wholeNumber(header.epoch),
    operation,
  }
}

function replyOf(header: ResponseHeader__Output, outcome: SignedAnswer | Refusal): SignedReply {
  return { outcome, epoch: wholeNumber(header.epoch), commitIndex: wholeNumber(header.commitIndex) }
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
  return { outcome: { ...refuse("INTERNAL", detail), unknownOutcome: true }, epoch: 0, commitIndex: 0 }
}

function present<Message>(message: Message | null | undefined): Message {
  if (message === null || message === undefined) throw new MalformedMessageError("the message is empty")
  return message
}

function readOperation<Kind extends OperationKind>(
  kind: Kind,
  message: RequestRead<Kind> | null | undefined,
): SignedOperation {
  return operations[kind](present(message))
}

function readAnswer<Kind extends OperationKind>(
  kind: Kind,
  message: ResponseRead<Kind> | null | undefined,
): SignedAnswer {
  return answers[kind](present(message))
}

const operations: { readonly [Kind in OperationKind]: (message: RequestRead<Kind>) => OperationOf<Kind> } = {
  createSession: (message) => ({
    kind: "createSession",
    clientName: message.clientName,
    sessionLeaseMs: message.sessionLeaseMs === 0 ? limits.sessionLeaseMsDefault : message.sessionLeaseMs,
    nonce: message.nonce,
  }),
  keepAlive: () => ({ kind: "keepAlive" }),
  closeSession: () => ({ kind: "closeSession" }),
  open: (message) => ({
    kind: "open",
    path: message.path,
    mode: handleModeToContract(message.mode),
    create: createRuleToContract(message.create),
    nodeKind: nodeKindToContract(message.nodeKind),
    ephemeral: message.ephemeral,
    contents: ownBytes(message.contents),
  }),
  close: (message) => ({ kind: "close", handle: message.handle }),
  getContentsAndStat: (message) => ({ kind: "getContentsAndStat", node: nodeRefToContract(message) }),
  getStat: (message) => ({ kind: "getStat", node: nodeRefToContract(message) }),
  readDir: (message) => ({
    kind: "readDir",
    node: nodeRefToContract(message),
    afterName: message.afterName,
    pageSize: message.pageSize === 0 ? limits.readDirPageMax : Math.min(message.pageSize, limits.readDirPageMax),
  }),
  setContents: (message) => ({
    kind: "setContents",
    node: nodeRefToContract(message),
    contents: ownBytes(message.contents),
    ifContentGeneration: optionalNumber(message.ifContentGeneration),
  }),
  delete: (message) => ({
    kind: "delete",
    node: nodeRefToContract(message),
    ifContentGeneration: optionalNumber(message.ifContentGeneration),
  }),
  acquire: (message) => ({
    kind: "acquire",
    node: nodeRefToContract(message),
    mode: lockModeToContract(message.mode),
  }),
  tryAcquire: (message) => ({
    kind: "tryAcquire",
    node: nodeRefToContract(message),
    mode: lockModeToContract(message.mode),
  }),
  cancelAcquire: (message) => ({ kind: "cancelAcquire", requestNumber: wholeNumber(message.requestNumber) }),
  release: (message) => ({ kind: "release", node: nodeRefToContract(message) }),
  getLock: (message) => ({ kind: "getLock", node: nodeRefToContract(message) }),
  getSequencer: (message) => ({ kind: "getSequencer", node: nodeRefToContract(message) }),
  checkSequencer: (message) => ({ kind: "checkSequencer", sequencer: message.sequencer }),
}

function optionalNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(text)
}

const answers: { readonly [Kind in OperationKind]: (message: ResponseRead<Kind>) => AnswerOf<Kind> } = {
  createSession: (message) => ({
    kind: "createSession",
    sessionId: wholeNumber(message.sessionId),
    sessionLeaseMs: message.sessionLeaseMs,
  }),
  keepAlive: (message) => ({
    kind: "keepAlive",
    sessionLeaseMs: message.sessionLeaseMs,
    parkedMs: message.parkedMs,
  }),
  closeSession: () => ({ kind: "closeSession" }),
  open: (message) => ({
    kind: "open",
    handle: message.handle,
    created: message.created,
    stat: statToContract(message.stat),
  }),
  close: () => ({ kind: "close" }),
  getContentsAndStat: (message) => ({
    kind: "getContentsAndStat",
    contents: ownBytes(message.contents),
    stat: statToContract(message.stat),
  }),
  getStat: (message) => ({ kind: "getStat", stat: statToContract(message.stat) }),
  readDir: (message) => {
    const stat = statToContract(message.stat)
    const entries = message.entries.map((entry) => entryToContract(stat.path, entry))
    return { kind: "readDir", entries, more: message.more, stat }
  },
  setContents: (message) => ({ kind: "setContents", stat: statToContract(message.stat) }),
  delete: () => ({ kind: "delete" }),
  acquire: (message) => ({
    kind: "acquire",
    handle: message.handle,
    lockGeneration: wholeNumber(message.lockGeneration),
    stat: statToContract(message.stat),
  }),
  tryAcquire: (message) =>
    message.acquired
      ? {
          kind: "tryAcquire",
          acquired: true,
          handle: message.handle,
          lockGeneration: wholeNumber(message.lockGeneration),
          stat: statToContract(message.stat),
        }
      : { kind: "tryAcquire", acquired: false, holders: message.holders.map(partyToContract) },
  cancelAcquire: (message) => ({ kind: "cancelAcquire", cancelled: message.cancelled }),
  release: (message) => ({ kind: "release", released: message.released }),
  getLock: (message) => ({
    kind: "getLock",
    lockGeneration: wholeNumber(message.lockGeneration),
    holders: message.holders.map(partyToContract),
    waiters: message.waiters.map(partyToContract),
  }),
  getSequencer: (message) => ({ kind: "getSequencer", sequencer: message.sequencer }),
  checkSequencer: (message) => ({ kind: "checkSequencer", valid: message.valid, reason: message.reason }),
}
