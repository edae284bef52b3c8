/**
 * Closed loops at growing numbers of outstanding calls, with what the processors spent on them. Every loop is run
 * several times and the median of each figure is reported: a shared machine has bad moments.
 */
import type { RunningSystem } from "../system-under-test.ts"
import { pidsOf, type BenchContext } from "../workload.ts"
import { closedLoop } from "./closed-loop.ts"
import { medianOf } from "./latencies.ts"
import { cpuSecondsOf } from "./processes.ts"

/**
 * Programs that are compiled while they run, clients as well as servers, are several times slower at first. What runs
 * once per message needs other warming than what runs once per call.
 */
const warmUps = [
  { outstanding: 1, warmUpMs: 0, countedMs: 10_000, callCountMax: 6_000 },
  { outstanding: 64, warmUpMs: 0, countedMs: 15_000, callCountMax: 60_000 },
] as const
/** For the queues to fill, or to empty, when the number of outstanding calls has changed. */
const settleMs = 500

type Call = (caller: number, number: number) => Promise<void>
type Figures = Readonly<Record<string, number>>

export async function reportThroughput(context: BenchContext, running: RunningSystem, call: Call): Promise<void> {
  const { outstanding: levels, roundCount } = context.settings
  const pids = await pidsOf(running)
  for (const warmUp of warmUps) await closedLoop(warmUp, call)
  context.progress("warmed up")
  for (const outstanding of levels) {
    const rounds: Figures[] = []
    for (let round = 1; round <= roundCount; round += 1) {
      rounds.push(await measure(context, pids, outstanding, call))
      context.progress(`${outstanding} outstanding, round ${round} of ${roundCount}`)
    }
    context.report(`${outstanding} outstanding`, medians(rounds))
  }
}

async function measure(
  { settings }: BenchContext,
  pids: readonly number[],
  outstanding: number,
  call: Call,
): Promise<Figures> {
  let serverSeconds = 0
  let clientMicroseconds = 0
  const onCounting = (phase: "begin" | "end"): void => {
    const sign = phase === "begin" ? -1 : 1
    const { user, system } = process.cpuUsage()
    serverSeconds += sign * cpuSecondsOf(pids)
    clientMicroseconds += sign * (user + system)
  }
  const countedMs = settings.seconds * 1000
  const result = await closedLoop({ outstanding, warmUpMs: settleMs, countedMs, onCounting }, call)
  const thousands = result.callCount / 1000
  return {
    "per second": result.callsPerSecond,
    "p50 ms": result.latencies.median,
    "p99 ms": result.latencies.quantile(990),
    "max ms": result.latencies.max,
    "servers' CPU s per 1,000": serverSeconds / thousands,
    "client's CPU s per 1,000": clientMicroseconds / 1e6 / thousands,
  }
}

function medians(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, medianOf(rounds.map((figures) => figures[name] ?? NaN))]))
}
