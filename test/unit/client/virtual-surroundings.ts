/** Surroundings on virtual time: nothing happens until the test lets time pass, and then in order. */
import { Prng } from "../../../src/base/prng.ts"
import type { Surroundings } from "../../../src/client/surroundings.ts"

interface Timer {
  readonly at: number
  readonly then: () => void
}

export class VirtualSurroundings implements Surroundings {
  readonly dice: Prng = new Prng(1)
  readonly host: string = "here"
  readonly processId: number = 1
  #now = 1
  #nonceCount = 0
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  schedule(delayMs: number, then: () => void): () => void {
    const timer = { at: this.#now + delayMs, then }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  nonce(): string {
    this.#nonceCount += 1
    return `nonce-${this.#nonceCount}`
  }

  /** Lets `spanMs` pass; timers that are due fire in order of their instants. `look` looks whenever all is quiet. */
  async pass(spanMs: number, look: () => void = () => undefined): Promise<void> {
    const end = this.#now + spanMs
    for (;;) {
      await quiet()
      look()
      const next = [...this.#timers].sort((left, right) => left.at - right.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.then()
    }
    this.#now = end
  }
}

/** Everything that promises had to do is done. */
export async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
