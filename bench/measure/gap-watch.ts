/**
 * A client that writes without pause, one write after the other, and notes how long it went without an acknowledgement:
 * that is what a user sees of a fail-over.
 */
import type { BenchClient } from "../system-under-test.ts"

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
    this.#longestGapMs = 0
    await disturbance()
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
      await this.#client.write(`gap-${this.#writeCount % 100}`, this.#contents)
      const now = performance.now()
      this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#latestAt)
      this.#latestAt = now
      this.#writeCount += 1
      const waiting = this.#onWrite
      this.#onWrite = []
      for (const resolve of waiting) resolve()
    }
  }
}
