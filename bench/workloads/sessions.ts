/** Sessions that do nothing but live: what they take of memory, and what it costs to hear from them. */
import { setTimeout as pause } from "node:timers/promises"
import { cpuSecondsOf, memoryOf } from "../measure/processes.ts"
import type { FleetOptions, Member, RunningSystem } from "../system-under-test.ts"
import { pidsOf, withSystem, type BenchContext, type Workload } from "../workload.ts"

/** So many times every session is heard from while processor time is counted. */
const keepAlivesCounted = 4
/** A connection each is what every process of a user has; of these fewer fit into one process. */
const multiplexedPerOwn = 10

export const sessions: Workload = {
  name: "sessions",
  meaning: "idle sessions of one process: memory for each, processor time for each KeepAlive, and how many are lost",
  async run(context: BenchContext): Promise<void> {
    const { sessionCount } = context.settings
    await measure(context, { count: sessionCount, connections: "one" })
    await measure(context, { count: Math.ceil(sessionCount / multiplexedPerOwn), connections: "each" })
  },
}

async function measure(context: BenchContext, options: FleetOptions): Promise<void> {
  const { count, connections } = options
  await withSystem(context, async (running) => {
    await running.untilLevel()
    // What a member allocates once, for the first sessions of all, is none of theirs.
    await (await running.openSessions({ count: Math.ceil(count / 10), connections })).close()
    const leader = await running.leader()
    const before = await observe(running, leader, quietMs)

    const beganAt = performance.now()
    const fleet = await running.openSessions(options)
    const openingMs = performance.now() - beganAt
    context.progress(`${count} sessions opened in ${openingMs.toFixed(0)} ms`)
    await pause(fleet.keepAliveEveryMs)
    const clientThen = process.cpuUsage()
    const after = await observe(running, leader, keepAlivesCounted * fleet.keepAliveEveryMs)
    const { user, system } = process.cpuUsage(clientThen)

    const keepAlivesPerSecond = (count * 1000) / fleet.keepAliveEveryMs
    const grownBytes = [...after.leastMiB].map(([pid, mebibytes]) => {
      return { pid, bytes: (mebibytes - (before.leastMiB.get(pid) ?? NaN)) * 1024 * 1024 }
    })
    context.report(`${count} sessions, ${connections === "one" ? "one connection" : "a connection each"}`, {
      "opened per second": (count * 1000) / openingMs,
      "leader, bytes per session": (grownBytes.find(({ pid }) => pid === leader.pid)?.bytes ?? NaN) / count,
      "all, bytes per session": grownBytes.reduce((sum, { bytes }) => sum + bytes, 0) / count,
      "leader, CPU us per KeepAlive": ((after.cpuPerSecond - before.cpuPerSecond) * 1e6) / keepAlivesPerSecond,
      "client, CPU us per KeepAlive": (user + system) / (count * keepAlivesCounted),
      lost: fleet.sessions.filter(({ isAlive }) => !isAlive).length,
    })
    await fleet.close()
  })
}

/** Long enough for a member that has nothing to do to tidy its memory up. */
const quietMs = 15_000
const lookEveryMs = 500

interface Observed {
  /** Of the leader. */
  readonly cpuPerSecond: number
  /** By process: the least that was seen. What is above it waits to be collected. */
  readonly leastMiB: ReadonlyMap<number, number>
}

async function observe(running: RunningSystem, leader: Member, spanMs: number): Promise<Observed> {
  const pids = await pidsOf(running)
  const leastMiB = new Map<number, number>()
  const secondsThen = cpuSecondsOf([leader.pid])
  const beganAt = performance.now()
  while (performance.now() - beganAt < spanMs) {
    await pause(lookEveryMs)
    for (const pid of pids) leastMiB.set(pid, Math.min(leastMiB.get(pid) ?? Infinity, memoryOf(pid).anonymousMiB))
  }
  const cpuPerSecond = ((cpuSecondsOf([leader.pid]) - secondsThen) * 1000) / (performance.now() - beganAt)
  if ((await running.leader()).id !== leader.id) throw new Error("another member leads now")
  return { cpuPerSecond, leastMiB }
}
