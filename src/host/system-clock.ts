/**
 * The machine's monotonic clock and the event loop's timers.
 *
 * No wall clock is read: setting the time of day, forwards or backwards, changes nothing. A stopped process (SIGSTOP)
 * sees the missed time at once when it goes on, which is what makes its leases lapse.
 */
import { performance } from "node:perf_hooks"
import type { Clock, Timers } from "./ports.ts"

/** Longer waits are cut into pieces: beyond 2^31 - 1 ms Node would call back at once. */
const waitMsMax = 0x7fff_ffff

export const systemClock: Clock = {
  now: () => Math.floor(performance.now()) + 1,
}

export const systemTimers: Timers = {
  // Immediates run right after the poll for I/O: everything that sockets and disk brought in one round of the event
  // loop is taken together, and nothing waits for a timer. A microtask would run after every single callback, and each
  // message would become a turn (and a commit) of its own.
  soon: (callback) => {
    setImmediate(callback)
  },
  at: (instant, callback) => {
    let timer: NodeJS.Timeout
    const wait = (): void => {
      const waitMs = instant - systemClock.now()
      // Timers count from the loop's own idea of now and may fire a little early: then one more short wait follows.
      timer = setTimeout(
        () => (systemClock.now() >= instant ? callback() : wait()),
        Math.min(Math.max(waitMs, 0), waitMsMax),
      )
    }
    wait()
    return () => clearTimeout(timer)
  },
}
