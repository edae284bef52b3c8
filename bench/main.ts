/**
 * The benchmarks: `npm run bench -- [workload...] [--system NAME,...] [--seconds S] [--json FILE]`. Prints a table, and
 * what goes on meanwhile to standard error. See docs/BENCHMARKS.md for what the figures mean and what they are held to.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { describeMachine, inOneLine } from "./machine.ts"
import { asTables, type ReportRow } from "./report.ts"
import type { SystemUnderTest } from "./system-under-test.ts"
import { claviger } from "./systems/claviger.ts"
import type { BenchSettings, Workload } from "./workload.ts"
import { cacheMemory } from "./workloads/cache-memory.ts"
import { cached } from "./workloads/cached.ts"
import { catchUp } from "./workloads/catch-up.ts"
import { election } from "./workloads/election.ts"
import { failOver } from "./workloads/fail-over.ts"
import { invalidate } from "./workloads/invalidate.ts"
import { locks } from "./workloads/locks.ts"
import { lookups } from "./workloads/lookups.ts"
import { memory } from "./workloads/memory.ts"
import { reads } from "./workloads/reads.ts"
import { sequencers } from "./workloads/sequencers.ts"
import { sessions } from "./workloads/sessions.ts"
import { watchers } from "./workloads/watchers.ts"
import { writes } from "./workloads/writes.ts"

const workloads: readonly Workload[] = [
  ...[election, failOver, writes, reads, locks, memory, catchUp],
  ...[cached, cacheMemory, invalidate, sessions, lookups, watchers],
  sequencers,
]
const systems: readonly SystemUnderTest[] = [claviger]

const usage = `Usage: npm run bench -- [WORKLOAD...] [OPTIONS]

Workloads (all): ${namesOf(workloads)}

  --system NAME,...        which systems (all): ${namesOf(systems)}
  --seconds S              for each measurement (4)
  --rounds N               of each measurement (3)
  --outstanding COUNT,...  calls under way at a time (1,16,64,256)
  --failovers N            fail-overs to be timed (20)
  --many N                 files, or writes, where many are wanted (100000)
  --sessions N             sessions, where many are wanted (10000)
  --watchers N             event streams of one name (5000)
  --json FILE              write the figures there too`

const { values, positionals } = orUsage(() =>
  parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h", default: false },
      system: { type: "string", default: systems.map(({ name }) => name).join(",") },
      seconds: { type: "string", default: "4" },
      rounds: { type: "string", default: "3" },
      outstanding: { type: "string", default: "1,16,64,256" },
      failovers: { type: "string", default: "20" },
      many: { type: "string", default: "100000" },
      sessions: { type: "string", default: "10000" },
      watchers: { type: "string", default: "5000" },
      json: { type: "string" },
    },
  }),
)
if (values.help) {
  console.log(usage)
  process.exit(0)
}

const settings: BenchSettings = {
  seconds: Number(values.seconds),
  roundCount: Number(values.rounds),
  outstanding: values.outstanding.split(",").map(Number),
  failOverCount: Number(values.failovers),
  manyCount: Number(values.many),
  sessionCount: Number(values.sessions),
  watcherCount: Number(values.watchers),
}

const machine = describeMachine()
const rows: ReportRow[] = []
console.log(`${inOneLine(machine)}\n${JSON.stringify(settings)}`)
for (const workload of chosen("workload", workloads, positionals)) {
  // Systems take turns within a workload, so that what is compared was measured at the same time.
  for (const system of chosen("system", systems, values.system.split(","))) {
    const progress = (sentence: string): void => console.error(`  ${system.name} ${workload.name}: ${sentence}`)
    const report = (subject: string, figures: Readonly<Record<string, number>>): void => {
      rows.push({ workload: workload.name, system: system.name, subject, figures })
    }
    await workload.run({ system, settings, progress, report })
  }
  console.log(
    `\n${asTables(
      rows.filter((row) => row.workload === workload.name),
      meanings(),
    )}`,
  )
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, settings, rows }, null, 2)}\n`)

function orUsage<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse()
  } catch (reason) {
    console.error(`${reason instanceof Error ? reason.message : String(reason)}\n\n${usage}`)
    return process.exit(2)
  }
}

function namesOf(all: readonly { readonly name: string }[]): string {
  return all.map(({ name }) => name).join(", ")
}

function meanings(): ReadonlyMap<string, string> {
  return new Map(workloads.map(({ name, meaning }) => [name, meaning]))
}

/** All of them, if no names are given. */
function chosen<Named extends { readonly name: string }>(
  what: string,
  all: readonly Named[],
  names: readonly string[],
): readonly Named[] {
  if (names.length === 0) return all
  return names.map((wanted) => {
    const found = all.find(({ name }) => name === wanted)
    if (found === undefined) throw new Error(`no ${what} "${wanted}"; there are ${namesOf(all)}`)
    return found
  })
}
