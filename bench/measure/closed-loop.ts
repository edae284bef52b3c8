/**
 * A closed loop: so many callers, each of which makes its next call when the last one was answered. The first part of a
 * run warms the system up and is not counted.
 */
import { Latencies } from "./latencies.ts"

export interface LoopOptions {
  readonly outstanding: number
  readonly warmUpMs: number
  readonly countedMs: number
  /** Ends before its time when so many calls have been made. */
  readonly callCountMax?: number
  /** Called around the counted part. */
  readonly onCounting?: (phase: "begin" | "end") => Promise<void> | void
}

export interface LoopResult {
  readonly callCount: number
  readonly callsPerSecond: number
  readonly latencies: Latencies
}

/** `call` gets the number of its caller and a running number. */
export async function closedLoop(
  { outstanding, warmUpMs, countedMs, callCountMax = Infinity, onCounting }: LoopOptions,
  call: (caller: number, number: number) => Promise<void>,
): Promise<LoopResult> {
  let number = 0
  const runFor = async (spanMs: number, latencies: Latencies): Promise<void> => {
    const endsAt = performance.now() + spanMs
    const run = async (caller: number): Promise<void> => {
      for (;;) {
        const calledAt = performance.now()
        if (calledAt >= endsAt || number >= callCountMax) return
        number += 1
        await call(caller, number)
        latencies.add(performance.now() - calledAt)
      }
    }
    await Promise.all(Array.from({ length: outstanding }, (_, caller) => run(caller)))
  }
  await runFor(warmUpMs, new Latencies())
  const latencies = new Latencies()
  await onCounting?.("begin")
  const beganAt = performance.now()
  await runFor(countedMs, latencies)
  const tookMs = performance.now() - beganAt
  await onCounting?.("end")
  return { callCount: latencies.count, callsPerSecond: (latencies.count * 1000) / tookMs, latencies }
}
