/**
 * Keeps one session alive and watches its lease: one KeepAlive is always with the master, the next leaves as soon as
 * it is answered. Reports every change of the session's standing, on time even when nothing arrives any more.
 */
import { never, type DurationMs, type Instant } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import { SessionLease, type LeaseGrant, type SessionStanding } from "./core/session-lease.ts"
import { CellError } from "./errors.ts"
import type { SessionCalls } from "./session-calls.ts"
import type { Surroundings } from "./surroundings.ts"

/** Rates of two machines' clocks differ by no more than this. */
const driftPerMille = 10

/** Before the next KeepAlive, when the cell refused one for a reason that isn't the session's end. */
const pauseAfterRefusalMs: DurationMs = 1_000

/** By how much an answer may be late, if all is well. Whoever waits longer has less time left to find another master. */
const answerDelayMsMax: DurationMs = 1_000

export interface LifelineListener {
  (standing: SessionStanding, reason: string): void
}

export class Lifeline {
  readonly #calls: SessionCalls
  readonly #surroundings: Surroundings
  readonly #listener: LifelineListener
  readonly #sessionLease: SessionLease
  #sessionLeaseMs: DurationMs
  #isStopped = false
  #cancelAlarm: () => void = () => undefined

  constructor(calls: SessionCalls, surroundings: Surroundings, grant: LeaseGrant, listener: LifelineListener) {
    this.#calls = calls
    this.#surroundings = surroundings
    this.#listener = listener
    this.#sessionLease = new SessionLease({ driftPerMille, gracePeriodMs: limits.gracePeriodMs }, grant)
    this.#sessionLeaseMs = grant.sessionLeaseMs
    this.#setAlarm()
    void this.#keepAlive()
  }

  get validUntil(): Instant {
    return this.#sessionLease.validUntil
  }

  get graceEndsAt(): Instant {
    return this.#sessionLease.graceEndsAt
  }

  /** By the clock, even if the event loop was blocked when the lease ended. */
  get standing(): SessionStanding {
    this.#report(this.#sessionLease.tick(this.#surroundings.now()), silence)
    return this.#sessionLease.standing
  }

  /** The session was closed; nothing more is reported. */
  stop(): void {
    this.#isStopped = true
    this.#cancelAlarm()
  }

  async #keepAlive(): Promise<void> {
    while (!this.#isOver) {
      let sentAt = this.#surroundings.now()
      const noteSending = (): void => {
        sentAt = this.#surroundings.now()
      }
      try {
        const { parkedMs, sessionLeaseMs } = await this.#calls.keepAlive(this.#patienceMs, noteSending)
        this.#sessionLeaseMs = sessionLeaseMs
        this.#report(this.#sessionLease.extend({ sentAt, parkedMs, sessionLeaseMs }, this.#surroundings.now()), "")
        this.#setAlarm()
      } catch (reason) {
        const error = CellError.from(reason)
        if (error.code === "SESSION_EXPIRED") this.#report(this.#sessionLease.expire(), error.detail)
        else if (!this.#isOver) await this.#pause()
      }
    }
  }

  get #isOver(): boolean {
    return this.#isStopped || this.#sessionLease.standing === "expired"
  }

  /** The master answers when half the lease is over; a little later it is overdue. */
  get #patienceMs(): DurationMs {
    return Math.ceil(this.#sessionLeaseMs / 2 + Math.min(answerDelayMsMax, this.#sessionLeaseMs / 8))
  }

  #setAlarm(): void {
    this.#cancelAlarm()
    const { wakeAt } = this.#sessionLease
    if (wakeAt === never || this.#isStopped) return
    this.#cancelAlarm = this.#surroundings.schedule(Math.max(wakeAt - this.#surroundings.now(), 0), () => {
      this.#report(this.#sessionLease.tick(this.#surroundings.now()), silence)
      this.#setAlarm()
    })
  }

  #report(standing: SessionStanding | undefined, reason: string): void {
    if (standing !== undefined && !this.#isStopped) this.#listener(standing, reason)
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#surroundings.schedule(pauseAfterRefusalMs, resolve)
    })
  }
}

const silence = "the cell has not answered in time"
