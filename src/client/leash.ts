/**
 * What two threads know of each other without a message: when the main thread last turned its event loop, and how many
 * messages the other one has sent it. A process whose main thread is wedged must not hold its locks for ever, so the
 * thread that sends the KeepAlives looks here before each of them.
 *
 * Times are of `process.hrtime`, the one clock that all threads of a process share.
 */
import type { DurationMs, Instant } from "../base/instant.ts"

const beatAt = 0
const sentCount = 1

export class Leash {
  readonly shared: SharedArrayBuffer
  readonly #words: BigInt64Array

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.shared = shared
    this.#words = new BigInt64Array(shared)
  }

  /** The main thread is well. */
  beat(): void {
    Atomics.store(this.#words, beatAt, process.hrtime.bigint())
  }

  /** For how long the main thread has been silent. */
  silentMs(): DurationMs {
    return Number((process.hrtime.bigint() - Atomics.load(this.#words, beatAt)) / 1_000_000n)
  }

  /** A message lies in the port. To be called before anybody else may learn that it was sent. */
  noteSent(): void {
    Atomics.add(this.#words, sentCount, 1n)
  }

  get sentCount(): bigint {
    return Atomics.load(this.#words, sentCount)
  }
}

/**
 * What to add to an instant of this thread's clock to get the process's, and to take away for the way back: no more than
 * that, or no less. The clocks can't be read at once, and a pause in between must not make a lease seem to begin later.
 */
export function offsetToProcessClock(now: () => Instant, bound: "atMost" | "atLeast"): DurationMs {
  if (bound === "atMost") return processClock() - (now() + 1)
  const here = now()
  return processClock() + 1 - here
}

function processClock(): Instant {
  return Number(process.hrtime.bigint() / 1_000_000n)
}
