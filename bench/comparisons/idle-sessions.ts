/** Sessions that do nothing but live, each on a connection of its own: what they cost all servers together. */
import { setTimeout as pause } from "node:timers/promises"
import type { Comparison, ComparisonContext } from "../comparison.ts"
import { lightestClients, withEntrants, type Entrant } from "./contest.ts"

const processCount = 4
/** Long enough for every session to be heard from, and for a server to tidy its memory up. */
const observedMs = 30_000
const lookEveryMs = 500

export const idleSessions: Comparison = {
  name: "idle",
  meaning: "N idle sessions on N connections: what all servers together spend on each, and how many are lost",
  deciding: { figures: ["KiB per session"], isBetter: "less" },
  run: async (context) => {
    const { sessionCount } = context.settings
    for (const count of new Set([Math.ceil(sessionCount / 10), sessionCount])) {
      // Afresh for each size: memory that was once asked for is seldom given back.
      await withEntrants(context, async (entrants) => {
        for (const entrant of entrants) await measure(context, { entrant, count })
      })
    }
  },
}

async function measure(
  { progress, report }: ComparisonContext,
  { entrant, count }: { readonly entrant: Entrant; readonly count: number },
): Promise<void> {
  const { name } = entrant
  const client = lightestClients[name] ?? ""
  const before = await observe(entrant)
  const startedAt = performance.now()
  const load = await entrant.load({ client, processCount, clientCount: Math.ceil(count / processCount) })
  await load.keepSessions()
  progress(name, `${count} sessions opened in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  const after = await observe(entrant)
  const alive = await load.countSessions()
  await load.close()
  report({
    system: name,
    client,
    subject: `${count} sessions`,
    figures: {
      "KiB per session": ((after.leastMiB - before.leastMiB) * 1024) / count,
      "CPU us per session and second": ((after.cpuPerSecond - before.cpuPerSecond) * 1e6) / count,
      lost: Math.ceil(count / processCount) * processCount - alive,
    },
  })
}

/** Of all members: the least memory that was seen, as what is above it waits to be collected. */
async function observe(entrant: Entrant): Promise<{ readonly leastMiB: number; readonly cpuPerSecond: number }> {
  let leastMiB = Infinity
  const [cpuThen, startedAt] = [entrant.cpuSeconds(), performance.now()]
  while (performance.now() - startedAt < observedMs) {
    await pause(lookEveryMs)
    leastMiB = Math.min(leastMiB, entrant.anonymousMiB())
  }
  return { leastMiB, cpuPerSecond: ((entrant.cpuSeconds() - cpuThen) * 1000) / (performance.now() - startedAt) }
}
