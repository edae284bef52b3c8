/**
 * What can stand in the log. A slot holds a batch of these. No command carries a time, an address or a die roll: the
 * same commands give the same state on every replica and in every year.
 */
import type { Epoch, ReplicaId, SessionId, Slot } from "../base/brand.ts"
import type { Operation } from "../contract/requests.ts"

type Mutating =
  | "createSession"
  | "closeSession"
  | "open"
  | "close"
  | "setContents"
  | "delete"
  | "acquire"
  | "tryAcquire"
  | "cancelAcquire"
  | "release"

export type MutatingOperation = Extract<Operation, { kind: Mutating }>

export type Command =
  | {
      readonly kind: "call"
      readonly sessionId: SessionId
      readonly requestNumber: number
      readonly answeredThrough: number
      readonly operation: MutatingOperation
    }
  /** A new leader's first own slot. Raises the epoch. */
  | { readonly kind: "beginReign"; readonly replicaId: ReplicaId; readonly round: number }
  /** The cell's secrets, drawn once by its first master. Ignored when the cell has them already. */
  | { readonly kind: "foundCell"; readonly handleKey: Uint8Array; readonly signingSeed: Uint8Array }
  /** The lease ran out under the master of `epoch`; void in any later epoch. */
  | { readonly kind: "expireSession"; readonly sessionId: SessionId; readonly epoch: Epoch }
  /** What most replicas found their state's digest at `slot` to be. */
  | { readonly kind: "attestDigest"; readonly slot: Slot; readonly digest: number }
