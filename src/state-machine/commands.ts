/**
 * What can stand in the log. A slot holds a batch of these. No command carries a time, an address or a die roll: the
 * same commands give the same state on every replica and in every year.
 */
import type { Epoch, Instance, ReplicaId, SessionId, Slot } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import type { Operation } from "../contract/requests.ts"
import type { SequencerClaims } from "../contract/sequencer.ts"

type Mutating =
  | "createSession"
  | "closeSession"
  | "open"
  | "close"
  | "setContents"
  | "delete"
  | "setAcl"
  | "transact"
  | "acquire"
  | "tryAcquire"
  | "cancelAcquire"
  | "release"
  | "rotateSigningKeys"

export type MutatingOperation = Extract<Operation, { kind: Mutating }>

export type Command =
  | {
      readonly kind: "call"
      readonly sessionId: SessionId
      readonly requestNumber: number
      readonly answeredThrough: number
      readonly stillOpen: readonly number[]
      /** Of a call outside any session; within one it is the session's, and this is empty. */
      readonly principal: string
      readonly underSequencer: SequencerClaims | undefined
      readonly operation: MutatingOperation
    }
  /** A new leader's first own slot. Raises the epoch. */
  | { readonly kind: "beginReign"; readonly replicaId: ReplicaId; readonly round: number }
  /**
   * The cell's secrets, drawn once by its first master, and the principals on the list of administrators. Ignored when
   * the cell has been founded already.
   */
  | {
      readonly kind: "foundCell"
      readonly handleKey: Uint8Array
      /** Of the first key that signs sequencers, and of the one after it. */
      readonly signingSeeds: readonly Uint8Array[]
      readonly administrators: readonly string[]
    }
  /** The lease ran out under the master of `epoch`; void in any later epoch. */
  | { readonly kind: "expireSession"; readonly sessionId: SessionId; readonly epoch: Epoch }
  /** What most replicas found their state's digest at `slot` to be. */
  | { readonly kind: "attestDigest"; readonly slot: Slot; readonly digest: number }
  /**
   * The lock-delay of the node that began in slot `since` is over, by the count of the master of `epoch`; void in any
   * later epoch, whose master counts again from the beginning.
   */
  | { readonly kind: "endLockDelay"; readonly instance: Instance; readonly since: Slot; readonly epoch: Epoch }
  /** An Acquire has waited for as long as it asked to; void in any later epoch. */
  | {
      readonly kind: "endWait"
      readonly sessionId: SessionId
      readonly requestNumber: number
      readonly epoch: Epoch
    }
  /** From now on the master may grant, and every later master must reckon with, session leases of this length. */
  | { readonly kind: "setLeaseFloor"; readonly sessionLeaseMs: DurationMs; readonly epoch: Epoch }
