/**
 * All locks of one session, so that each is told the moment the session's local lease is over. What was lost and then
 * turns out to be held still (the session was saved within its grace period) is given back to the cell: its owner has
 * been told to stop, and nobody should wait for a lock that nobody uses.
 */
import type { Instance } from "../base/brand.ts"
import { deferred, type Deferred } from "../base/deferred.ts"
import type { Instant } from "../base/instant.ts"
import type { LockRequested } from "../contract/notices.ts"
import type { NodeRef } from "../contract/requests.ts"
import type { SignedOperation } from "../wire/signed-forms.ts"
import { unlessAborted } from "./abort.ts"
import { localForm } from "./core/cache-names.ts"
import type { SessionStanding } from "./core/session-lease.ts"
import { CellError } from "./errors.ts"
import type { Hold } from "./hold.ts"
import { LockCache, type Grant, type LockWantedListener } from "./lock-cache.ts"
import type { Lifeline } from "./lifeline.ts"
import type { CallObserver, SessionCalls } from "./session-calls.ts"
import type { Surroundings } from "./surroundings.ts"

/** A lock that the cell has been asked for, and that may be granted before the answer is here. */
export interface ExpectedLock {
  readonly name: string
  /** Of the node, if somebody else has asked for its lock meanwhile. */
  wanted: Instance | undefined
}

export class LockKeeper implements LockWantedListener, CallObserver {
  readonly calls: SessionCalls
  readonly surroundings: Surroundings
  readonly cache: LockCache
  readonly #lifeline: Lifeline
  readonly #holds = new Set<Hold>()
  readonly #expected = new Set<ExpectedLock>()
  /** Handles by which a lock is held, or being acquired. */
  readonly #claimed = new Set<string>()
  /** Lost, and perhaps still held as far as the cell knows. */
  readonly #forfeited = new Set<Grant>()
  /** Resolved when the session is safe again, or has ended. */
  #outOfJeopardy: Deferred<void> | undefined
  /** The session has expired, or is being closed: whatever the cell still grants is not held here. */
  #isOver = false

  constructor(calls: SessionCalls, lifeline: Lifeline, surroundings: Surroundings) {
    this.calls = calls
    this.surroundings = surroundings
    this.#lifeline = lifeline
    this.cache = new LockCache((grant) => void this.giveBack(grant))
    calls.observe(this)
  }

  get validUntil(): Instant {
    return this.#lifeline.validUntil
  }

  /** By the clock: the cell passes nothing on that the session holds. */
  get isSafe(): boolean {
    return !this.#isOver && this.#lifeline.standing === "safe"
  }

  /** By the clock: true only if `lost` has no reason to have fired, even if it had no chance to. */
  isHeld(hold: Hold): boolean {
    return hold.endedAt === undefined && this.isSafe
  }

  /**
   * A handle holds a lock once. The cell tells whoever asks again that it has been granted already, so two callers would
   * hold one and the same lock, and the first to release it would take it from the other: the second one is refused here.
   */
  claim(path: string, node: NodeRef): void {
    if (node.kind === "path") return
    if (this.#claimed.has(node.handle)) {
      const sentence = `this handle holds or awaits the lock on ${path} already: release it, or open another handle`
      throw new CellError("HANDLE_BUSY", sentence)
    }
    this.#claimed.add(node.handle)
  }

  /** The claim has come to nothing. */
  unclaim(node: NodeRef): void {
    if (node.kind === "handle") this.#claimed.delete(node.handle)
  }

  /**
   * A lock may be granted while the session is in jeopardy here: the cell was back before the KeepAlive's answer was.
   * It is of use only once the lease is known to go on.
   */
  async keep(hold: Hold, signal: AbortSignal | undefined): Promise<void> {
    while (!this.#isOver && this.#lifeline.standing === "jeopardy") {
      this.#outOfJeopardy ??= deferred()
      await unlessAborted(this.#outOfJeopardy.promise, signal, (fired) => this.calls.abortReason(fired))
    }
    if (this.isSafe) this.watchOver(hold)
    else hold.lose(this.#endOfHolding, "its session has ended")
  }

  /** The cell is about to be asked for a lock: notices may come on another connection, and overtake its answer. */
  expect(path: string): ExpectedLock {
    const expected = { name: localForm(path), wanted: undefined }
    this.#expected.add(expected)
    return expected
  }

  /** It was taken up, or has come to nothing. */
  expectNoMore(expected: ExpectedLock): void {
    this.#expected.delete(expected)
  }

  /** From now on it is told when it is lost, or wanted by others. The session is safe. */
  watchOver(hold: Hold): void {
    this.#holds.add(hold)
  }

  /** Not held any more from now on, even if the cell does not know yet, or is not to know. */
  async release(hold: Hold): Promise<void> {
    hold.end(this.#endOfHolding)
    this.#holds.delete(hold)
    this.#claimed.delete(hold.grant.handle)
    if (hold.mayBeKept && this.isSafe) this.cache.put(hold.grant)
    else await this.giveBack(hold.grant)
  }

  /** Releases, waited for or not: the link repeats the call until it is answered or the session ends. */
  giveBack({ handle }: Pick<Grant, "handle">): Promise<unknown> {
    const released = this.calls.call<"release">({ kind: "release", node: { kind: "handle", handle } })
    // For those who don't wait. Refused means that the cell knows of no such hold, and a session that ends takes its
    // locks along: either way the lock is free, which is all that was wanted.
    released.catch(() => undefined)
    return released
  }

  follow(standing: SessionStanding, reason: string): void {
    switch (standing) {
      case "safe":
        this.#settleJeopardy()
        for (const grant of this.#forfeited) void this.giveBack(grant)
        this.#forfeited.clear()
        break
      case "jeopardy":
        for (const grant of this.#loseAll(reason)) this.#forfeited.add(grant)
        break
      case "expired":
        this.#isOver = true
        this.#loseAll(reason)
        this.#settleJeopardy()
        break
    }
  }

  lockWanted({ instance, path }: LockRequested): void {
    const asked = [...this.#holds].filter(({ grant }) => grant.instance === instance)
    for (const hold of asked) hold.want()
    // While one of these is exclusive, no other can have been granted.
    if (!asked.some(({ grant }) => grant.mode === "exclusive")) this.#noteWish(localForm(path), instance)
    this.#keepNoMore(instance)
  }

  #noteWish(name: string, instance: Instance): void {
    for (const expected of this.#expected) if (expected.name === name) expected.wanted = instance
  }

  mayHaveMissedWishes(): void {
    for (const hold of this.#holds) hold.mayBeKept = false
    for (const grant of this.cache.empty()) void this.giveBack(grant)
  }

  /** Who joined the queue before the lock was granted here has asked somebody else for it. */
  async lookForWaiters({ instance, handle }: Grant): Promise<void> {
    try {
      const { waiters } = await this.calls.call<"getLock">({ kind: "getLock", node: { kind: "handle", handle } })
      if (waiters.length > 0) this.#keepNoMore(instance)
    } catch {
      // As long as it is unknown who waits, the lock is kept from nobody.
      this.#keepNoMore(instance)
    }
  }

  /** A lock goes with its node, and nobody else can delete the node while the lock is held. */
  placed(operation: SignedOperation): undefined {
    if (operation.kind === "delete") this.#dropDeleted(operation)
    if (operation.kind !== "transact") return
    for (const step of [...operation.then, ...operation.otherwise]) if (step.kind === "delete") this.#dropDeleted(step)
  }

  #dropDeleted({ node }: Extract<SignedOperation, { kind: "delete" }>): void {
    if (node.kind === "path") this.cache.drop(node.path)
    // Which node a handle means, only the cell knows.
    else for (const grant of this.cache.empty()) void this.giveBack(grant)
  }

  #keepNoMore(instance: Instance): void {
    for (const hold of this.#holds) if (hold.grant.instance === instance) hold.mayBeKept = false
    this.cache.dropInstance(instance)
  }

  #loseAll(reason: string): readonly Grant[] {
    const holds = [...this.#holds]
    this.#holds.clear()
    const at = this.#endOfHolding
    for (const hold of holds) {
      hold.lose(at, reason)
      this.#claimed.delete(hold.grant.handle)
    }
    return [...holds.map(({ grant }) => grant), ...this.cache.empty()]
  }

  /** Of what ends now. An event loop that was blocked may look long after the lease was over. */
  get #endOfHolding(): Instant {
    return Math.min(this.surroundings.now(), this.#lifeline.validUntil)
  }

  #settleJeopardy(): void {
    this.#outOfJeopardy?.resolve()
    this.#outOfJeopardy = undefined
  }
}
