/**
 * A held lock. It is held for as long as its session's local lease lasts: `validUntil` moves on with every KeepAlive,
 * and when it is reached without one, `lost` fires. The cell's own count of the lease is longer by construction, so
 * `lost` fires before anybody else can be given the lock, whatever the network does. (An event loop that is blocked
 * delays `lost` like everything else: before an irrevocable step, ask `isHeld`, and let the resource check the sequencer.)
 *
 * A lost lock stays lost. If the session is saved after all, the library gives the lock back to the cell.
 */
import type { Generation } from "../base/brand.ts"
import { deferred } from "../base/deferred.ts"
import type { Instant } from "../base/instant.ts"
import type { LockMode } from "../contract/lock-mode.ts"
import type { NodeRef } from "../contract/requests.ts"
import type { AnswerOf } from "../wire/messages.ts"
import { unlessAborted } from "./abort.ts"
import { byPath } from "./files.ts"
import { Hold, type LockKeeper } from "./lock-keeper.ts"
import type { CallOptions, NumberedCall } from "./session-calls.ts"

export interface LockOptions extends CallOptions {
  /** "exclusive" unless said otherwise. */
  readonly mode?: LockMode | undefined
}

export interface Lock {
  readonly path: string
  readonly mode: LockMode
  /** Greater than that of every earlier holder. */
  readonly lockGeneration: Generation
  /** Signed by the cell: pass it to a resource along with every request that this lock is to protect. */
  readonly sequencer: string
  /** Fires, with a `LockLostError`, at `validUntil` at the latest. Not when the lock is released. */
  readonly lost: AbortSignal
  /** On the clock of `performance.now()`: nobody else can be given the lock before. */
  readonly validUntil: Instant
  /** Whether the lock is held at this very moment. */
  readonly isHeld: boolean
  /** Gives the lock back, even if `signal` ends the wait for that. Does nothing if it was lost or released before. */
  release(options?: CallOptions): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function acquireLock(keeper: LockKeeper, path: string, options: LockOptions = {}): Promise<Lock> {
  const mode = options.mode ?? "exclusive"
  const placed = await keeper.calls.placeAcquire<"acquire">({ kind: "acquire", node: byPath(path), mode }, options)
  const granted = await answerOrTakeBack(keeper, placed, options.signal, () => {
    cancel(keeper, placed)
  })
  return await takeUp(keeper, { path, mode, ...granted }, options)
}

/** Undefined if the lock is not free. */
export async function tryAcquireLock(
  keeper: LockKeeper,
  path: string,
  options: LockOptions = {},
): Promise<Lock | undefined> {
  const mode = options.mode ?? "exclusive"
  const operation = { kind: "tryAcquire", node: byPath(path), mode } as const
  const placed = await keeper.calls.placeAcquire<"tryAcquire">(operation, options)
  const answer = await answerOrTakeBack(keeper, placed, options.signal, () => {
    giveBackIfGranted(keeper, placed.answer)
  })
  return answer.acquired ? await takeUp(keeper, { path, mode, ...answer }, options) : undefined
}

/** A caller who gives up leaves neither a place in the queue nor a lock behind. */
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
      if (granted.kind === "acquire" || granted.acquired)
        void keeper.giveBack(new Hold(granted.stat.path, granted.handle))
    },
    () => undefined,
  )
}

interface Grant {
  readonly path: string
  readonly mode: LockMode
  readonly handle: string
  readonly lockGeneration: Generation
}

async function takeUp(keeper: LockKeeper, grant: Grant, options: CallOptions): Promise<Lock> {
  const hold = new Hold(grant.path, grant.handle)
  try {
    await keeper.keep(hold, options.signal)
    const node: NodeRef = { kind: "handle", handle: grant.handle }
    const { sequencer } = await keeper.calls.call<"getSequencer">({ kind: "getSequencer", node }, options)
    hold.lost.throwIfAborted()
    return new HeldLock(keeper, hold, grant, sequencer)
  } catch (reason) {
    void keeper.giveBack(hold)
    throw reason
  }
}

class HeldLock implements Lock {
  readonly path: string
  readonly mode: LockMode
  readonly lockGeneration: Generation
  readonly sequencer: string
  readonly #keeper: LockKeeper
  readonly #hold: Hold

  constructor(keeper: LockKeeper, hold: Hold, grant: Grant, sequencer: string) {
    this.#keeper = keeper
    this.#hold = hold
    this.path = grant.path
    this.mode = grant.mode
    this.lockGeneration = grant.lockGeneration
    this.sequencer = sequencer
  }

  get lost(): AbortSignal {
    return this.#hold.lost
  }

  get validUntil(): Instant {
    return this.#hold.endedAt ?? this.#keeper.validUntil
  }

  get isHeld(): boolean {
    return this.#keeper.isHeld(this.#hold)
  }

  async release({ signal }: CallOptions = {}): Promise<void> {
    if (this.#hold.endedAt !== undefined) return
    const released = this.#keeper.giveBack(this.#hold)
    await unlessAborted(released, signal, (fired) => this.#keeper.calls.abortReason(fired))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }
}
