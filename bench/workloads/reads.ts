/** Linearizable reads that the leader answers: no cache at the client. */
import { reportThroughput } from "../measure/throughput.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

const fileCount = 1_000

export const reads: Workload = {
  name: "reads",
  meaning: "linearizable reads of 256-byte files through one client, without its cache",
  async run(context: BenchContext): Promise<void> {
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      const keys = Array.from({ length: fileCount }, (_, place) => `read-${place}`)
      await Promise.all(keys.map((key) => client.write(key, new Uint8Array(contentsBytes))))
      await reportThroughput(context, running, async (_caller, number) => {
        const contents = await client.read(`read-${number % fileCount}`)
        if (contents?.length !== contentsBytes) throw new Error("a file that was written could not be read")
      })
      await client.close()
    })
  },
}
