/** Writes of 256 bytes to distinct files, through one client. Afterwards every file is read back. */
import type { BenchClient } from "../system-under-test.ts"
import { reportThroughput } from "../measure/throughput.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

/** Each caller goes round its own files, so that no two writes meet at one file. */
const filesPerCaller = 100

export const writes: Workload = {
  name: "writes",
  meaning: "256-byte writes to distinct files through one client, each durable at a majority; read back at the end",
  async run(context: BenchContext): Promise<void> {
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      const written = new Map<string, number>()
      await reportThroughput(context, running, async (caller, number) => {
        const key = `write-${caller}-${number % filesPerCaller}`
        await client.write(key, numbered(number))
        written.set(key, number)
      })
      await checkAll(client, written)
      context.progress(`${written.size} files read back, each as it was written last`)
      await client.close()
    })
  },
}

function numbered(number: number): Uint8Array {
  const contents = new Uint8Array(contentsBytes)
  new DataView(contents.buffer).setFloat64(0, number)
  return contents
}

async function checkAll(client: BenchClient, written: ReadonlyMap<string, number>): Promise<void> {
  for (const [key, number] of written) {
    const contents = await client.read(key)
    const found = contents === undefined ? undefined : new DataView(contents.buffer, contents.byteOffset).getFloat64(0)
    if (found !== number) throw new Error(`${key} should hold ${number}, and holds ${String(found)}`)
  }
}
