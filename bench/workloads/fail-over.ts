/** kill -9 of the leader, again and again: the longest gap in acknowledged writes, as a client that writes all the time sees it. */
import { GapWatch } from "../measure/gap-watch.ts"
import { Latencies } from "../measure/latencies.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

export const failOver: Workload = {
  name: "failover",
  meaning: "kill -9 of the leader; longest gap in acknowledged writes of a client that writes all the time",
  async run(context: BenchContext): Promise<void> {
    const { failOverCount } = context.settings
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      const watch = new GapWatch(client)
      watch.start()
      const gaps = new Latencies()
      for (let round = 1; round <= failOverCount; round += 1) {
        const { id } = await running.leader()
        const gapMs = await watch.longestGapAround(() => running.kill(id))
        gaps.add(gapMs)
        await running.restart(id)
        await running.untilLevel()
        context.progress(`fail-over ${round} of ${failOverCount}: member ${id} killed, ${gapMs.toFixed(0)} ms`)
      }
      await watch.stop()
      await client.close()
      context.report(`${failOverCount} fail-overs, gap in writes`, {
        "median ms": gaps.median,
        "min ms": gaps.quantile(0),
        "max ms": gaps.max,
      })
    })
  },
}
