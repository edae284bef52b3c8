/**
 * Requests and replies as they cross the wire. They are the contract's but for two things, which the door of a replica
 * sees to. Outside the cell a sequencer is text with a signature, inside it is the claims alone; and the keys that make
 * the signatures are named outside by their public halves, and inside by the private ones.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import type { Refusal } from "../contract/errors.ts"
import type { SequencerKey } from "../contract/signing-keys.ts"
import type { Answer, Guard, Operation } from "../contract/requests.ts"

export type SignedOperation =
  | Exclude<Operation, { kind: "checkSequencer" | "transact" | "rotateSigningKeys" }>
  | { readonly kind: "checkSequencer"; readonly sequencer: string }
  | (Omit<Extract<Operation, { kind: "transact" }>, "guards"> & { readonly guards: readonly SignedGuard[] })
  | { readonly kind: "rotateSigningKeys"; readonly revoke: boolean }

export type SignedGuard =
  Exclude<Guard, { kind: "lockHeld" }> | { readonly kind: "lockHeld"; readonly sequencer: string }

/** Who is granted a lock is told its sequencer in the same breath; empty if the door has not learned the key. */
export type SignedAnswer =
  | Exclude<Answer, { kind: "getSequencer" | "acquire" | "rotateSigningKeys" } | { kind: "tryAcquire"; acquired: true }>
  | { readonly kind: "getSequencer"; readonly sequencer: string }
  | { readonly kind: "rotateSigningKeys"; readonly keys: readonly SequencerKey[] }
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
