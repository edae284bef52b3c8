/** What a member takes of memory and disk, and how soon it is back: with nothing stored, and with many files. */
import type { Comparison, ComparisonContext } from "../comparison.ts"
import { medianOf } from "../measure/latencies.ts"
import { diskMiBOf, memoryOf } from "../measure/processes.ts"
import { withEntrants, type Entrant } from "./contest.ts"

/** What fills them fastest; a client that comes through a restart watches for gaps. */
const clients: Readonly<Record<string, { readonly filling: string; readonly lasting: string }>> = {
  claviger: { filling: "library", lasting: "library" },
  etcd: { filling: "plain http2", lasting: "etcd3, deadline 0.5 s" },
  zookeeper: { filling: "plain tcp", lasting: "node-zookeeper-client" },
}

export const manyFiles: Comparison = {
  name: "many-files",
  meaning:
    "the member with most memory, idle and with many files of 256 bytes; kill -9 of one follower, from its start until " +
    "it is level; kill -9 of all, longest gap in writes; the largest disk",
  deciding: { figures: ["MiB", "ms"], isBetter: "less" },
  run: async (context) => {
    await withEntrants(context, async (entrants) => {
      for (const entrant of entrants) await measure(context, entrant)
    })
  },
}

async function measure({ settings, progress, report }: ComparisonContext, entrant: Entrant): Promise<void> {
  const { running, name } = entrant
  const { filling = "", lasting = "" } = clients[name] ?? {}
  const tell = (subject: string, figures: Readonly<Record<string, number>>, client: string): void =>
    report({ system: name, client, subject, figures })
  tell("memory, idle", { MiB: await largestMemory(entrant) }, "none")

  const filler = await entrant.load({ client: filling, processCount: 1, clientCount: 1 })
  await filler.fill(settings.manyCount)
  await filler.close()
  await running.untilLevel()
  progress(name, `${settings.manyCount} files written`)
  tell("memory, with files", { MiB: await largestMemory(entrant) }, filling)
  const disks = (await running.members()).map(({ id }) => diskMiBOf(running.directoryOf(id)))
  tell("disk", { MiB: Math.max(...disks) }, filling)

  const restarts: number[] = []
  for (const { id, isLeader } of await running.members()) {
    if (isLeader || restarts.length === settings.roundCount) continue
    await running.kill(id)
    const startedAt = performance.now()
    await running.restart(id)
    await running.untilLevel([id])
    restarts.push(performance.now() - startedAt)
  }
  tell("one follower back", { ms: medianOf(restarts) }, "none")

  const watcher = await entrant.load({ client: lasting, processCount: 1, clientCount: 1 })
  const gaps: number[] = []
  for (let round = 1; round <= settings.roundCount; round += 1) {
    await watcher.watchGaps()
    const ids = (await running.members()).map(({ id }) => id)
    await Promise.all(ids.map((id) => running.kill(id)))
    await Promise.all(ids.map((id) => running.restart(id)))
    gaps.push(await watcher.takeGap())
    await running.untilLevel()
    progress(name, `all back, round ${round} of ${settings.roundCount}`)
  }
  await watcher.close()
  tell("all back", { ms: medianOf(gaps) }, lasting)
  tell("memory, with files, restarted", { MiB: await largestMemory(entrant) }, "none")
}

async function largestMemory({ running }: Entrant): Promise<number> {
  return Math.max(...(await running.members()).map(({ pid }) => memoryOf(pid).residentMiB))
}
