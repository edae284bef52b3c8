/**
 * Requests and replies as they cross the wire. They are the contract's but for one thing: outside the cell a sequencer
 * is text with a signature, inside it is the claims alone. The door of a replica signs and verifies in between.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import type { Refusal } from "../contract/errors.ts"
import type { Answer, Guard, Operation } from "../contract/requests.ts"

export type SignedOperation =
  | Exclude<Operation, { kind: "checkSequencer" | "transact" }>
  | { readonly kind: "checkSequencer"; readonly sequencer: string }
  | (Omit<Extract<Operation, { kind: "transact" }>, "guards"> & { readonly guards: readonly SignedGuard[] })

export type SignedGuard =
  Exclude<Guard, { kind: "lockHeld" }> | { readonly kind: "lockHeld"; readonly sequencer: string }

/** Who is granted a lock is told its sequencer in the same breath; empty if the door has not learned the key. */
export type SignedAnswer =
  | Exclude<Answer, { kind: "getSequencer" | "acquire" } | { kind: "tryAcquire"; acquired: true }>
  | { readonly kind: "getSequencer"; readonly sequencer: string }
  | (Extract<Answer, { kind: "acquire" }> & { readonly sequencer: string })
  | (Extract<Answer, { kind: "tryAcquire"; acquired: true }> & { readonly sequencer: string })

export type SignedOutcome = SignedAnswer | Refusal

/** Fields as in the contract's `Request`. The principal is not among them: the door knows it, the caller doesn't say. */
export interface SignedRequest {
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly answeredThrough: number
  readonly stillOpen: readonly number[]
  readonly epoch: Epoch
  readonly forCache: boolean
  /** Empty: none. */
  readonly underSequencer: string
  readonly operation: SignedOperation
}

/** Fields as in the contract's `Reply`. */
export interface SignedReply {
  readonly outcome: SignedOutcome
  readonly epoch: Epoch
  readonly commitIndex: Slot
  readonly cachable: boolean
}
