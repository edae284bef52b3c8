/**
 * All locks of one session, so that each is told the moment the session's local lease is over. What was lost and then
 * turns out to be held still (the session was saved within its grace period) is given back to the cell: its owner has
 * been told to stop, and nobody should wait for a lock that nobody uses.
 */
import { deferred, type Deferred } from "../base/deferred.ts"
import type { Instant } from "../base/instant.ts"
import { unlessAborted } from "./abort.ts"
import type { SessionStanding } from "./core/session-lease.ts"
import { LockLostError } from "./errors.ts"
import type { Lifeline } from "./lifeline.ts"
import type { SessionCalls } from "./session-calls.ts"
import type { Surroundings } from "./surroundings.ts"

/** What the cell has granted: a handle that holds a lock. */
export class Hold {
  readonly path: string
  readonly handle: string
  readonly #lost = new AbortController()
  #endedAt: Instant | undefined

  constructor(path: string, handle: string) {
    this.path = path
    this.handle = handle
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** When it was released or lost; undefined while it is held. */
  get endedAt(): Instant | undefined {
    return this.#endedAt
  }

  end(at: Instant): void {
    this.#endedAt ??= at
  }

  lose(at: Instant, reason: string): void {
    this.end(at)
    this.#lost.abort(new LockLostError(this.path, `the lock on ${this.path} is lost: ${reason}`))
  }
}

export class LockKeeper {
  readonly calls: SessionCalls
  readonly #lifeline: Lifeline
  readonly #surroundings: Surroundings
  readonly #holds = new Set<Hold>()
  /** Lost, and perhaps still held as far as the cell knows. */
  readonly #forfeited = new Set<Hold>()
  /** Resolved when the session is safe again, or has ended. */
  #outOfJeopardy: Deferred<void> | undefined

  constructor(calls: SessionCalls, lifeline: Lifeline, surroundings: Surroundings) {
    this.calls = calls
    this.#lifeline = lifeline
    this.#surroundings = surroundings
  }

  get validUntil(): Instant {
    return this.#lifeline.validUntil
  }

  /** By the clock: true only if `lost` has no reason to have fired, even if it had no chance to. */
  isHeld(hold: Hold): boolean {
    return hold.endedAt === undefined && this.#lifeline.standing === "safe"
  }

  /**
   * A lock may be granted while the session is in jeopardy here: the cell was back before the KeepAlive's answer was.
   * It is of use only once the lease is known to go on.
   */
  async keep(hold: Hold, signal: AbortSignal | undefined): Promise<void> {
    while (this.#lifeline.standing === "jeopardy") {
      this.#outOfJeopardy ??= deferred()
      await unlessAborted(this.#outOfJeopardy.promise, signal, (fired) => this.calls.abortReason(fired))
    }
    if (this.#lifeline.standing === "expired") hold.lose(this.#surroundings.now(), "the session has expired")
    else this.#holds.add(hold)
  }

  /** Not held any more from now on, even if the cell does not know yet. */
  #letGo(hold: Hold): void {
    hold.end(this.#surroundings.now())
    this.#holds.delete(hold)
  }

  follow(standing: SessionStanding, reason: string): void {
    switch (standing) {
      case "safe":
        this.#settleJeopardy()
        for (const hold of this.#forfeited) void this.giveBack(hold)
        this.#forfeited.clear()
        break
      case "jeopardy":
        for (const hold of this.#loseAll(reason)) this.#forfeited.add(hold)
        break
      case "expired":
        this.#loseAll(reason)
        this.#settleJeopardy()
        break
    }
  }

  /** Releases, waited for or not: the link repeats the call until it is answered or the session ends. */
  giveBack(hold: Hold): Promise<unknown> {
    this.#letGo(hold)
    const released = this.calls.call<"release">({ kind: "release", node: { kind: "handle", handle: hold.handle } })
    // For those who don't wait. Refused means that the cell knows of no such hold, and a session that ends takes its
    // locks along: either way the lock is free, which is all that was wanted.
    released.catch(() => undefined)
    return released
  }

  #loseAll(reason: string): readonly Hold[] {
    const holds = [...this.#holds]
    this.#holds.clear()
    const at = this.#surroundings.now()
    for (const hold of holds) hold.lose(at, reason)
    return holds
  }

  #settleJeopardy(): void {
    this.#outOfJeopardy?.resolve()
    this.#outOfJeopardy = undefined
  }
}
