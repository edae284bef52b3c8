/**
 * A client that writes without pause, one write after the other, and notes how long it went without an acknowledgement:
 * that is what a user sees of a fail-over.
 */
import { setTimeout as pause } from "node:timers/promises"
import type { BenchClient } from "../bench-client.ts"

/** Libraries that give up when a leader is lost are asked again, as their users would. */
const againAfterMs = 5
/** Nobody leaves a system alone for so long. */
const givenUpAfterMs = 120_000

export class GapWatch {
  readonly #client: BenchClient
  readonly #contents = new Uint8Array(256)
  #loop: Promise<void> | undefined
  #isStopping = false
  #latestAt = 0
  #longestGapMs = 0
  #writeCount = 0
  /** Whoever waits for the writes to go on. */
  #onWrite: (() => void)[] = []

  constructor(client: BenchClient) {
    this.#client = client
  }

  start(): void {
    this.#latestAt = performance.now()
    this.#loop = this.#run()
    // Seen where the loop is awaited, in `stop`.
    this.#loop.catch(() => undefined)
  }

  /** The longest gap from the beginning of `disturbance` until `count` writes after its end have been acknowledged. */
  async longestGapAround(disturbance: () => Promise<void>, count = 50): Promise<number> {
    this.forget()
    await disturbance()
    return await this.longestGapAfter(count)
  }

  /** From now on. */
  forget(): void {
    this.#longestGapMs = 0
  }

  /** The longest gap since `forget`, once `count` more writes have been acknowledged. */
  async longestGapAfter(count = 50): Promise<number> {
    const enough = this.#writeCount + count
    while (this.#writeCount < enough) await Promise.race([this.#nextWrite(), this.#loop])
    return this.#longestGapMs
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#loop
  }

  #nextWrite(): Promise<void> {
    return new Promise((resolve) => this.#onWrite.push(resolve))
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#write(`gap-${this.#writeCount % 100}`)
      const now = performance.now()
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#latestAt)
      this.#latestAt = now
      this.#writeCount += 1
      const waiting = this.#onWrite
      this.#onWrite = []
      for (const resolve of waiting) resolve()
    }
  }

  async #write(key: string): Promise<void> {
    for (;;) {
      try {
        await this.#client.write(key, this.#contents)
        return
      } catch (error) {
        if (performance.now() - this.#latestAt > givenUpAfterMs) throw error
        await pause(againAfterMs)
      }
    }
  }
}
