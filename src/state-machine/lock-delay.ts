/**
 * Lock-delay (paper, 2.4): a lock whose holder was lost stays barred for as long as that holder asked for, so that what
 * it still had under way can't meet the work of the next. The state knows that a delay lasts, never for how long yet: the
 * master counts, and says in the log when it is over.
 */
import type { SessionId } from "../base/brand.ts"
import type { TimedDelay } from "./changes.ts"
import type { Holder, Lock } from "./lock.ts"
import type { Node } from "./node.ts"
import type { State } from "./state.ts"

/** Which session was lost with all that it held, and how. */
export interface Loss {
  readonly sessionId: SessionId
  readonly clientName: string
  readonly reason: string
}

/** Bars the lock of `node`, which `lost` held until now. */
export function beginDelay(state: State, node: Node, lost: readonly Holder[], loss: Loss): void {
  const { lock } = node
  const askedMs = lost.reduce((longest, { lockDelayMs }) => Math.max(longest, lockDelayMs), 0)
  if (lock === undefined || askedMs === 0) return
  // A loss during a delay begins it anew, never shorter than it was: each of the lost may have work under way.
  const lockDelayMs = Math.max(askedMs, lock.delay?.lockDelayMs ?? 0)
  lock.delay = { ...loss, lockDelayMs, since: state.slotAtHand }
  state.delayed.add(node)
  state.changes.nodes.add(node)
}

/** The caller sees to it that the lock is granted on. */
export function liftDelay(state: State, node: Node, lock: Lock): void {
  lock.delay = undefined
  state.delayed.delete(node)
  state.changes.nodes.add(node)
}

export function* timedDelays(nodes: Iterable<Node>): Generator<TimedDelay> {
  for (const { instance, lock } of nodes) {
    if (lock?.delay === undefined) continue
    const { since, lockDelayMs } = lock.delay
    yield { instance, since, lockDelayMs }
  }
}
