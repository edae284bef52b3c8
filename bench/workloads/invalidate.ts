/** A write to a file that many sessions have cached: it is acknowledged when all of them have forgotten the file. */
import { Latencies } from "../measure/latencies.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

const cacherCounts = [0, 1, 10, 100, 1_000, 10_000]
const writesPerRound = 10
const key = "everybody-knows"

export const invalidate: Workload = {
  name: "invalidate",
  meaning: "one write to a file that N sessions of one process have cached; time until it is acknowledged",
  async run(context: BenchContext): Promise<void> {
    const { sessionCount, roundCount } = context.settings
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      await client.write(key, new Uint8Array(contentsBytes))
      const counts = cacherCounts.filter((count) => count <= sessionCount)
      const fleet = await running.openSessions({ count: Math.max(...counts), connections: "one" })
      for (const count of counts) {
        const cachers = fleet.sessions.slice(0, count)
        const times = new Latencies()
        // The first round warms up.
        for (let write = 1 - writesPerRound; write <= writesPerRound * roundCount; write += 1) {
          await Promise.all(cachers.map((session) => session.read(key)))
          if (cachers.some((session) => session.cached(key) === undefined))
            throw new Error("it was read and not cached")
          const askedAt = performance.now()
          await client.write(key, new Uint8Array(contentsBytes).fill(write))
          if (write > 0) times.add(performance.now() - askedAt)
          if (cachers.some((session) => session.cached(key) !== undefined))
            throw new Error("somebody has not forgotten")
        }
        context.report(`cached by ${count}`, { "median ms": times.median, "max ms": times.max })
        context.progress(`${count} sessions`)
      }
      await fleet.close()
      await client.close()
    })
  },
}
