/**
 * Refusals as messages. Only what a caller may know crosses: a code, a sentence, a hint. Never a cause, never a stack.
 */
import { type ErrorCode, type Refusal, errorTable, refuse } from "../contract/errors.ts"
import type { ErrorCode__Output as WireErrorCode } from "./generated/claviger/v1/ErrorCode.ts"
import type { ErrorDetail__Output } from "./generated/claviger/v1/ErrorDetail.ts"
import { errorDetailType } from "./load.ts"

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

/** As an `ErrorDetail`. */
export function encodeRefusal(refusal: Refusal): Buffer {
  return errorDetailType.serialize(detailOf(refusal))
}

/** Undefined for bytes that are no detail of ours. */
export function decodeRefusal(bytes: Buffer): Refusal | undefined {
  try {
    const detail = errorDetailType.deserialize(bytes)
    return detail.code === "ERROR_CODE_UNSPECIFIED" ? undefined : refusalFromDetail(detail)
  } catch {
    return undefined
  }
}
