/**
 * How a caller comes to hold a lock: kept from an earlier use, or asked of the cell. Whoever gives up on the way, for
 * whatever reason, leaves neither a place in the queue nor a lock behind.
 */
import { deferred } from "../base/deferred.ts"
import type { AnswerOf } from "../wire/messages.ts"
import { demand, flag, orUndefined, type Rule } from "./argument-rules.ts"
import { busyLock } from "./busy-lock.ts"
import { Hold } from "./hold.ts"
import type { LockTerms } from "./lock-cache.ts"
import type { ExpectedLock, LockKeeper } from "./lock-keeper.ts"
import { watchWait, type LockTarget } from "./lock-wait.ts"
import { HeldLock, type AcquireOptions, type Lock, type LockOptions } from "./lock.ts"
import { enter, type NumberedCall } from "./session-calls.ts"

type Granted = AnswerOf<"acquire"> | Extract<AnswerOf<"tryAcquire">, { acquired: true }>

export async function acquireLock(keeper: LockKeeper, target: LockTarget, options: AcquireOptions = {}): Promise<Lock> {
  return await claiming(keeper, target, async () => await acquireClaimed(keeper, target, options))
}

async function acquireClaimed(keeper: LockKeeper, target: LockTarget, options: AcquireOptions): Promise<Lock> {
  checkOptions(options)
  const terms = termsOf(options)
  const kept = takeKept(keeper, target, terms, options)
  if (kept !== undefined) return kept
  const { waitMs = 0, signal, onBusy } = options
  const noLongerAwaited = keeper.cache.awaiting(target.path)
  const operation = { kind: "acquire", node: target.node, ...terms, waitMs } as const
  const placing = keeper.calls.placeAcquire<"acquire">(operation, options)
  void placing.then(async ({ answer }) => await answer).then(noLongerAwaited, noLongerAwaited)
  const placed = await placing
  const stopWatching = onBusy === undefined ? undefined : watchWait(keeper, target, onBusy)
  try {
    return await expecting(keeper, target, async (expected) => {
      const granted = await answerOrTakeBack(keeper, placed, signal, () => {
        cancel(keeper, placed)
      })
      return await takeUp(keeper, target, { terms, granted, expected }, options)
    })
  } finally {
    stopWatching?.()
  }
}

/** Undefined if the lock is not free. */
export async function tryAcquireLock(
  keeper: LockKeeper,
  target: LockTarget,
  options: LockOptions = {},
): Promise<Lock | undefined> {
  return await claiming(keeper, target, async () => await tryAcquireClaimed(keeper, target, options))
}

/** A claim that brings no lock is given up. */
async function claiming<T extends Lock | undefined>(
  keeper: LockKeeper,
  target: LockTarget,
  acquire: () => Promise<T>,
): Promise<T> {
  keeper.claim(target.path, target.node)
  let lock: T | undefined
  try {
    lock = await acquire()
    return lock
  } finally {
    if (lock === undefined) keeper.unclaim(target.node)
  }
}

async function tryAcquireClaimed(
  keeper: LockKeeper,
  target: LockTarget,
  options: LockOptions,
): Promise<Lock | undefined> {
  checkOptions(options)
  const terms = termsOf(options)
  const kept = takeKept(keeper, target, terms, options)
  if (kept !== undefined) return kept
  const operation = { kind: "tryAcquire", node: target.node, ...terms } as const
  const placed = await keeper.calls.placeAcquire<"tryAcquire">(operation, options)
  return await expecting(keeper, target, async (expected) => {
    const answer = await answerOrTakeBack(keeper, placed, options.signal, () => {
      giveBackIfGranted(keeper, placed.answer)
    })
    if (answer.acquired) return await takeUp(keeper, target, { terms, granted: answer, expected }, options)
    const { holders, waiterCount, delay } = answer
    options.onBusy?.(busyLock(target.path, { holders, waitersBefore: waiterCount, delay }))
    return undefined
  })
}

/** Until `acquire` is done, it is noted if somebody else asks for the lock. */
async function expecting<T>(
  keeper: LockKeeper,
  { path }: LockTarget,
  acquire: (expected: ExpectedLock) => Promise<T>,
): Promise<T> {
  const expected = keeper.expect(path)
  try {
    return await acquire(expected)
  } finally {
    keeper.expectNoMore(expected)
  }
}

function checkOptions(options: LockOptions): void {
  enter(options)
  demand("keep", options.keep, orUndefined(flag))
  demand("onBusy", options.onBusy, orUndefined(callback))
}

const callback: Rule = { allowed: "a function", admits: (value) => typeof value === "function" }

function termsOf({ mode = "exclusive", lockDelayMs = 0 }: LockOptions): LockTerms {
  return { mode, lockDelayMs }
}

/** A kept one that won't do is given back, or the session would have to wait for itself. */
function takeKept(
  keeper: LockKeeper,
  { path, node }: LockTarget,
  terms: LockTerms,
  { underSequencer, keep = false }: LockOptions,
): Lock | undefined {
  // Whether the sequencer is still good, only the cell can tell; and a handle wants to be the holder itself.
  const willDo = node.kind === "path" && underSequencer === undefined && keeper.isSafe
  const grant = willDo ? keeper.cache.take(path, terms) : keeper.cache.drop(path)
  if (grant === undefined) return undefined
  const hold = new Hold({ ...grant, path }, keep)
  keeper.watchOver(hold)
  return new HeldLock(keeper, hold)
}

/** The answer; if `signal` fires first, its reason, and what was asked for is taken back. */
async function answerOrTakeBack<Kind extends "acquire" | "tryAcquire">(
  keeper: LockKeeper,
  placed: NumberedCall<Kind>,
  signal: AbortSignal | undefined,
  takeBack: () => void,
): Promise<AnswerOf<Kind>> {
  if (signal === undefined) return await placed.answer
  const outcome = deferred<AnswerOf<Kind>>()
  const onAbort = (): void => {
    const reason = keeper.calls.abortReason(signal)
    outcome.reject(reason)
    if (placed.wasSent()) takeBack()
    else placed.giveUp(reason)
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener("abort", onAbort, { once: true })
  placed.answer.then(outcome.resolve, outcome.reject)
  try {
    return await outcome.promise
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}

/**
 * Both calls go on in the background, over fail-overs too, until they are answered or the session ends. The Acquire is
 * answered "cancelled", unless it was granted before the cell heard of the change of mind.
 */
function cancel(keeper: LockKeeper, placed: NumberedCall<"acquire">): void {
  const { requestNumber } = placed
  keeper.calls.call<"cancelAcquire">({ kind: "cancelAcquire", requestNumber }).catch(() => undefined)
  giveBackIfGranted(keeper, placed.answer)
}

function giveBackIfGranted(keeper: LockKeeper, answer: Promise<AnswerOf<"acquire" | "tryAcquire">>): void {
  answer.then(
    (granted) => {
      if (granted.kind === "acquire" || granted.acquired) void keeper.giveBack(granted)
    },
    () => undefined,
  )
}

async function takeUp(
  keeper: LockKeeper,
  { path, node }: LockTarget,
  {
    terms,
    granted,
    expected,
  }: { readonly terms: LockTerms; readonly granted: Granted; readonly expected: ExpectedLock },
  { signal, keep = false }: LockOptions,
): Promise<Lock> {
  const { handle, lockGeneration, stat } = granted
  try {
    const sequencer = granted.sequencer === "" ? await sequencerOf(keeper, handle, signal) : granted.sequencer
    const { path: spelledPath, instance } = stat
    const grant = { path, spelledPath, ...terms, instance, handle, lockGeneration, sequencer }
    // A lock that is kept and used by nobody would keep an ephemeral node alive; and a handle may be closed.
    const hold = new Hold(grant, keep && !stat.ephemeral && node.kind === "path")
    await keeper.keep(hold, signal)
    hold.lost.throwIfAborted()
    if (expected.wanted === grant.instance) hold.want()
    if (hold.mayBeKept) void keeper.lookForWaiters(grant)
    return new HeldLock(keeper, hold)
  } catch (reason) {
    void keeper.giveBack(granted)
    throw reason
  }
}

async function sequencerOf(keeper: LockKeeper, handle: string, signal: AbortSignal | undefined): Promise<string> {
  const operation = { kind: "getSequencer", node: { kind: "handle", handle } } as const
  const { sequencer } = await keeper.calls.call<"getSequencer">(operation, { signal })
  return sequencer
}
