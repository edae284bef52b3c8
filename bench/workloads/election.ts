/** How long a system takes from nothing to its first acknowledged write, and how gently it hands over. */
import { Latencies } from "../measure/latencies.ts"
import { GapWatch } from "../measure/gap-watch.ts"
import type { RunningSystem } from "../system-under-test.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

const startCount = 5
const handOverCount = 5

export const election: Workload = {
  name: "election",
  meaning:
    "start of all processes to the first acknowledged write; longest gap in writes when the master is ended cleanly",
  async run(context: BenchContext): Promise<void> {
    const starts = new Latencies()
    for (let round = 1; round <= startCount; round += 1) {
      const beganAt = performance.now()
      await withSystem(context, async (running) => {
        const client = await running.connect()
        await client.write("first", new Uint8Array(1))
        starts.add(performance.now() - beganAt)
        await client.close()
      })
      context.progress(`start ${round} of ${startCount}`)
    }
    context.report("start to first write", { "median ms": starts.median, "max ms": starts.max })
    await withSystem(context, async (running) => {
      await reportHandOvers(context, running)
    })
  },
}

async function reportHandOvers(context: BenchContext, running: RunningSystem): Promise<void> {
  await running.untilLevel()
  const client = await running.connect()
  const watch = new GapWatch(client)
  watch.start()
  const gaps = new Latencies()
  for (let round = 1; round <= handOverCount; round += 1) {
    const { id } = await running.leader()
    gaps.add(await watch.longestGapAround(() => running.endCleanly(id)))
    await running.restart(id)
    await running.untilLevel()
    context.progress(`hand-over ${round} of ${handOverCount}`)
  }
  await watch.stop()
  await client.close()
  context.report("clean hand-over, gap in writes", { "median ms": gaps.median, "max ms": gaps.max })
}
