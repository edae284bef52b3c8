/**
 * One node's lock: holders, and behind them the queue, first come, first served (paper, 2.4). A lock is free when nobody
 * holds it, and nobody waits for a free lock: whoever frees it grants it on in the same breath.
 */
import type { Generation, SessionId } from "../base/brand.ts"
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
}

export interface Waiter extends Holder {
  /** Of the Acquire that waits. */
  readonly requestNumber: number
}

export interface Lock {
  generation: Generation
  holders: readonly Holder[]
  waiters: readonly Waiter[]
}

export function newLock(): Lock {
  return { generation: 0, holders: [], waiters: [] }
}

/** Whether a newcomer gets the lock at once. Nobody overtakes a waiter: a stream of readers would starve writers. */
export function isFreeFor(lock: Lock, mode: LockMode): boolean {
  return lock.waiters.length === 0 && admits(heldModeOf(lock), mode)
}

/** The one place that decides what stands between a request at the head of the queue and the lock. */
function admits(heldMode: LockMode | undefined, mode: LockMode): boolean {
  return heldMode === undefined || isCompatible(heldMode, mode)
}

/** In which all its holders hold it; undefined: it is free. */
function heldModeOf(lock: Lock): LockMode | undefined {
  return lock.holders[0]?.mode
}

export function hold(lock: Lock, newcomers: readonly Holder[]): void {
  // Raised when a free lock becomes held, never on release: a resource that saw generation 7 must be able to refuse a
  // delayed write from holder 6 even while nobody holds the lock. Further shared holders join generation 7.
  if (lock.holders.length === 0) lock.generation += 1
  lock.holders = [...lock.holders, ...newcomers.map(({ sessionId, handleId, mode }) => ({ sessionId, handleId, mode }))]
}

export function queue(lock: Lock, waiter: Waiter): void {
  lock.waiters = [...lock.waiters, waiter]
}

/** Grants the lock to the waiters whose turn has come, and returns them. */
export function grantNext(lock: Lock): readonly Waiter[] {
  const granted: Waiter[] = []
  let heldMode = heldModeOf(lock)
  for (const waiter of lock.waiters) {
    if (!admits(heldMode, waiter.mode)) break
    heldMode = waiter.mode
    granted.push(waiter)
  }
  if (granted.length === 0) return granted
  hold(lock, granted)
  lock.waiters = lock.waiters.slice(granted.length)
  return granted
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
