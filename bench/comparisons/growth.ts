/** How writes and locks fare in a cell of three, five and seven, and with ever more files. Claviger only. */
import type { Comparison, ComparisonContext } from "../comparison.ts"
import type { WorkName } from "../load/works.ts"
import { mediansOf, type Figures } from "../measure/latencies.ts"
import { claviger } from "../systems/claviger.ts"
import { withEntrants, type Entrant } from "./contest.ts"
import { measureLoop } from "./throughput.ts"

const memberCounts = [3, 5, 7]
const fileCounts = [1_000, 10_000, 100_000, 1_000_000]
const outstanding = 64
const warmUpCalls = 60_000
const works: readonly WorkName[] = ["write", "lock"]

export const growth: Comparison = {
  name: "growth",
  meaning: `writes of 256 bytes and locks, ${outstanding} outstanding, with more replicas and with more files; Claviger only`,
  deciding: { figures: ["per second"], isBetter: "more" },
  run: async (context) => {
    if (!context.contenders.includes(claviger)) return
    const ownOnly = { ...context, contenders: [claviger] }
    for (const memberCount of memberCounts) {
      await withEntrants(
        ownOnly,
        async ([entrant]) => measureAll(context, entrant, `${memberCount} replicas`),
        memberCount,
      )
    }
    await withEntrants(ownOnly, async ([entrant]) => {
      for (const count of fileCounts.filter((wanted) => wanted <= context.settings.manyCount)) {
        const filler = await entrant?.load({ client: "library", processCount: 1, clientCount: 1 })
        await filler?.fill(count)
        await filler?.close()
        await measureAll(context, entrant, `${count} files`)
      }
    })
  },
}

async function measureAll(
  { settings, progress, report }: ComparisonContext,
  entrant: Entrant | undefined,
  subject: string,
): Promise<void> {
  if (entrant === undefined) throw new Error("there is no cell")
  const order = { outstanding, countedMs: settings.seconds * 1000 }
  for (const work of works) {
    const load = await entrant.load({ client: "library", processCount: 1, clientCount: 1, work })
    await load.loop({ ...order, countedMs: 3 * order.countedMs, callCountMax: warmUpCalls })
    const rounds: Figures[] = []
    while (rounds.length < settings.roundCount) rounds.push(await measureLoop(entrant, load, order))
    await load.check()
    await load.close()
    progress(entrant.name, `${subject}: ${work}`)
    report({ system: entrant.name, client: "library", subject: `${work}, ${subject}`, figures: mediansOf(rounds) })
  }
}
