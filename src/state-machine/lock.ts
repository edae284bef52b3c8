/**
 * One node's lock: holders, and behind them the queue, first come, first served (paper, 2.4). A lock is free when nobody
 * holds it and no lock-delay bars it, and nobody waits for a free lock: whoever frees it grants it on in the same breath.
 */
import type { Generation, SessionId, Slot } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { type LockMode, isCompatible } from "../contract/lock-mode.ts"

/** A handle as the state knows it: by whom it was opened, and with which request. */
export interface HandleName {
  readonly sessionId: SessionId
  readonly handleId: number
}

export function isSameHandle(left: HandleName, right: HandleName): boolean {
  return left.sessionId === right.sessionId && left.handleId === right.handleId
}

/** A lock is held by a handle: two handles of one session exclude each other like strangers. */
export interface Holder extends HandleName {
  readonly mode: LockMode
  /** For how long the lock stays barred if this holder's session is lost. */
  readonly lockDelayMs: DurationMs
  /** The slot in which the lock was granted, or the wait began. */
  readonly since: Slot
}

export interface Waiter extends Holder {
  /** Of the Acquire that waits. */
  readonly requestNumber: number
  /** Zero: for ever. */
  readonly waitMs: DurationMs
}

/** After a holder was lost (paper, 2.4): until it ends, nobody is admitted. */
export interface Delay {
  readonly lockDelayMs: DurationMs
  /** The slot in which it began; names it in `endLockDelay`. */
  readonly since: Slot
  /** Of the lost holder. */
  readonly sessionId: SessionId
  readonly clientName: string
  readonly reason: string
}

export interface Lock {
  generation: Generation
  delay: Delay | undefined
  holders: readonly Holder[]
  waiters: readonly Waiter[]
}

export function newLock(): Lock {
  return { generation: 0, delay: undefined, holders: [], waiters: [] }
}

/** Whether a newcomer gets the lock at once. Nobody overtakes a waiter: a stream of readers would starve writers. */
export function isFreeFor(lock: Lock, mode: LockMode): boolean {
  return lock.waiters.length === 0 && lock.delay === undefined && admits(heldModeOf(lock), mode)
}

/** The one place that decides what stands between a request at the head of the queue and a lock that isn't barred. */
function admits(heldMode: LockMode | undefined, mode: LockMode): boolean {
  return heldMode === undefined || isCompatible(heldMode, mode)
}

/** In which all its holders hold it; undefined: nobody does. */
function heldModeOf(lock: Lock): LockMode | undefined {
  return lock.holders[0]?.mode
}

/** Returns the newcomers as the holders they have become. */
export function hold(lock: Lock, newcomers: readonly Holder[], since: Slot): readonly Holder[] {
  // Raised when a free lock becomes held, never on release: a resource that saw generation 7 must be able to refuse a
  // delayed write from holder 6 even while nobody holds the lock. Further shared holders join generation 7.
  if (lock.holders.length === 0) lock.generation += 1
  const holders = newcomers.map(({ sessionId, handleId, mode, lockDelayMs }) => {
    return { sessionId, handleId, mode, lockDelayMs, since }
  })
  lock.holders = [...lock.holders, ...holders]
  return holders
}

export function queue(lock: Lock, waiter: Waiter): void {
  lock.waiters = [...lock.waiters, waiter]
}

/** Takes the waiters whose turn has come out of the queue, for the caller to let them hold the lock. */
export function takeNext(lock: Lock): readonly Waiter[] {
  // Shared joiners are barred as well. Many would do no harm; but a bar for some is harder to reckon with than one for all.
  if (lock.delay !== undefined) return []
  const next: Waiter[] = []
  let heldMode = heldModeOf(lock)
  for (const waiter of lock.waiters) {
    if (!admits(heldMode, waiter.mode)) break
    heldMode = waiter.mode
    next.push(waiter)
  }
  if (next.length > 0) lock.waiters = lock.waiters.slice(next.length)
  return next
}

/** Takes the lock from those holders that `leaves` names, and returns them. */
export function removeHolders(lock: Lock, leaves: (holder: Holder) => boolean): readonly Holder[] {
  const leaving = lock.holders.filter(leaves)
  if (leaving.length > 0) lock.holders = lock.holders.filter((holder) => !leaves(holder))
  return leaving
}

/** Takes those waiters that `leaves` names out of the queue, and returns them. */
export function removeWaiters(lock: Lock, leaves: (waiter: Waiter) => boolean): readonly Waiter[] {
  const leaving = lock.waiters.filter(leaves)
  if (leaving.length > 0) lock.waiters = lock.waiters.filter((waiter) => !leaves(waiter))
  return leaving
}

export function holderOf(lock: Lock, handle: HandleName): Holder | undefined {
  return lock.holders.find((holder) => isSameHandle(holder, handle))
}

export function waiterOf(lock: Lock, handle: HandleName): Waiter | undefined {
  return lock.waiters.find((waiter) => isSameHandle(waiter, handle))
}
