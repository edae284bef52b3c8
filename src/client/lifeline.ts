/**
 * Watches the lease of one session on the local clock, and reports every change of the session's standing: on time even
 * when nothing arrives any more, because that is just when it matters. Before it says that time is up, it looks whether
 * an answer has come that lies unheard: an event loop that was blocked serves its timers first.
 */
import { never, type Instant } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import { SessionLease, type LeaseGrant, type SessionStanding } from "./core/session-lease.ts"
import type { Surroundings } from "./surroundings.ts"

/** Rates of two machines' clocks differ by no more than this. */
export const driftPerMille = 10

export interface LifelineListener {
  (standing: SessionStanding, reason: string): void
}

export class Lifeline {
  readonly #surroundings: Surroundings
  readonly #catchUp: () => void
  readonly #listener: LifelineListener
  readonly #sessionLease: SessionLease
  #isStopped = false
  #cancelAlarm: () => void = () => undefined

  /** `catchUp`: the pulse's. */
  constructor(surroundings: Surroundings, grant: LeaseGrant, catchUp: () => void, listener: LifelineListener) {
    this.#surroundings = surroundings
    this.#catchUp = catchUp
    this.#listener = listener
    this.#sessionLease = new SessionLease({ driftPerMille, gracePeriodMs: limits.gracePeriodMs }, grant)
    this.#setAlarm()
  }

  get validUntil(): Instant {
    return this.#sessionLease.validUntil
  }

  get graceEndsAt(): Instant {
    return this.#sessionLease.graceEndsAt
  }

  /** By the clock, even if the event loop was blocked when the lease ended. */
  get standing(): SessionStanding {
    this.#tick()
    return this.#sessionLease.standing
  }

  extend(grant: LeaseGrant): void {
    this.#report(this.#sessionLease.extend(grant, this.#surroundings.now()), "")
    this.#setAlarm()
  }

  /** The cell says so. */
  expire(reason: string): void {
    this.#report(this.#sessionLease.expire(), reason)
    this.#setAlarm()
  }

  /** The session was closed; nothing more is reported. */
  stop(): void {
    this.#isStopped = true
    this.#cancelAlarm()
  }

  #setAlarm(): void {
    this.#cancelAlarm()
    const { wakeAt } = this.#sessionLease
    if (wakeAt === never || this.#isStopped) return
    this.#cancelAlarm = this.#surroundings.schedule(Math.max(wakeAt - this.#surroundings.now(), 0), () => {
      this.#tick()
      this.#setAlarm()
    })
  }

  #tick(): void {
    if (this.#sessionLease.wakeAt <= this.#surroundings.now()) this.#catchUp()
    this.#report(this.#sessionLease.tick(this.#surroundings.now()), silence)
  }

  #report(standing: SessionStanding | undefined, reason: string): void {
    if (standing !== undefined && !this.#isStopped) this.#listener(standing, reason)
  }
}

const silence = "the cell has not answered in time"
