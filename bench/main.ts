/**
 * The benchmarks: `npm run bench -- [workload...] [--system NAME,...] [--seconds S] [--json FILE] [--markdown FILE]`.
 * Prints tables, and what goes on meanwhile to standard error. See docs/BENCHMARKS.md for what the figures mean.
 */
import { writeFileSync } from "node:fs"
import type { Comparison, SystemDescription } from "./comparison.ts"
import { comparisons, workloads } from "./all-workloads.ts"
import { readCommandLine } from "./command-line.ts"
import { interruptible } from "./interrupt.ts"
import { describeMachine, inOneLine } from "./machine.ts"
import { asTable, withRatios, type ReportRow } from "./report.ts"
import { claviger } from "./systems/claviger.ts"
import type { Workload } from "./workload.ts"

const { names, contenders, settings, files } = readCommandLine(process.argv.slice(2))
const machine = describeMachine()
const rows: ReportRow[] = []
const sections: string[] = []
const descriptions = new Map<string, SystemDescription>()

tell(`${inOneLine(machine)}\n\n${JSON.stringify(settings)}`)
const present = contenders.filter((contender) => {
  const absence = contender.absence()
  if (absence !== undefined) tell(`${contender.name} is skipped: ${absence}`)
  return absence === undefined
})

await interruptible(async () => {
  for (const comparison of comparisons.filter(isWanted)) {
    tellTable(comparison, withRatios(await compared(comparison), claviger.name, comparison.deciding))
  }
  for (const workload of present.includes(claviger) ? workloads.filter(isWanted) : []) {
    tellTable(workload, await measured(workload))
  }
})

tell(
  [...descriptions]
    .map(([name, { version, settings: ownSettings }]) => `${name} ${version}: ${ownSettings}`)
    .join("\n\n"),
)

const { json, markdown } = files
if (json !== undefined)
  writeFileSync(
    json,
    `${JSON.stringify({ machine, settings, systems: Object.fromEntries(descriptions), rows }, null, 2)}\n`,
  )
if (markdown !== undefined) writeFileSync(markdown, `${sections.join("\n\n")}\n`)
// Clients of peers may leave timers behind.
process.exit(0)

async function compared(comparison: Comparison): Promise<readonly ReportRow[]> {
  const found: ReportRow[] = []
  await comparison.run({
    contenders: present,
    settings,
    progress: (system, sentence) => console.error(`  ${system}: ${sentence}`),
    describe: (system, description) => descriptions.set(system, description),
    report: (row) => found.push({ workload: comparison.name, ...row }),
  })
  return found
}

async function measured(workload: Workload): Promise<readonly ReportRow[]> {
  const found: ReportRow[] = []
  const progress = (sentence: string): void => console.error(`  ${workload.name}: ${sentence}`)
  const report = (subject: string, figures: ReportRow["figures"]): void => {
    found.push({ workload: workload.name, system: claviger.name, subject, figures })
  }
  await workload.run({ system: claviger, settings, progress, report })
  return found
}

function tellTable({ name, meaning }: Comparison | Workload, found: readonly ReportRow[]): void {
  rows.push(...found)
  tell(`## ${name}\n\n${meaning}\n\n${asTable(found)}`)
}

function tell(section: string): void {
  sections.push(section)
  console.log(`${section}\n`)
}

function isWanted({ name }: { readonly name: string }): boolean {
  return names.length === 0 || names.includes(name)
}
