/**
 * A held lock. It is held for as long as its session's local lease lasts: `validUntil` moves on with every KeepAlive,
 * and when it is reached without one, `lost` fires. The cell's own count of the lease is longer by construction, so
 * `lost` fires before anybody else can be given the lock, whatever the network does. (An event loop that is blocked
 * delays `lost` like everything else: before an irrevocable step, ask `isHeld`, and let the resource check the sequencer.)
 *
 * A lost lock stays lost. If the session is saved after all, the library gives the lock back to the cell.
 */
import type { Generation } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import type { LockMode } from "../contract/lock-mode.ts"
import { unlessAborted } from "./abort.ts"
import type { BusyLock } from "./busy-lock.ts"
import type { Hold } from "./hold.ts"
import type { LockKeeper } from "./lock-keeper.ts"
import type { CallOptions } from "./session-calls.ts"

export interface LockOptions extends CallOptions {
  /** "exclusive" unless said otherwise. */
  readonly mode?: LockMode | undefined
  /**
   * How long the cell bars the lock should this holder's session be lost, at most a minute; zero unless said otherwise.
   * For resources that can't check a sequencer: requests of the lost holder that are still on their way get so long to
   * arrive. A lock that is released is free at once.
   */
  readonly lockDelayMs?: DurationMs | undefined
  /**
   * Whether the lock may stay with the session after its release, until somebody else asks for it: to acquire it again
   * takes no round trip then. To the cell the session remains its holder.
   */
  readonly keep?: boolean | undefined
  /** Told why the lock can't be had at once; while waiting, again when that has changed, less and less often. */
  readonly onBusy?: ((busy: BusyLock) => void) | undefined
}

export interface AcquireOptions extends LockOptions {
  /**
   * How long the cell lets the Acquire wait; for ever unless said otherwise. Then it rejects with DEADLINE_EXCEEDED, and
   * the lock is not held. (A `signal` ends the wait here, whether or not the cell can be reached.)
   */
  readonly waitMs?: DurationMs | undefined
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
  /**
   * Fires when somebody else asks for the lock while it is held; it may have fired by the time the lock is handed out.
   * What to do about it is the holder's decision.
   */
  readonly wanted: AbortSignal
  /** On the clock of `performance.now()`: nobody else can be given the lock before. */
  readonly validUntil: Instant
  /** Whether the lock is held at this very moment. */
  readonly isHeld: boolean
  /** Gives the lock back, even if `signal` ends the wait for that. Does nothing if it was lost or released before. */
  release(options?: CallOptions): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export class HeldLock implements Lock {
  readonly #keeper: LockKeeper
  readonly #hold: Hold

  constructor(keeper: LockKeeper, hold: Hold) {
    this.#keeper = keeper
    this.#hold = hold
  }

  get path(): string {
    return this.#hold.grant.path
  }

  get mode(): LockMode {
    return this.#hold.grant.mode
  }

  get lockGeneration(): Generation {
    return this.#hold.grant.lockGeneration
  }

  get sequencer(): string {
    return this.#hold.grant.sequencer
  }

  get lost(): AbortSignal {
    return this.#hold.lost
  }

  get wanted(): AbortSignal {
    return this.#hold.wanted
  }

  get validUntil(): Instant {
    return this.#hold.endedAt ?? this.#keeper.validUntil
  }

  get isHeld(): boolean {
    return this.#keeper.isHeld(this.#hold)
  }

  async release({ signal }: CallOptions = {}): Promise<void> {
    if (this.#hold.endedAt !== undefined) return
    const released = this.#keeper.release(this.#hold)
    await unlessAborted(released, signal, (fired) => this.#keeper.calls.abortReason(fired))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()
  }
}
