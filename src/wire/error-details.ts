/**
 * Refusals on the wire. A refused unary call ends with the status that the error table gives its code, and carries an
 * `ErrorDetail` in a binary trailer; on a stream the detail stands alone. Only what a caller may know crosses: a code,
 * a sentence, a hint. Never a cause, never a stack.
 */
import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../contract/errors.ts"
import type { ErrorCode__Output as WireErrorCode } from "./generated/claviger/v1/ErrorCode.ts"
import type { ErrorDetail__Output } from "./generated/claviger/v1/ErrorDetail.ts"
import { errorDetailType } from "./load.ts"

/** The trailer with the serialized `claviger.v1.ErrorDetail`. */
export const errorTrailer = "claviger-error-bin"

interface DetailWritten {
  readonly code: WireErrorCode
  readonly detail: string
  readonly masterHint: string
  readonly unknownOutcome: boolean
  readonly retryable: boolean
  readonly retryAfterMs: number
}

export function detailOf(refusal: Refusal): DetailWritten {
  return {
    code: `ERROR_CODE_${refusal.code}`,
    detail: refusal.detail,
    masterHint: refusal.masterHint ?? "",
    unknownOutcome: refusal.unknownOutcome ?? false,
    retryable: errorTable[refusal.code].retry === "same" && !isTimeUp(refusal),
    retryAfterMs: retryAfterMs(refusal),
  }
}

/** An Acquire that has waited as long as it asked to has been answered: under its number there is no other answer. */
function isTimeUp({ code, unknownOutcome }: Refusal): boolean {
  return code === "DEADLINE_EXCEEDED" && unknownOutcome !== true
}

export function refusalFromDetail(detail: ErrorDetail__Output): Refusal {
  const refusal: Refusal = {
    ...refuse(codeOf(detail.code), detail.detail),
    ...(detail.masterHint === "" ? {} : { masterHint: detail.masterHint }),
    ...(detail.unknownOutcome ? { unknownOutcome: true } : {}),
  }
  // What goes with the code anyway is for clients that don't know the code. Only another time has been meant.
  return detail.retryAfterMs === retryAfterMs(refusal) ? refusal : { ...refusal, retryAfterMs: detail.retryAfterMs }
}

/** A code that this program does not know is from a newer replica; what it means can't be told here. */
function codeOf(code: WireErrorCode): ErrorCode {
  const name = String(code).slice("ERROR_CODE_".length)
  return Object.hasOwn(errorTable, name) ? (name as ErrorCode) : "INTERNAL"
}

/**
 * How long a caller does well to wait, unless whoever refused knows better: a fail-over takes a second or two, a
 * replica's return rather longer.
 */
export function retryAfterMs(refusal: Refusal): number {
  if (refusal.retryAfterMs !== undefined) return refusal.retryAfterMs
  switch (refusal.code) {
    case "NOT_MASTER":
      return refusal.masterHint === undefined || refusal.masterHint === "" ? 100 : 0
    case "FAIL_OVER_IN_PROGRESS":
      return 100
    case "NO_QUORUM":
      return 500
    case "OVERLOADED":
      return 1000
    default:
      return 0
  }
}

/** How a unary call that was refused ends. */
export function statusOf(refusal: Refusal): StatusObject {
  const metadata = new Metadata()
  metadata.set(errorTrailer, errorDetailType.serialize(detailOf(refusal)))
  return { code: status[errorTable[refusal.code].grpc], details: `${refusal.code}: ${refusal.detail}`, metadata }
}

/**
 * What a failed call means. Without a detail it was gRPC itself that failed: the network, a deadline, a limit of the
 * transport. Whether the replica had got the call by then is unknown, and said so.
 */
export function refusalFromError(error: ServiceError): Refusal {
  const detail = detailFrom(error.metadata)
  if (detail !== undefined) return refusalFromDetail(detail)
  return { ...refuse(codeOfStatus(error.code), error.details), unknownOutcome: true }
}

/** Undefined too for what is no detail of ours, as when a proxy has cut it: the status alone has to do then. */
function detailFrom(metadata: Metadata): ErrorDetail__Output | undefined {
  const [trailer] = metadata.get(errorTrailer)
  if (!(trailer instanceof Buffer)) return undefined
  try {
    const detail = errorDetailType.deserialize(trailer)
    return detail.code === "ERROR_CODE_UNSPECIFIED" ? undefined : detail
  } catch {
    return undefined
  }
}

function codeOfStatus(code: status): ErrorCode {
  switch (code) {
    case status.CANCELLED:
      return "CANCELLED"
    case status.DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED"
    case status.UNAVAILABLE:
      return "FAIL_OVER_IN_PROGRESS"
    case status.INVALID_ARGUMENT:
    case status.UNIMPLEMENTED:
      return "INVALID_ARGUMENT"
    case status.UNAUTHENTICATED:
      return "UNAUTHENTICATED"
    case status.PERMISSION_DENIED:
      return "PERMISSION_DENIED"
    // The transport's own limits on messages and metadata, which the same call would meet again.
    case status.RESOURCE_EXHAUSTED:
      return "QUOTA_EXCEEDED"
    default:
      return "INTERNAL"
  }
}
