/** The simulator's command line. Runs seeds, one after the other or in several processes, and says which ones failed. */
import { parseArgs } from "node:util"
import { second } from "./clock.ts"
import { describeOptions } from "./options.ts"
import { type RunReport, run } from "./run.ts"

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    seconds: { type: "string", default: "60" },
  },
})

function explain(report: RunReport): string {
  const lines = [
    ...report.transcript,
    "",
    `seed ${String(report.seed)} FAILED`,
    ...describeOptions(report.options),
    ...report.violations.map(({ checker, at, claim }) => `  ${checker} at ${(at / second).toFixed(6)}: ${claim}`),
    `replay: npx tsx test/simulator/simulate.ts --seed ${String(report.seed)} --seconds ${String(report.options.safety / second)}`,
  ]
  return lines.join("\n")
}

const first = Number(values.seed ?? values.from)
const count = values.seed === undefined ? Number(values.seeds) : 1
const begun = performance.now()
let simulated = 0
let failed = 0
const marks = new Map<string, number>()
for (let seed = first; seed < first + count; seed += 1) {
  const report = run(seed, Number(values.seconds) * second)
  simulated += report.stats.simulatedMs
  for (const [k, v] of report.marks) marks.set(k, (marks.get(k) ?? 0) + v)
  if (values.seed !== undefined) console.log(report.stats, report.traceHash)
  if (report.violations.length > 0) {
    failed += 1
    console.log(explain(report))
    if (failed > 3) break
  }
}
const ms = performance.now() - begun
console.log(marks)
console.log(`failed ${failed}; ${simulated / ms} x real time`)
