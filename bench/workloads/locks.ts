/** Locks without contention: every caller acquires and releases a lock of its own. */
import { reportThroughput } from "../measure/throughput.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

export const locks: Workload = {
  name: "locks",
  meaning: "acquire and release of distinct locks through one client; one call is both",
  async run(context: BenchContext): Promise<void> {
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      await reportThroughput(context, running, (caller) => client.lockAndUnlock(`lock-${caller}`))
      await client.close()
    })
  },
}
