/** A closed loop: so many callers, each of which makes its next call when the last one was answered. */
import { Latencies } from "./latencies.ts"

export interface LoopOptions {
  readonly outstanding: number
  readonly countedMs: number
  /** Ends before its time when so many calls have been made. */
  readonly callCountMax?: number
}

export interface LoopResult {
  readonly callCount: number
  readonly callsPerSecond: number
  readonly latencies: Latencies
}

/** `call` gets the number of its caller. */
export async function closedLoop(
  { outstanding, countedMs, callCountMax = Infinity }: LoopOptions,
  call: (caller: number) => Promise<void>,
): Promise<LoopResult> {
  let calledCount = 0
  const latencies = new Latencies()
  const beganAt = performance.now()
  const endsAt = beganAt + countedMs
  const run = async (caller: number): Promise<void> => {
    for (;;) {
      const calledAt = performance.now()
      if (calledAt >= endsAt || calledCount >= callCountMax) return
      calledCount += 1
      await call(caller)
      latencies.add(performance.now() - calledAt)
    }
  }
  await Promise.all(Array.from({ length: outstanding }, (_, caller) => run(caller)))
  const tookMs = performance.now() - beganAt
  return { callCount: latencies.count, callsPerSecond: (latencies.count * 1000) / tookMs, latencies }
}
