/**
 * `npm run fuzz -- --door http|grpc|both [--count N] [--seed N]`: spoilt requests at one door of a cell in a process of
 * its own, or the same ones at both. Prints what they met, and ends with 1 if anything was wrong.
 */
import { parseArgs } from "node:util"
import { wage } from "./doors/campaign.ts"
import { startCellProcess } from "./doors/cell-in-process.ts"
import type { CellUnderFuzz, Look } from "./doors/cell-under-fuzz.ts"
import { grpcTarget } from "./doors/grpc-target.ts"
import { httpTarget } from "./doors/http-target.ts"
import { compareDoors } from "./doors/same-decision.ts"

const help = `npm run fuzz -- --door http|grpc|both [--count N] [--seed N]
  --door   which door of the cell; both: whether they come to the same decisions
  --count  how many requests (10000)
  --seed   what they are made from; equal seeds make equal requests`

const { values } = parseArgs({
  options: {
    door: { type: "string", default: "" },
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now()) },
    help: { type: "boolean", default: false },
  },
})
const { door } = values
if (values.help || !["http", "grpc", "both"].includes(door)) {
  console.log(help)
  process.exit(values.help ? 0 : 2)
}
const seed = Number(values.seed)
const count = Number(values.count)
console.log(
  `seed ${seed}, ${count} requests; again with: npm run fuzz -- --door ${door} --seed ${seed} --count ${count}`,
)

const beganAt = performance.now()
const cell = await startCellProcess()
const findings = door === "both" ? await compare(cell) : await besiege(cell)
await cell.stop()
for (const finding of findings.slice(0, 40)) console.error(`WRONG: ${finding}`)
process.exitCode = findings.length === 0 ? 0 : 1

async function besiege(besieged: CellUnderFuzz): Promise<readonly string[]> {
  const target = door === "http" ? await httpTarget(besieged.http, true) : grpcTarget(besieged.grpc, true)
  const result = await wage(target, { seed, count, cell: besieged, isThorough: true, onProgress })
  for (const [how, labels] of sorted(result.tally)) {
    const counts = [...labels].sort(([, left], [, right]) => right - left).map(([label, times]) => `${label} ${times}`)
    console.log(`${how.padEnd(30)} ${counts.join(", ")}`)
  }
  console.log(`the cell's process after a quarter: ${described(result.before)}; at the end: ${described(result.after)}`)
  const { findings: wrong, quietCount } = result
  console.log(`${count} requests: ${wrong.length} things wrong; ${quietCount} refusals were seen to change nothing`)
  return wrong
}

async function compare(compared: CellUnderFuzz): Promise<readonly string[]> {
  const { findings: differences, tally } = await compareDoors(compared, seed, count, onProgress)
  for (const [label, times] of sorted(tally)) console.log(`${label.padEnd(40)} ${times}`)
  console.log(`${count} requests at both doors: ${differences.length} decided differently`)
  return differences
}

function sorted<Value>(tally: ReadonlyMap<string, Value>): readonly (readonly [string, Value])[] {
  return [...tally].sort(([left], [right]) => (left < right ? -1 : 1))
}

function described(look: Look | undefined): string {
  if (look === undefined) return "gone"
  const [heap, resident] = [look.heapBytes, look.rssBytes].map((bytes) => `${Math.round(bytes / 1024 / 1024)} MB`)
  return `${heap} in use, ${resident} resident, ${look.sessions} sessions, ${look.nodes} nodes`
}

function onProgress(done: number): void {
  if (done % 5_000 === 0) console.error(`  ${done} requests, ${Math.round((performance.now() - beganAt) / 1000)} s`)
}
