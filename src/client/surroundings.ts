/**
 * What the library needs from the machine it runs on: a monotonic clock, timers and dice. Handed in, so that a test
 * can run a client's whole life, leases and all, without waiting for it.
 */
import { hostname } from "node:os"
import type { DurationMs, Instant } from "../base/instant.ts"
import { Prng } from "../base/prng.ts"

export interface Surroundings {
  now(): Instant
  /** Calls `then` once, not before `delayMs` have passed. Returns the way to call it off. */
  schedule(delayMs: DurationMs, then: () => void): () => void
  readonly dice: Prng
  /** A text that no other client draws. */
  nonce(): string
  /** Where this runs, for people who look at locks and sessions. */
  readonly host: string
  readonly processId: number
}

/** A timer of Node can't be set further ahead; who asks for more is called early and looks at the clock again. */
const longestTimerMs = 2 ** 31 - 1

export function machineSurroundings(): Surroundings {
  const [seed] = crypto.getRandomValues(new Uint32Array(1))
  return {
    now: () => Math.max(1, Math.floor(performance.now())),
    schedule: (delayMs, then) => {
      const timer = setTimeout(then, Math.min(delayMs, longestTimerMs))
      return () => {
        clearTimeout(timer)
      }
    },
    dice: new Prng(seed ?? 0),
    nonce: () => crypto.randomUUID(),
    host: hostname(),
    processId: process.pid,
  }
}
