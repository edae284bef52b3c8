/**
 * How many locks are held, barred and waited for in the whole cell. Counted when somebody asks, which is seldom, instead
 * of being kept up to date at every grant: whoever holds or waits has a session that is engaged with the node.
 */
import type { Node } from "./node.ts"
import type { State } from "./state.ts"

export interface LockCounts {
  readonly locksHeld: number
  readonly lockWaiters: number
  readonly lockDelays: number
}

export function countLocks({ sessions, delayed }: State): LockCounts {
  const counted = new Set<Node>()
  let locksHeld = 0
  let lockWaiters = 0
  for (const { engagements } of sessions.all()) {
    for (const node of engagements.keys()) {
      if (node.lock === undefined || counted.has(node)) continue
      counted.add(node)
      if (node.lock.holders.length > 0) locksHeld += 1
      lockWaiters += node.lock.waiters.length
    }
  }
  return { locksHeld, lockWaiters, lockDelays: delayed.size }
}
