/**
 * Why a fence turns a sequencer away. Every reason has a name that programs can tell apart, a code of the error table
 * for whoever answers the caller, and a sentence for people. None of them is ever thrown: a guard that can be made to
 * throw can be made to let through, or to stop.
 */
import type { ErrorCode } from "../contract/errors.ts"
import type { Mark } from "./marks.ts"

export type RefusalReason =
  /** The request came without one. */
  | "missing"
  /** Cut short, padded, not JSON, not these claims: no text that a cell has ever signed. */
  | "malformed"
  | "tooLong"
  /** It asks to be verified by another algorithm than Ed25519, or by none. */
  | "otherAlgorithm"
  /** Signed, as it says, with a key that the cell doesn't have, or no longer has. */
  | "unknownKey"
  /** Its key might be one of the cell's, but the cell can't be asked for its keys just now. */
  | "keysUnreachable"
  /** Changed after it was signed, or signed by somebody else. */
  | "badSignature"
  | "otherCell"
  /** Genuine, but for another lock than the one that guards this. */
  | "otherPath"
  | "otherMode"
  /** The node was deleted and created again since; its lock is another one now. */
  | "otherInstance"
  /** Somebody has held the lock since, and has been here. */
  | "staleGeneration"
  /** The cell says that the lock is no longer held so. */
  | "notHeld"
  | "cellUnreachable"
  /** No mark is kept for this lock yet, and there is no room for one more. */
  | "marksFull"
  /** The marks can't be read or written just now. */
  | "marksFailed"
  /** The guard can't tell which lock is asked for. */
  | "guardFailed"

const codeOf: { readonly [Reason in RefusalReason]: ErrorCode } = {
  missing: "SEQUENCER_MALFORMED",
  malformed: "SEQUENCER_MALFORMED",
  tooLong: "SEQUENCER_MALFORMED",
  otherAlgorithm: "SEQUENCER_MALFORMED",
  unknownKey: "SEQUENCER_MALFORMED",
  keysUnreachable: "NO_QUORUM",
  badSignature: "SEQUENCER_MALFORMED",
  otherCell: "PERMISSION_DENIED",
  otherPath: "PERMISSION_DENIED",
  otherMode: "PERMISSION_DENIED",
  otherInstance: "SEQUENCER_STALE",
  staleGeneration: "SEQUENCER_STALE",
  notHeld: "SEQUENCER_STALE",
  cellUnreachable: "NO_QUORUM",
  marksFull: "QUOTA_EXCEEDED",
  marksFailed: "INTERNAL",
  guardFailed: "INTERNAL",
}

export interface Refused {
  readonly kind: "refused"
  readonly reason: RefusalReason
  readonly code: ErrorCode
  /** One sentence for people. Holds nothing that is secret, and of the sequencer no more than a few quoted words. */
  readonly detail: string
  /** Whoever has held the lock since: of "otherInstance" and "staleGeneration". */
  readonly supersededBy?: Mark
  /** What went wrong behind it, for the log of the resource and not for the caller. */
  readonly cause?: unknown
}

export function refused(
  reason: RefusalReason,
  detail: string,
  besides: Pick<Refused, "supersededBy" | "cause"> = {},
): Refused {
  return { kind: "refused", reason, code: codeOf[reason], detail, ...besides }
}
