/**
 * From the contract to the wire: requests as a client sends them, replies as a replica's door sends them. Numbers go as
 * numbers: the encoder takes safe integers as they are, without the detour over text that reading needs.
 */
import type { OperationKind } from "../contract/requests.ts"
import { detailOf } from "./error-details.ts"
import type { Call } from "./generated/claviger/v1/Call.ts"
import type { Result } from "./generated/claviger/v1/Result.ts"
import type { AnswerOf, OperationOf, RequestWritten, ResponseWritten } from "./messages.ts"
import type { SignedAnswer, SignedOperation, SignedReply, SignedRequest } from "./signed-forms.ts"
import {
  createRuleToWire,
  entryToWire,
  handleModeToWire,
  lockModeToWire,
  nodeKindToWire,
  nodeRefToWire,
  partyToWire,
  statToWire,
} from "./terms.ts"

/** A call for a `Connect` stream. */
export function callToWire(callId: number, request: SignedRequest): Call {
  return {
    callId,
    sessionId: request.sessionId,
    requestNumber: request.requestNumber,
    answeredThrough: request.answeredThrough,
    epoch: request.epoch,
    [request.operation.kind]: operationToWire(request.operation),
  }
}

/** The request of a unary call. */
export function unaryRequestToWire<Kind extends OperationKind>(
  kind: Kind,
  request: SignedRequest & { readonly operation: OperationOf<Kind> },
): RequestWritten<Kind> {
  const { operation, ...header } = request
  return { ...operations[kind](operation), header }
}

/** A result for a `Connect` stream. */
export function resultToWire(callId: number, reply: SignedReply): Result {
  const { outcome, epoch, commitIndex } = reply
  return outcome.kind === "refused"
    ? { callId, epoch, commitIndex, refusal: detailOf(outcome) }
    : { callId, epoch, commitIndex, [outcome.kind]: answerToWire(outcome) }
}

/** The response of a unary call that was not refused. */
export function unaryResponseToWire<Kind extends OperationKind>(
  kind: Kind,
  answer: AnswerOf<Kind>,
  header: { readonly epoch: number; readonly commitIndex: number },
): ResponseWritten<Kind> {
  return { ...answers[kind](answer), header }
}

function operationToWire(operation: SignedOperation): RequestWritten<OperationKind> {
  const write = operations[operation.kind] as (operation: SignedOperation) => RequestWritten<OperationKind>
  return write(operation)
}

function answerToWire(answer: SignedAnswer): ResponseWritten<OperationKind> {
  const write = answers[answer.kind] as (answer: SignedAnswer) => ResponseWritten<OperationKind>
  return write(answer)
}

const empty: Record<string, never> = Object.freeze({})

const operations: { readonly [Kind in OperationKind]: (operation: OperationOf<Kind>) => RequestWritten<Kind> } = {
  createSession: ({ clientName, sessionLeaseMs, nonce }) => ({ clientName, sessionLeaseMs, nonce }),
  keepAlive: () => empty,
  closeSession: () => empty,
  open: (operation) => ({
    path: operation.path,
    mode: handleModeToWire(operation.mode),
    create: createRuleToWire(operation.create),
    nodeKind: nodeKindToWire(operation.nodeKind),
    ephemeral: operation.ephemeral,
    contents: operation.contents,
  }),
  close: ({ handle }) => ({ handle }),
  getContentsAndStat: ({ node }) => nodeRefToWire(node),
  getStat: ({ node }) => nodeRefToWire(node),
  readDir: ({ node, afterName, pageSize }) => ({ ...nodeRefToWire(node), afterName, pageSize }),
  setContents: ({ node, contents, ifContentGeneration }) => ({
    ...nodeRefToWire(node),
    contents,
    ...condition(ifContentGeneration),
  }),
  delete: ({ node, ifContentGeneration }) => ({ ...nodeRefToWire(node), ...condition(ifContentGeneration) }),
  acquire: ({ node, mode }) => ({ ...nodeRefToWire(node), mode: lockModeToWire(mode) }),
  tryAcquire: ({ node, mode }) => ({ ...nodeRefToWire(node), mode: lockModeToWire(mode) }),
  cancelAcquire: ({ requestNumber }) => ({ requestNumber }),
  release: ({ node }) => nodeRefToWire(node),
  getLock: ({ node }) => nodeRefToWire(node),
  getSequencer: ({ node }) => nodeRefToWire(node),
  checkSequencer: ({ sequencer }) => ({ sequencer }),
}

function condition(ifContentGeneration: number | undefined): { readonly ifContentGeneration?: number } {
  return ifContentGeneration === undefined ? empty : { ifContentGeneration }
}

const answers: { readonly [Kind in OperationKind]: (answer: AnswerOf<Kind>) => ResponseWritten<Kind> } = {
  createSession: ({ sessionId, sessionLeaseMs }) => ({ sessionId, sessionLeaseMs }),
  keepAlive: ({ sessionLeaseMs, parkedMs }) => ({ sessionLeaseMs, parkedMs }),
  closeSession: () => empty,
  open: ({ handle, created, stat }) => ({ handle, created, stat: statToWire(stat) }),
  close: () => empty,
  getContentsAndStat: ({ contents, stat }) => ({ contents, stat: statToWire(stat) }),
  getStat: ({ stat }) => ({ stat: statToWire(stat) }),
  readDir: ({ entries, more, stat }) => ({ entries: entries.map(entryToWire), more, stat: statToWire(stat) }),
  setContents: ({ stat }) => ({ stat: statToWire(stat) }),
  delete: () => empty,
  acquire: ({ handle, lockGeneration, stat }) => ({ handle, lockGeneration, stat: statToWire(stat) }),
  tryAcquire: (answer) =>
    answer.acquired
      ? {
          acquired: true,
          handle: answer.handle,
          lockGeneration: answer.lockGeneration,
          stat: statToWire(answer.stat),
        }
      : { acquired: false, holders: answer.holders.map(partyToWire) },
  cancelAcquire: ({ cancelled }) => ({ cancelled }),
  release: ({ released }) => ({ released }),
  getLock: ({ lockGeneration, holders, waiters }) => ({
    lockGeneration,
    holders: holders.map(partyToWire),
    waiters: waiters.map(partyToWire),
  }),
  getSequencer: ({ sequencer }) => ({ sequencer }),
  checkSequencer: ({ valid, reason }) => ({ valid, reason }),
}
