/** Closed loops at growing numbers of outstanding calls, with what the servers' processors spent on them. */
import { pidsOf, type BenchContext } from "../workload.ts"
import type { RunningSystem } from "../system-under-test.ts"
import { closedLoop } from "./closed-loop.ts"
import { cpuSecondsOf } from "./processes.ts"

const warmUpMs = 1_000

export async function reportThroughput(
  context: BenchContext,
  running: RunningSystem,
  call: (caller: number, number: number) => Promise<void>,
): Promise<void> {
  const pids = await pidsOf(running)
  for (const outstanding of context.settings.outstanding) {
    let serverSeconds = 0
    let clientMicroseconds = 0
    const onCounting = (phase: "begin" | "end"): void => {
      const sign = phase === "begin" ? -1 : 1
      const { user, system } = process.cpuUsage()
      serverSeconds += sign * cpuSecondsOf(pids)
      clientMicroseconds += sign * (user + system)
    }
    const countedMs = context.settings.seconds * 1000
    const result = await closedLoop({ outstanding, warmUpMs, countedMs, onCounting }, call)
    const thousands = result.callCount / 1000
    context.report(`${outstanding} outstanding`, {
      "per second": result.callsPerSecond,
      "p50 ms": result.latencies.median,
      "p99 ms": result.latencies.quantile(990),
      "max ms": result.latencies.max,
      "servers' CPU s per 1,000": serverSeconds / thousands,
      "client's CPU s per 1,000": clientMicroseconds / 1e6 / thousands,
    })
    context.progress(`${outstanding} outstanding`)
  }
}
