/** kill -9 of the leader, again and again: the longest gap in acknowledged writes, as a client that writes all the time sees it. */
import type { Comparison } from "../comparison.ts"
import type { Load } from "../load/load.ts"
import { Latencies } from "../measure/latencies.ts"
import { withEntrants, type Entrant } from "./contest.ts"

/** Those that know what to do when a member is gone. */
const clients: Readonly<Record<string, string>> = {
  claviger: "library",
  etcd: "etcd3, deadline 0.5 s",
  zookeeper: "node-zookeeper-client",
}

interface Turn {
  readonly entrant: Entrant
  readonly client: string
  readonly load: Load
  readonly gaps: Latencies
}

export const failOver: Comparison = {
  name: "failover",
  meaning: "kill -9 of the leader; longest gap in acknowledged writes of a client that writes all the time",
  deciding: { figures: ["median ms"], isBetter: "less" },
  run: async (context) => {
    const { settings, progress, report } = context
    await withEntrants(context, async (entrants) => {
      const turns: Turn[] = []
      for (const entrant of entrants) {
        const client = clients[entrant.name] ?? ""
        const load = await entrant.load({ client, processCount: 1, clientCount: 1 })
        turns.push({ entrant, client, load, gaps: new Latencies() })
      }
      for (let round = 1; round <= settings.failOverCount; round += 1) {
        for (const turn of turns) {
          const gapMs = await gapOf(turn)
          turn.gaps.add(gapMs)
          progress(turn.entrant.name, `fail-over ${round} of ${settings.failOverCount}: ${gapMs.toFixed(0)} ms`)
        }
      }
      for (const { entrant, client, load, gaps } of turns) {
        await load.close()
        const figures = { "median ms": gaps.median, "min ms": gaps.quantile(0), "max ms": gaps.max }
        report({ system: entrant.name, client, subject: `${settings.failOverCount} fail-overs`, figures })
      }
    })
  },
}

async function gapOf({ entrant: { running }, load }: Turn): Promise<number> {
  const { id } = await running.leader()
  await load.watchGaps()
  await running.kill(id)
  await running.restart(id)
  await running.untilLevel()
  return await load.takeGap()
}
