/**
 * A client's process on virtual time: its clock, its timers and its dice. It can be paused, as SIGSTOP does (its clock
 * goes on, and what arrives meanwhile waits its turn), and killed, as SIGKILL does: then nothing happens in it any more.
 */
import type { Prng } from "../base/prng.ts"
import type { Surroundings } from "../client/surroundings.ts"
import type { ProcessClock, Timeline, TrueTime } from "./time.ts"

export interface ClientHabits {
  readonly clock: ProcessClock
  readonly dice: Prng
  /** How late the next timer goes off. */
  readonly oversleep: () => TrueTime
}

export class RunningClient {
  /** Unlike that of any other process. */
  readonly name: string
  readonly surroundings: Surroundings
  readonly #timeline: Timeline
  readonly #habits: ClientHabits
  #pausedUntil: TrueTime = 0
  #isAlive = true
  /** What has reached the process while it was paused, in order. */
  readonly #waiting: (() => void)[] = []
  #nonceCount = 0

  constructor(name: string, timeline: Timeline, habits: ClientHabits) {
    this.name = name
    this.#timeline = timeline
    this.#habits = habits
    const { clock, dice } = habits
    this.surroundings = {
      dice,
      now: () => clock.read(timeline.now),
      schedule: (delayMs, then) => this.#schedule(clock.read(timeline.now) + delayMs, then),
      nonce: () => `${name}/${(this.#nonceCount += 1)}`,
      host: name,
      processId: 1,
    }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get pausedUntil(): TrueTime {
    return this.#pausedUntil
  }

  pause(span: TrueTime): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#timeline.now + span)
  }

  /** Goes on at once. */
  resume(): void {
    this.#pausedUntil = this.#timeline.now
    if (this.#waiting.length > 0) this.#goOn()
  }

  kill(): void {
    this.#isAlive = false
    this.#waiting.length = 0
  }

  /** Something reaches the process, which takes it in as soon as it is awake. */
  reach(then: () => void): void {
    if (!this.#isAlive) return
    if (this.#waiting.length === 0 && this.#timeline.now >= this.#pausedUntil) return then()
    this.#waiting.push(then)
    if (this.#waiting.length === 1) this.#goOn()
  }

  /** One at a time, each an event of its own, so that promises get their turn in between. */
  #goOn(): void {
    this.#timeline.plan(Math.max(this.#timeline.now, this.#pausedUntil), () => {
      if (this.#timeline.now >= this.#pausedUntil) this.#waiting.shift()?.()
      if (this.#waiting.length > 0) this.#goOn()
    })
  }

  #schedule(instant: number, then: () => void): () => void {
    const { clock, oversleep } = this.#habits
    const due = Math.max(clock.whenShows(instant), this.#timeline.now)
    let isCalledOff = false
    this.#timeline.plan(due + oversleep(), () => {
      this.reach(() => {
        if (!isCalledOff) then()
      })
    })
    return () => {
      isCalledOff = true
    }
  }
}
