/**
 * How long the master's event loop is held up: while it is as busy as clients can make it, and while a member that was
 * down for so long that the log no longer reaches back to it is sent a snapshot, under the same load.
 */
import { setTimeout as pause } from "node:timers/promises"
import { writeMany } from "../measure/fill.ts"
import { LoopDelayProbes } from "../measure/loop-delays.ts"
import type { BenchClient } from "../bench-client.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

const outstanding = 256
const loadMs = 15_000

export const stalls: Workload = {
  name: "stalls",
  meaning:
    "by how much the master's event loop is late: under full load, and while a member that needs a snapshot comes back",
  async run(context: BenchContext): Promise<void> {
    const { manyCount } = context.settings
    const probes = new LoopDelayProbes()
    try {
      await withSystem(context, async (running) => {
        await running.untilLevel()
        const client = await running.connect()
        const { id: leaderId, pid } = await running.leader()
        const absent = (await running.members()).find(({ id }) => id !== leaderId)
        if (absent === undefined) throw new Error("there is but one member")

        const load = new Load(client)
        await pause(loadMs / 3)
        await probes.ask(pid)
        await pause(loadMs)
        context.report(`${outstanding} writes under way`, await probes.ask(pid))
        await load.stop()

        await running.kill(absent.id)
        const onThousands = (done: number): void => context.progress(`${done} files written without one member`)
        const fill = async (): Promise<void> =>
          await writeMany(client, manyCount, { keyOf: (number) => `file-${number}`, onThousands })
        do await fill()
        while (((await running.leader()).firstLogEntry ?? 0) <= absent.appliedThrough)
        const loadOfReturn = new Load(client)
        await probes.ask(pid)
        const restartedAt = performance.now()
        await running.restart(absent.id)
        await running.untilLevel()
        const subject = `the same, while a member that lacks ${manyCount} files catches up`
        const levelAfter = performance.now() - restartedAt
        context.report(subject, { ...(await probes.ask(pid)), "restart to level, ms": levelAfter })
        await loadOfReturn.stop()
        await client.close()
      })
    } finally {
      probes.close()
    }
  },
}

/** Writes without pause, until it is stopped. */
class Load {
  #isStopping = false
  readonly #callers: readonly Promise<void>[]

  constructor(client: BenchClient) {
    this.#callers = Array.from({ length: outstanding }, (_, caller) => this.#write(client, `load-${caller}`))
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#callers)
  }

  async #write(client: BenchClient, key: string): Promise<void> {
    while (!this.#isStopping) await client.write(key, new Uint8Array(contentsBytes))
  }
}
