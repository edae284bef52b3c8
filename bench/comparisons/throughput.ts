/**
 * Closed loops at growing numbers of outstanding calls, with what the processors spent on them. In every round each
 * client of each system has its turn, and the median of each figure is reported: a shared machine has bad moments.
 */
import type { Comparison, ComparisonContext } from "../comparison.ts"
import type { Load } from "../load/load.ts"
import type { LoopOrder } from "../load/load-service.ts"
import type { WorkName } from "../load/works.ts"
import { Latencies, mediansOf, type Figures } from "../measure/latencies.ts"
import { withEntrants, type Entrant } from "./contest.ts"

export interface ThroughputPlan {
  readonly name: string
  readonly meaning: string
  readonly work: WorkName
  /** By system. */
  readonly clients: Readonly<Record<string, readonly string[]>>
  readonly shapes: readonly LoadShape[]
}

/** How the load is spread over clients and processes, and at which numbers of outstanding calls. */
export interface LoadShape {
  readonly subject: string
  readonly processCount: number
  /** Of each process. */
  readonly clientCount: number
  levels(outstanding: readonly number[]): readonly number[]
}

const independentCount = 64

export const oneClient: LoadShape = {
  subject: "one client",
  processCount: 1,
  clientCount: 1,
  levels: (outstanding) => outstanding,
}

/** A process each would measure how the machine changes from one process to another. */
export const manyClients: LoadShape = {
  subject: `${independentCount} clients`,
  processCount: 2,
  clientCount: independentCount / 2,
  levels: (outstanding) => outstanding.filter((level) => level >= independentCount),
}

/**
 * Programs that are compiled while they run, clients as well as servers, are several times slower at first. What runs
 * once per message needs other warming than what runs once per call. Short runs are for trying things out.
 */
function warmUpsOf({ clientCount }: LoadShape, levels: readonly number[]): readonly Omit<LoopOrder, "countedMs">[] {
  const many = { outstanding: Math.max(...levels), callCountMax: 60_000 }
  return clientCount === 1 ? [{ outstanding: 1, callCountMax: 6_000 }, many] : [many]
}

const warmUpRounds = 3
/** For the queues to fill, or to empty, when the number of outstanding calls has changed. */
const settleMs = 500

export function throughput(plan: ThroughputPlan): Comparison {
  return {
    name: plan.name,
    meaning: plan.meaning,
    deciding: { figures: ["per second"], isBetter: "more" },
    run: async (context) => {
      await withEntrants(context, async (entrants) => {
        for (const shape of plan.shapes) await runShape(context, { plan, shape, entrants })
      })
    },
  }
}

interface Turn {
  readonly entrant: Entrant
  readonly client: string
  readonly load: Load
}

interface Part {
  readonly plan: ThroughputPlan
  readonly shape: LoadShape
  readonly entrants: readonly Entrant[]
}

async function runShape(context: ComparisonContext, { plan, shape, entrants }: Part): Promise<void> {
  const { seconds, roundCount, outstanding } = context.settings
  const levels = shape.levels(outstanding)
  if (levels.length === 0) return
  const turns: Turn[] = []
  for (const entrant of entrants) {
    for (const client of plan.clients[entrant.name] ?? []) {
      const { processCount, clientCount } = shape
      const load = await entrant.load({ client, processCount, clientCount, work: plan.work })
      for (const warmUp of warmUpsOf(shape, levels)) {
        await load.loop({ ...warmUp, countedMs: warmUpRounds * seconds * 1000 })
      }
      turns.push({ entrant, client, load })
      context.progress(entrant.name, `${plan.name}: ${client}, ${shape.subject}: warmed up`)
    }
  }
  for (const level of levels) {
    const rounds = new Map<Turn, Figures[]>(turns.map((turn) => [turn, []]))
    for (let round = 1; round <= roundCount; round += 1) {
      for (const turn of turns) {
        const order = { outstanding: level, countedMs: seconds * 1000 }
        const figures = await measureLoop(turn.entrant, turn.load, order)
        rounds.get(turn)?.push(figures)
        const perSecond = Math.round(figures["per second"] ?? 0)
        const what = `${plan.name}: ${turn.client}, ${shape.subject}, ${level} outstanding`
        context.progress(turn.entrant.name, `${what}, round ${round} of ${roundCount}: ${perSecond} per second`)
      }
    }
    for (const [{ entrant, client }, figures] of rounds) {
      const subject = `${shape.subject}, ${level} outstanding`
      context.report({ system: entrant.name, client, subject, figures: mediansOf(figures) })
    }
  }
  for (const { entrant, client, load } of turns) {
    context.progress(entrant.name, `${plan.name}: ${client}: ${await load.check()} results checked`)
    await load.close()
  }
}

/** Figures of one loop, and of the servers while it went on. */
export async function measureLoop(entrant: Entrant, load: Load, order: LoopOrder): Promise<Figures> {
  await load.loop({ ...order, countedMs: settleMs })
  const serversThen = entrant.cpuSeconds()
  const { callCount, callsPerSecond, times, cpuSeconds } = await load.loop(order)
  const serverSeconds = entrant.cpuSeconds() - serversThen
  const latencies = Latencies.of(times)
  const thousands = callCount / 1000
  return {
    "per second": callsPerSecond,
    "p50 ms": latencies.quantile(500),
    "p99 ms": latencies.quantile(990),
    "p99.9 ms": latencies.quantile(999),
    "servers' CPU s per 1,000": serverSeconds / thousands,
    "client's CPU s per 1,000": cpuSeconds / thousands,
    "servers' MiB": entrant.residentMiB(),
  }
}
