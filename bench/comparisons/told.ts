/** One write to a file that many clients watch, each on a connection of its own: how soon the last of them has heard. */
import { setTimeout as pause } from "node:timers/promises"
import type { Comparison, ComparisonContext } from "../comparison.ts"
import { Latencies } from "../measure/latencies.ts"
import { lightestClients, withEntrants, type Entrant } from "./contest.ts"

const processCount = 2
const writesPerRound = 10
/** For ZooKeeper's watches, which tell once, to be set anew. */
const betweenWritesMs = 500

export const told: Comparison = {
  name: "told",
  meaning: "one write to a file watched by N clients on N connections; from when it is sent until the last was told",
  deciding: { figures: ["median ms"], isBetter: "less" },
  run: async (context) => {
    const { watcherCount } = context.settings
    await withEntrants(context, async (entrants) => {
      for (const count of new Set([Math.ceil(watcherCount / 5), watcherCount])) {
        for (const entrant of entrants) await measure(context, { entrant, count })
      }
    })
  },
}

async function measure(
  { settings, progress, report }: ComparisonContext,
  { entrant, count }: { readonly entrant: Entrant; readonly count: number },
): Promise<void> {
  const { name } = entrant
  const client = lightestClients[name] ?? ""
  const key = `watched-by-${count}`
  const writer = await entrant.load({ client, processCount: 1, clientCount: 1 })
  await writer.writeOnce(key)
  const watchers = await entrant.load({ client, processCount, clientCount: Math.ceil(count / processCount) })
  await watchers.watch(key)
  progress(name, `${count} clients watch`)

  const times = new Latencies()
  // The first writes warm up.
  for (let write = 1; write <= writesPerRound * (1 + settings.roundCount); write += 1) {
    const [askedAt, lastToldAt] = await Promise.all([writer.writeOnce(key), watchers.untilTold(write)])
    if (write > writesPerRound) times.add(lastToldAt - askedAt)
    await pause(betweenWritesMs)
  }
  await Promise.all([writer.close(), watchers.close()])
  const figures = { "median ms": times.median, "max ms": times.max }
  report({ system: name, client, subject: `${count} watchers`, figures })
}
