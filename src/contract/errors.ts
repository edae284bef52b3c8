/**
 * THE error table: every way in which a cell refuses, what it is called at each door, whether the same call may be sent
 * again, and what the caller should do. docs/ERRORS.md, the proto enum and the servers are compared with it by a test.
 *
 * A refusal is a value and part of normal life. A broken invariant is an `AssertionError` and ends the process.
 */
export interface ErrorEntry {
  readonly grpc: GrpcStatusName
  readonly http: number
  /**
   * "same": send the same call again, nothing was done. "otherEpoch": nothing was done, and under its number the call is
   * still to be had, but not for the epoch that it names. "never": not until something has changed.
   */
  readonly retry: "same" | "otherEpoch" | "never"
  readonly advice: string
}

type GrpcStatusName =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "UNAVAILABLE"
  | "RESOURCE_EXHAUSTED"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "INTERNAL"
  | "DATA_LOSS"

export type ErrorCode =
  | "INVALID_ARGUMENT"
  | "INVALID_PATH"
  | "SEQUENCER_MALFORMED"
  | "CONTENTS_TOO_LARGE"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NODE_NOT_FOUND"
  | "NODE_EXISTS"
  | "DIRECTORY_NOT_EMPTY"
  | "NOT_A_DIRECTORY"
  | "NOT_A_FILE"
  | "LOCK_NOT_HELD"
  | "HANDLE_BUSY"
  | "LOCK_HELD"
  | "GENERATION_MISMATCH"
  | "SEQUENCER_STALE"
  | "HANDLE_INVALID"
  | "SESSION_EXPIRED"
  | "REQUEST_FORGOTTEN"
  | "NOT_MASTER"
  | "FAIL_OVER_IN_PROGRESS"
  | "NO_QUORUM"
  | "EPOCH_STALE"
  | "OVERLOADED"
  | "QUOTA_EXCEEDED"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "INTERNAL"
  | "DATA_CORRUPT"

export const errorTable: { readonly [Code in ErrorCode]: ErrorEntry } = {
  INVALID_ARGUMENT: { grpc: "INVALID_ARGUMENT", http: 400, retry: "never", advice: "Fix the call." },
  INVALID_PATH: { grpc: "INVALID_ARGUMENT", http: 400, retry: "never", advice: "Fix the path: /ls/<cell>/part/part." },
  SEQUENCER_MALFORMED: { grpc: "INVALID_ARGUMENT", http: 400, retry: "never", advice: "Pass the sequencer unchanged." },
  CONTENTS_TOO_LARGE: { grpc: "INVALID_ARGUMENT", http: 413, retry: "never", advice: "Store less: files are small." },
  UNAUTHENTICATED: { grpc: "UNAUTHENTICATED", http: 401, retry: "never", advice: "Present valid credentials." },
  PERMISSION_DENIED: { grpc: "PERMISSION_DENIED", http: 403, retry: "never", advice: "Ask an operator for the right." },
  NODE_NOT_FOUND: { grpc: "NOT_FOUND", http: 404, retry: "never", advice: "Create the node first, or its directory." },
  NODE_EXISTS: { grpc: "ALREADY_EXISTS", http: 409, retry: "never", advice: "Use the node that is there." },
  DIRECTORY_NOT_EMPTY: { grpc: "FAILED_PRECONDITION", http: 409, retry: "never", advice: "Delete the children first." },
  NOT_A_DIRECTORY: { grpc: "FAILED_PRECONDITION", http: 409, retry: "never", advice: "Only a directory has children." },
  NOT_A_FILE: { grpc: "FAILED_PRECONDITION", http: 409, retry: "never", advice: "A directory has no contents." },
  LOCK_NOT_HELD: { grpc: "FAILED_PRECONDITION", http: 409, retry: "never", advice: "Acquire the lock first." },
  LOCK_HELD: { grpc: "FAILED_PRECONDITION", http: 409, retry: "never", advice: "Have the holder release it first." },
  HANDLE_BUSY: { grpc: "FAILED_PRECONDITION", http: 409, retry: "never", advice: "Release or cancel, or open again." },
  GENERATION_MISMATCH: { grpc: "ABORTED", http: 412, retry: "never", advice: "Read again and redo the change." },
  SEQUENCER_STALE: { grpc: "ABORTED", http: 409, retry: "never", advice: "Stop: the lock is lost." },
  HANDLE_INVALID: { grpc: "FAILED_PRECONDITION", http: 410, retry: "never", advice: "Open the node again." },
  SESSION_EXPIRED: {
    grpc: "FAILED_PRECONDITION",
    http: 410,
    retry: "never",
    advice: "All locks of the session are gone; open a new session.",
  },
  REQUEST_FORGOTTEN: {
    grpc: "FAILED_PRECONDITION",
    http: 409,
    retry: "never",
    advice: "This request number was already answered; ask for the present state.",
  },
  NOT_MASTER: { grpc: "UNAVAILABLE", http: 503, retry: "same", advice: "Ask the master named in the hint." },
  FAIL_OVER_IN_PROGRESS: { grpc: "UNAVAILABLE", http: 503, retry: "same", advice: "Ask again in a moment." },
  NO_QUORUM: {
    grpc: "UNAVAILABLE",
    http: 503,
    retry: "same",
    advice: "A majority of replicas is out of reach; bring replicas back.",
  },
  EPOCH_STALE: {
    grpc: "ABORTED",
    http: 412,
    retry: "otherEpoch",
    advice: "Another master reigns: if the call is still meant, send it for that epoch, or for any.",
  },
  OVERLOADED: { grpc: "RESOURCE_EXHAUSTED", http: 429, retry: "same", advice: "Back off, then ask again." },
  QUOTA_EXCEEDED: { grpc: "RESOURCE_EXHAUSTED", http: 429, retry: "never", advice: "Use less, or ask for more." },
  DEADLINE_EXCEEDED: {
    grpc: "DEADLINE_EXCEEDED",
    http: 504,
    retry: "same",
    advice: "If it was the wait of an Acquire, no lock is held; else the outcome is unknown: ask.",
  },
  CANCELLED: { grpc: "CANCELLED", http: 499, retry: "never", advice: "You took the call back." },
  INTERNAL: { grpc: "INTERNAL", http: 500, retry: "never", advice: "Report this with the replica's log." },
  DATA_CORRUPT: { grpc: "DATA_LOSS", http: 500, retry: "never", advice: "Report this with the replica's log." },
}

/** An operation that was not carried out. */
export interface Refusal {
  readonly kind: "refused"
  readonly code: ErrorCode
  /** One sentence for people: which node, which limit, what is there instead. */
  readonly detail: string
  /** Where to ask instead, as `host:port` of a replica's gRPC door; empty if unknown. */
  readonly masterHint?: string | undefined
  /** True when the call may have taken effect all the same: its request number must be kept in any retry. */
  readonly unknownOutcome?: boolean | undefined
  /** When to ask again, in milliseconds from now; the same call may be accepted then. */
  readonly retryAfterMs?: number | undefined
}

export function refuse(code: ErrorCode, detail: string): Refusal {
  return { kind: "refused", code, detail }
}

/** Whether what was asked for may still be had under the same request number: what comes behind it has to wait. */
export function isRetryable(code: ErrorCode): boolean {
  return errorTable[code].retry !== "never"
}
