/**
 * Everything about a request that can be checked without knowing the state of the cell: its numbers here, its operation in
 * validate-operation.ts. Doors ask before they pass a request on.
 */
import { type Refusal, refuse } from "./errors.ts"
import { limits } from "./limits.ts"
import { parsePath } from "./node-path.ts"
import type { Operation, Request } from "./requests.ts"
import { checkCounter, checkOperation } from "./validate-operation.ts"

export function validateRequest(request: Request, cellName: string): Refusal | undefined {
  return (
    checkCounter("session id", request.sessionId) ??
    checkCounter("request number", request.requestNumber) ??
    checkCounter("answered-through number", request.answeredThrough) ??
    checkCounter("epoch", request.epoch) ??
    checkNumbering(request) ??
    checkStillOpen(request) ??
    checkOperation(request.operation, cellName, parsePath)
  )
}

type Of<Kind extends Operation["kind"]> = Extract<Operation, { readonly kind: Kind }>

/** As much of an operation, in whichever form it travels, as says whether it needs a session. */
type PerhapsInSession =
  | Pick<Of<"open">, "kind" | "ephemeral">
  | Pick<Of<"transact">, "kind" | "then" | "otherwise">
  | { readonly kind: Exclude<Operation["kind"], "open" | "transact"> }

/** Whether the operation means nothing outside a session, because what it makes or asks about belongs to one. */
export function needsSession(operation: PerhapsInSession): boolean {
  switch (operation.kind) {
    case "keepAlive":
    case "closeSession":
    case "acquire":
    case "tryAcquire":
    case "cancelAcquire":
    case "release":
    case "getSequencer":
    case "subscribe":
    case "unsubscribe":
    case "resume":
      return true
    case "open":
      return operation.ephemeral
    case "transact":
      return [...operation.then, ...operation.otherwise].some((step) => step.kind === "open" && step.ephemeral)
    default:
      return false
  }
}

/** Whether the request's number matters: because its result is remembered under it, or a handle is named after it. */
export function needsNumber({ kind }: Pick<Operation, "kind">): boolean {
  switch (kind) {
    case "closeSession":
    case "open":
    case "close":
    case "setContents":
    case "delete":
    case "acquire":
    case "tryAcquire":
    case "cancelAcquire":
    case "release":
    case "setAcl":
    case "transact":
    case "rotateSigningKeys":
      return true
    default:
      return false
  }
}

/** Asked again of what the log says, because the memory of a session is kept by these numbers. */
export function checkStillOpen({
  stillOpen,
  answeredThrough,
}: Pick<Request, "stillOpen" | "answeredThrough">): Refusal | undefined {
  if (stillOpen.length === 0) return undefined
  if (stillOpen.length > limits.stillOpenMax) {
    return refuse(
      "INVALID_ARGUMENT",
      `${stillOpen.length} requests are still open; at most ${limits.stillOpenMax} may be.`,
    )
  }
  let last = 0
  for (const number of stillOpen) {
    if (!Number.isSafeInteger(number) || number <= last || number > answeredThrough) {
      return refuse(
        "INVALID_ARGUMENT",
        `Open requests are listed in order, from 1 to ${answeredThrough}, not ${number}.`,
      )
    }
    last = number
  }
  return undefined
}

function checkNumbering(request: Request): Refusal | undefined {
  const { sessionId, requestNumber, answeredThrough, stillOpen, operation } = request
  if (sessionId === 0) {
    if (needsSession(operation)) {
      return refuse("INVALID_ARGUMENT", `A call of ${operation.kind} needs a session: it names none by its id.`)
    }
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
  if (answeredThrough < requestNumber || stillOpen.includes(requestNumber)) return undefined
  return refuse("INVALID_ARGUMENT", `Request ${requestNumber} says of itself that it has been answered.`)
}
