/**
 * What clients saw: each call with the true time of its invocation and of its completion. A call that was never answered,
 * or whose answer left the outcome open, may have taken effect at any time after its invocation, or never.
 */
import type { SessionId } from "../../src/base/brand.ts"
import type { Answer, Operation } from "../../src/contract/requests.ts"
import type { Refusal } from "../../src/contract/errors.ts"
import type { TrueTime } from "../../src/testing/time.ts"
import type { SignedOperation } from "../../src/wire/signed-forms.ts"

export interface Call {
  readonly client: string
  /** Zero for CreateSession. */
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly operation: Operation
  readonly invokedAt: TrueTime
  completion: Completion
}

export type Completion =
  | { readonly kind: "unknown" }
  | { readonly kind: "answered"; readonly at: TrueTime; readonly answer: Answer }
  | { readonly kind: "refused"; readonly at: TrueTime; readonly refusal: Refusal }

export const unknown: Completion = { kind: "unknown" }

/** Whether what comes of it has its place in the log. Else it is answered by what the master knows. */
export function goesThroughLog(operation: Operation | SignedOperation): boolean {
  switch (operation.kind) {
    case "open":
      // One that makes nothing, and keeps nothing alive, is a read.
      return operation.create !== "mustExist" || operation.ephemeral || operation.sequential
    case "createSession":
    case "closeSession":
    case "close":
    case "setContents":
    case "setAcl":
    case "delete":
    case "transact":
    case "acquire":
    case "tryAcquire":
    case "cancelAcquire":
    case "release":
      return true
    default:
      return false
  }
}

export function describeCall({ client, sessionId, requestNumber, operation, invokedAt, completion }: Call): string {
  const end = completion.kind === "unknown" ? "?" : String(completion.at)
  const outcome =
    completion.kind === "answered"
      ? JSON.stringify(completion.answer, readable)
      : completion.kind === "refused"
        ? completion.refusal.code
        : "unknown"
  const asked = JSON.stringify(operation, readable)
  return `[${String(invokedAt)}..${end}] ${client} session ${String(sessionId)} #${String(requestNumber)} ${asked} -> ${outcome}`
}

function readable(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value
}
