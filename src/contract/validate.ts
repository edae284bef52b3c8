/**
 * Everything about a request that can be checked without knowing the state of the cell. Doors ask before they pass a
 * request on; the state machine asks again for what it finds in the log (without the question that only doors may ask,
 * see node-path.ts), so that no logged command can surprise it.
 */
import { utf8Length } from "../base/bytes.ts"
import { type Refusal, refuse } from "./errors.ts"
import { looksLikeHandle } from "./handle.ts"
import { limits } from "./limits.ts"
import { type NodePath, parsePath, quoted, splitPath } from "./node-path.ts"
import type { NodeRef, Operation, Request } from "./requests.ts"
import { unreachable } from "../base/assert.ts"

export function validateRequest(request: Request, cellName: string): Refusal | undefined {
  return (
    checkCounter("session id", request.sessionId) ??
    checkCounter("request number", request.requestNumber) ??
    checkCounter("answered-through number", request.answeredThrough) ??
    checkCounter("epoch", request.epoch) ??
    checkNumbering(request) ??
    checkOperation(request.operation, cellName, parsePath)
  )
}

/** What validates the operation of a logged command. */
export function validateOperation(operation: Operation, cellName: string): Refusal | undefined {
  return checkOperation(operation, cellName, splitPath)
}

/** Whether the operation means nothing outside a session, because what it makes or asks about belongs to one. */
function needsSession(operation: Operation): boolean {
  switch (operation.kind) {
    case "keepAlive":
    case "closeSession":
    case "acquire":
    case "tryAcquire":
    case "cancelAcquire":
    case "release":
    case "getSequencer":
      return true
    case "open":
      return operation.ephemeral
    default:
      return false
  }
}

/** Whether the request's number matters: because its result is remembered under it, or a handle is named after it. */
function needsNumber(operation: Operation): boolean {
  switch (operation.kind) {
    case "closeSession":
    case "open":
    case "close":
    case "setContents":
    case "delete":
    case "acquire":
    case "tryAcquire":
    case "cancelAcquire":
    case "release":
      return true
    default:
      return false
  }
}

function checkNumbering(request: Request): Refusal | undefined {
  const { sessionId, requestNumber, answeredThrough, operation } = request
  if (sessionId === 0) {
    if (needsSession(operation)) return refuse("SESSION_EXPIRED", `A call of ${operation.kind} needs a session.`)
    if (requestNumber === 0 && answeredThrough === 0) return undefined
    return refuse("INVALID_ARGUMENT", "Requests are numbered within a session only.")
  }
  if (operation.kind === "createSession") {
    return refuse("INVALID_ARGUMENT", "A session is created outside any other session.")
  }
  if (requestNumber === 0) {
    if (!needsNumber(operation)) return undefined
    return refuse("INVALID_ARGUMENT", `A call of ${operation.kind} in a session needs a request number.`)
  }
  if (answeredThrough < requestNumber) return undefined
  return refuse("INVALID_ARGUMENT", `Request ${requestNumber} says of itself that it has been answered.`)
}

type PathReader = (path: string, cellName: string) => NodePath | Refusal

function checkOperation(operation: Operation, cellName: string, readPath: PathReader): Refusal | undefined {
  const checkPath = (path: string): Refusal | undefined => {
    const found = readPath(path, cellName)
    return found.kind === "refused" ? found : undefined
  }
  const checkNode = (node: NodeRef): Refusal | undefined =>
    node.kind === "path" ? checkPath(node.path) : checkHandle(node.handle)
  switch (operation.kind) {
    case "createSession":
      return checkNewSession(operation)
    case "open":
      return checkPath(operation.path) ?? checkOpen(operation)
    case "close":
      // Close never fails: what is no handle has nothing to close.
      return undefined
    case "setContents":
      return (
        checkNode(operation.node) ??
        checkContents(operation.contents) ??
        checkCounter("content generation", operation.ifContentGeneration ?? 0)
      )
    case "delete":
      return checkNode(operation.node) ?? checkCounter("content generation", operation.ifContentGeneration ?? 0)
    case "readDir":
      return checkNode(operation.node) ?? checkPage(operation.pageSize)
    case "getContentsAndStat":
    case "getStat":
    case "acquire":
    case "tryAcquire":
    case "release":
    case "getLock":
    case "getSequencer":
      return checkNode(operation.node)
    case "cancelAcquire":
      return checkCounter("request number", operation.requestNumber)
    case "checkSequencer":
      return (
        checkCounter("instance number", operation.claims.instance) ??
        checkCounter("lock generation", operation.claims.lockGeneration)
      )
    case "keepAlive":
    case "closeSession":
      return undefined
    default:
      return unreachable(operation)
  }
}

function checkNewSession(operation: Extract<Operation, { kind: "createSession" }>): Refusal | undefined {
  const { clientName, sessionLeaseMs, nonce } = operation
  const nameLength = utf8Length(clientName)
  if (nameLength === 0 || nameLength > limits.clientNameBytesMax) {
    return refuse(
      "INVALID_ARGUMENT",
      `A client's name takes 1 to ${limits.clientNameBytesMax} bytes, not ${nameLength}.`,
    )
  }
  const nonceLength = utf8Length(nonce)
  if (nonceLength === 0 || nonceLength > limits.nonceBytesMax) {
    return refuse("INVALID_ARGUMENT", `A nonce takes 1 to ${limits.nonceBytesMax} bytes, not ${nonceLength}.`)
  }
  if (unprintable.test(clientName) || unprintable.test(nonce)) {
    return refuse("INVALID_ARGUMENT", "A client's name and nonce hold no control characters.")
  }
  const { sessionLeaseMsMin: shortest, sessionLeaseMsMax: longest } = limits
  if (Number.isSafeInteger(sessionLeaseMs) && sessionLeaseMs >= shortest && sessionLeaseMs <= longest) return undefined
  return refuse("INVALID_ARGUMENT", `A session lease lasts ${shortest} to ${longest} ms, not ${sessionLeaseMs}.`)
}

const unprintable = /[\p{Cc}\p{Cs}]/u

function checkOpen(operation: Extract<Operation, { kind: "open" }>): Refusal | undefined {
  if (operation.nodeKind === "directory" && operation.contents.length > 0) {
    return refuse("INVALID_ARGUMENT", "A directory has no contents.")
  }
  return checkContents(operation.contents)
}

export function checkContents(contents: Uint8Array): Refusal | undefined {
  if (contents.length <= limits.contentsBytesMax) return undefined
  const sentence = `${contents.length} bytes are too many: a file holds at most ${limits.contentsBytesMax}.`
  return refuse("CONTENTS_TOO_LARGE", sentence)
}

function checkHandle(handle: string): Refusal | undefined {
  return looksLikeHandle(handle) ? undefined : refuse("HANDLE_INVALID", `${quoted(handle)} is not a handle.`)
}

function checkPage(pageSize: number): Refusal | undefined {
  if (Number.isSafeInteger(pageSize) && pageSize >= 1 && pageSize <= limits.readDirPageMax) return undefined
  return refuse("INVALID_ARGUMENT", `A page has 1 to ${limits.readDirPageMax} entries, not ${pageSize}.`)
}

function checkCounter(name: string, value: number): Refusal | undefined {
  if (Number.isSafeInteger(value) && value >= 0) return undefined
  return refuse("INVALID_ARGUMENT", `The ${name} ${value} is not an integer from 0 to 2^53 - 1.`)
}
