/**
 * Makes virtual time pass. `automatic`: by itself, whenever nothing else goes on in this process; a test just awaits
 * what it wants to see. `manual`: only while somebody has asked for it, so that a test can look at every instant.
 */
import { quiet, type Timeline } from "./time.ts"

export type ClockMode = "automatic" | "manual"

/** A test that does something else between two awaits, such as a look at a file, is given so many turns to go on with it. */
const turnsUntilIdle = 3

interface Waiter {
  readonly isOver: () => boolean
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export class Pump {
  readonly #timeline: Timeline
  readonly #mode: ClockMode
  readonly #waiters = new Set<Waiter>()
  #isRunning = false
  #isStopped = false
  #failure: Error | undefined

  constructor(timeline: Timeline, mode: ClockMode) {
    this.#timeline = timeline
    this.#mode = mode
    this.#run()
  }

  /** Resolves after the event that makes `isOver` true. Rejects if something breaks in the world first. */
  async passUntil(isOver: () => boolean): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#isStopped || isOver()) return
    const passed = new Promise<void>((resolve, reject) => this.#waiters.add({ isOver, resolve, reject }))
    this.#run()
    await passed
  }

  /** Time stands still from now on. */
  stop(): void {
    this.#isStopped = true
    for (const { resolve } of this.#waiters) resolve()
    this.#waiters.clear()
  }

  #run(): void {
    if (this.#isRunning || !this.#isWanted) return
    this.#isRunning = true
    this.#drive().then(
      () => (this.#isRunning = false),
      (reason: unknown) => this.#break(reason),
    )
  }

  get #isWanted(): boolean {
    return !this.#isStopped && (this.#mode === "automatic" || this.#waiters.size > 0)
  }

  async #drive(): Promise<void> {
    while (this.#isWanted) {
      for (let turn = 0; turn < turnsUntilIdle; turn += 1) await quiet()
      if (!this.#isWanted) return
      this.#timeline.step()
      for (const waiter of this.#waiters) {
        if (!waiter.isOver()) continue
        this.#waiters.delete(waiter)
        waiter.resolve()
      }
    }
  }

  #break(reason: unknown): void {
    this.#failure = reason instanceof Error ? reason : new Error(String(reason))
    this.#isStopped = true
    for (const { reject } of this.#waiters) reject(reason)
    // Nobody may be waiting for anything of the cell itself: an unhandled rejection fails the test all the same.
    if (this.#waiters.size === 0) throw reason
    this.#waiters.clear()
  }
}
