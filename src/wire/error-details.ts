/**
 * Refusals as gRPC tells them: a refused call ends with the status that the error table gives its code, and carries an
 * `ErrorDetail` in a binary trailer.
 */
import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js"
import { type ErrorCode, type Refusal, errorTable, refuse } from "../contract/errors.ts"
import { decodeRefusal, encodeRefusal } from "./refusals.ts"

/** The trailer with the serialized `claviger.v1.ErrorDetail`. */
export const errorTrailer = "claviger-error-bin"

/** How a unary call that was refused ends. */
export function statusOf(refusal: Refusal): StatusObject {
  const metadata = new Metadata()
  metadata.set(errorTrailer, encodeRefusal(refusal))
  return { code: status[errorTable[refusal.code].grpc], details: `${refusal.code}: ${refusal.detail}`, metadata }
}

/**
 * What a failed call means. Without a detail it was gRPC itself that failed: the network, a deadline, a limit of the
 * transport. Whether the replica had got the call by then is unknown, and said so.
 */
export function refusalFromError(error: ServiceError): Refusal {
  return told(error.metadata) ?? { ...refuse(codeOfStatus(error.code), error.details), unknownOutcome: true }
}

/** Undefined too for what is no detail of ours, as when a proxy has cut it: the status alone has to do then. */
function told(metadata: Metadata): Refusal | undefined {
  const [trailer] = metadata.get(errorTrailer)
  return trailer instanceof Buffer ? decodeRefusal(trailer) : undefined
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
