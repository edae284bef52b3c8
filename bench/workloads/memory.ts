/** What a member takes of the machine's memory: with nothing stored, and with many files. */
import { memoryOf } from "../measure/processes.ts"
import { writeMany } from "../measure/fill.ts"
import type { RunningSystem } from "../system-under-test.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

export const memory: Workload = {
  name: "memory",
  meaning: "resident memory of each member: idle, with many files of 256 bytes, and with these after a restart",
  async run(context: BenchContext): Promise<void> {
    const { manyCount } = context.settings
    await withSystem(context, async (running) => {
      await running.untilLevel()
      await reportMemory(context, running, "idle")
      const client = await running.connect()
      const onThousands = (done: number): void => context.progress(`${done} files written`)
      await writeMany(client, manyCount, { keyOf: (number) => `file-${number}`, onThousands })
      await client.close()
      await running.untilLevel()
      await reportMemory(context, running, `${manyCount} files`)
      for (const { id } of await running.members()) {
        await running.endCleanly(id)
        await running.restart(id)
        await running.untilLevel()
      }
      await reportMemory(context, running, `${manyCount} files, restarted`)
    })
  },
}

async function reportMemory(context: BenchContext, running: RunningSystem, subject: string): Promise<void> {
  for (const { id, pid, isLeader } of await running.members()) {
    const { residentMiB, anonymousMiB } = memoryOf(pid)
    const figures = { "resident MiB": residentMiB, "of it anonymous": anonymousMiB }
    context.report(`${subject}, member ${id}${isLeader ? " (leader)" : ""}`, figures)
  }
}
