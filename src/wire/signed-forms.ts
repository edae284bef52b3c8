/**
 * Requests and replies as they cross the wire. They are the contract's but for one thing: outside the cell a sequencer
 * is text with a signature, inside it is the claims alone. The door of a replica signs and verifies in between.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import type { Refusal } from "../contract/errors.ts"
import type { Answer, Operation } from "../contract/requests.ts"

export type SignedOperation =
  Exclude<Operation, { kind: "checkSequencer" }> | { readonly kind: "checkSequencer"; readonly sequencer: string }

export type SignedAnswer =
  Exclude<Answer, { kind: "getSequencer" }> | { readonly kind: "getSequencer"; readonly sequencer: string }

export type SignedOutcome = SignedAnswer | Refusal

/** Fields as in the contract's `Request`. */
export interface SignedRequest {
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly answeredThrough: number
  readonly epoch: Epoch
  readonly operation: SignedOperation
}

/** Fields as in the contract's `Reply`. */
export interface SignedReply {
  readonly outcome: SignedOutcome
  readonly epoch: Epoch
  readonly commitIndex: Slot
}
