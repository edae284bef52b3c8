/** A member is down while many writes go by, and comes back while writes go on: how long until it is level, at what cost. */
import { diskMiBOf } from "../measure/processes.ts"
import { writeMany } from "../measure/fill.ts"
import { GapWatch } from "../measure/gap-watch.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

export const catchUp: Workload = {
  name: "catchup",
  meaning:
    "one member is down during many writes; time until it is level while writes go on, longest gap in them, disks",
  async run(context: BenchContext): Promise<void> {
    const { manyCount } = context.settings
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      const { id: leaderId } = await running.leader()
      const absent = (await running.members()).find(({ id }) => id !== leaderId)
      if (absent === undefined) throw new Error("there is but one member")
      await running.kill(absent.id)

      const beganAt = performance.now()
      const onThousands = (done: number): void => context.progress(`${done} writes without member ${absent.id}`)
      await writeMany(client, manyCount, { keyOf: (number) => `file-${number % fileCount}`, onThousands })
      const writingMs = performance.now() - beganAt

      const watch = new GapWatch(client)
      watch.start()
      let catchUpMs = 0
      const gapMs = await watch.longestGapAround(async () => {
        const restartedAt = performance.now()
        await running.restart(absent.id)
        await running.untilLevel()
        catchUpMs = performance.now() - restartedAt
      })
      await watch.stop()
      await client.close()

      context.report(`${manyCount} writes`, {
        "writing them, s": writingMs / 1000,
        "restart to level, ms": catchUpMs,
        "longest gap in writes, ms": gapMs,
      })
      for (const { id, appliedThrough, firstLogEntry } of await running.members()) {
        const figures = {
          "disk MiB": diskMiBOf(running.directoryOf(id)),
          "entries of log kept": appliedThrough - (firstLogEntry ?? NaN) + 1,
        }
        context.report(`member ${id}${id === absent.id ? " (was down)" : ""}`, figures)
      }
    })
  },
}

/** Most of the writes overwrite something, as in life; so the log, were it not trimmed, would outgrow the state. */
const fileCount = 10_000
