/** What a cell of the Chubby paper is asked in a second (its table 4.1), and how much of one core that takes of the master. */
import { setTimeout as pause } from "node:timers/promises"
import { connect, pathOf } from "../clients/claviger.ts"
import { cpuSecondsOf } from "../measure/processes.ts"
import type { Cell, Session } from "../../src/client/index.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

/** The cell in the paper had so many for what is asked of it here. */
const [paperSessions, paperCallsPerSecond] = [22_000, 2_000]
const fileCount = 100
const observedMs = 30_000

type Ask = (client: Client, number: number) => Promise<void>

interface Client {
  readonly cell: Cell
  readonly session: Session
}

/** In calls per million. The rest are KeepAlives, of which sessions send as many as they like. */
const calls: readonly { readonly perMillion: number; readonly ask: Ask }[] = [
  {
    perMillion: 20_000,
    ask: async ({ session }, number) => void (await session.getStat(fileOf(number))),
  },
  {
    perMillion: 10_000,
    ask: async ({ session }, number) => {
      const handle = await session.open(fileOf(number))
      await handle.close()
    },
  },
  {
    perMillion: 10_000,
    ask: async ({ cell }) => {
      const session = await cell.openSession()
      await session.close()
    },
  },
  {
    perMillion: 4_000,
    ask: async ({ session }, number) => void (await session.get(fileOf(number))),
  },
  {
    perMillion: 680,
    ask: async ({ session }, number) => void (await session.set(fileOf(number), new Uint8Array(contentsBytes))),
  },
  {
    perMillion: 31,
    ask: async ({ session }, number) => {
      const lock = await session.acquire(fileOf(number))
      await lock.release()
    },
  },
]

export const mix: Workload = {
  name: "mix",
  meaning:
    "idle sessions, and what clients in the Chubby paper asked for beside KeepAlives; the master's processor time",
  async run(context: BenchContext): Promise<void> {
    const count = Math.round((context.settings.sessionCount * paperSessions) / 10_000)
    const perSecond = (paperCallsPerSecond * count) / paperSessions
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const leader = await running.leader()
      const fleet = await running.openSessions({ count, connections: "one" })
      context.progress(`${count} sessions`)
      const cell = await connect({ replicas: running.addresses, name: "bench" })
      const session = await cell.openSession({ caching: false })
      for (let file = 0; file < fileCount; file += 1) await session.set(fileOf(file), new Uint8Array(contentsBytes))

      await ask({ cell, session }, perSecond, observedMs)
      const cpuThen = cpuSecondsOf([leader.pid])
      const startedAt = performance.now()
      const asked = await ask({ cell, session }, perSecond, observedMs)
      const seconds = (performance.now() - startedAt) / 1000
      const cpu = cpuSecondsOf([leader.pid]) - cpuThen
      if ((await running.leader()).id !== leader.id) throw new Error("another member leads now")
      context.report(`${count} sessions`, {
        "KeepAlives per second": (count * 1000) / fleet.keepAliveEveryMs,
        "other calls per second": asked / seconds,
        "master, % of a core": (cpu / seconds) * 100,
        lost: fleet.sessions.filter(({ isAlive }) => !isAlive).length,
      })
      await session.close()
      await cell.close()
      await fleet.close()
    })
  },
}

/** Each kind of call at its own pace. Answers how many were made. */
async function ask(client: Client, perSecond: number, spanMs: number): Promise<number> {
  const endsAt = performance.now() + spanMs
  const counts = await Promise.all(
    calls.map(async (call) => {
      const everyMs = 1e9 / (perSecond * call.perMillion)
      let count = 0
      for (let at = performance.now(); at < endsAt; at += everyMs) {
        await pause(Math.max(0, at - performance.now()))
        await call.ask(client, count)
        count += 1
      }
      return count
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

function fileOf(number: number): string {
  return pathOf(`mix-${number % fileCount}`)
}
