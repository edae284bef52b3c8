/**
 * What a session is told on the replies to its KeepAlives (paper, 2.5 and 2.7). Notices of a session are numbered by the
 * master from 1 in each epoch, and repeated until a KeepAlive acknowledges them. In the order of their numbers they are in
 * the order of what they tell of.
 */
import type { Slot } from "../base/brand.ts"
import type { CacheKey } from "./cache-key.ts"
import type { NodeChange } from "./changes.ts"

export type Notice =
  /** Forget what these keys stand for. A write waits until this has been acknowledged, or the cache lease is over. */
  | { readonly kind: "invalidate"; readonly keys: readonly CacheKey[] }
  /** `index`: the commit index of the change. */
  | {
      readonly kind: "event"
      readonly subscriptionId: number
      readonly index: Slot
      readonly change: NodeChange
    }
  /** Someone else wants a lock that this session holds. Told without a subscription. */
  | { readonly kind: "lockWanted"; readonly index: Slot; readonly change: LockRequested }
  /** Changes up to `through` may have been missed and can't be told any more: forget the whole cache, and look again. */
  | { readonly kind: "resync"; readonly through: Slot }

export type LockRequested = Extract<NodeChange, { kind: "lockRequested" }>

/** How far a client has taken its notices in. */
export interface NoticesSeen {
  /** Of the master whose notices these were; zero: none yet. */
  readonly epoch: number
  readonly through: number
}
