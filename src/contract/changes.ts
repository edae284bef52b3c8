/**
 * What happens to nodes and their locks, as the log knows it: the matter of events. Every replica keeps the latest
 * changes by commit index, so that a new master can tell a client exactly what it has missed.
 */
import type { Generation, Instance, SessionId } from "../base/brand.ts"
import type { LockMode } from "./lock-mode.ts"

/** `path` is always `/ls/<cell>/...` with the cell's own name. */
export type NodeChange =
  | { readonly kind: "nodeCreated"; readonly path: string; readonly instance: Instance }
  | { readonly kind: "nodeDeleted"; readonly path: string; readonly instance: Instance }
  | {
      readonly kind: "contentsChanged"
      readonly path: string
      readonly instance: Instance
      readonly contentGeneration: Generation
    }
  | { readonly kind: "aclChanged"; readonly path: string; readonly instance: Instance }
  /** The lock went from free to held, or another shared holder joined. */
  | {
      readonly kind: "lockAcquired"
      readonly path: string
      readonly instance: Instance
      readonly mode: LockMode
      readonly lockGeneration: Generation
      readonly sessionId: SessionId
      readonly clientName: string
    }
  /** Nobody holds the lock any more. `lost`: by a holder's failure, not by a release. */
  | { readonly kind: "lockFreed"; readonly path: string; readonly instance: Instance; readonly lost: boolean }
  /** The paper's "conflicting lock request": someone asks for a lock that `holders` hold, and can't have it now. */
  | {
      readonly kind: "lockRequested"
      readonly path: string
      readonly instance: Instance
      readonly mode: LockMode
      /** Who asks. */
      readonly sessionId: SessionId
      readonly clientName: string
      /**
       * Who is asked to give way; told to them whether or not they subscribe to anything. In what a client is told: itself,
       * if it is asked, and in an event of a subscription nobody.
       */
      readonly holders: readonly SessionId[]
    }

export type ChangeKind = NodeChange["kind"]

export const changeKinds: readonly ChangeKind[] = [
  "nodeCreated",
  "nodeDeleted",
  "contentsChanged",
  "aclChanged",
  "lockAcquired",
  "lockFreed",
  "lockRequested",
]

/**
 * What a subscription looks at. "node": the node of this path itself, whichever instance, even before it exists.
 * "children": the nodes right below it. "subtree": itself and everything below it.
 */
export type Scope = "node" | "children" | "subtree"

export const scopes: readonly Scope[] = ["node", "children", "subtree"]

export interface Subscription {
  /** Chosen by the client, unique within its session. */
  readonly subscriptionId: number
  readonly path: string
  readonly scope: Scope
  /** Which changes; empty: all. */
  readonly kinds: readonly ChangeKind[]
}
