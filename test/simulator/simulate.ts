/**
 * The simulator's command line. Runs seeds, in this process or in several, tells what failed and how to see it again, and
 * what the runs came to.
 *
 *     npx tsx test/simulator/simulate.ts --seed 123           one seed, with its story if it fails
 *     npx tsx test/simulator/simulate.ts --seeds 1000 --workers 2
 *     npx tsx test/simulator/simulate.ts --whole --seeds 100 --seconds 120
 *
 * `--whole`: with the real client library and programs on top of it; else with simulated callers.
 * Other options: --from N (the first seed), --seconds S (of faults, in simulated time), --stop (at the first failure),
 * --verbose (the story even if all is well, and every mark), --json (the summary for a program), --twice (each seed again:
 * it must tell the same story), --unguarded (with `--whole`: resources that believe everybody; there is much to be found).
 */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { second } from "../../src/testing/time.ts"
import { describeOptions, drawOptions } from "./options.ts"
import { run } from "./run.ts"
import { type Summary, describeSummary, isVoid, nothing, sum, summaryOf } from "./summary.ts"
import { drawWholeOptions } from "./whole/options.ts"
import { runWhole } from "./whole/run.ts"
import type { RunReport } from "./world.ts"

interface Assignment {
  readonly whole: boolean
  readonly from: number
  readonly seeds: number
  readonly seconds: number
  readonly stop: boolean
  readonly twice: boolean
  readonly unguarded: boolean
}

const usage = `Usage: npm run simulate -- [--whole] [--seed N | --seeds COUNT --from N] [--seconds S] [--workers N] [--stop] [--verbose] [--json]

  --whole        with the real client library and programs on top of it
  --seed N       one seed, with its story if it fails
  --seeds COUNT  so many seeds (100), --from N on (1)
  --seconds S    of faults, in simulated time (60)
  --workers N    processes that share the seeds (1)
  --stop         at the first failure
  --verbose      the story even if all is well, and every mark
  --json         the summary for a program
  --unguarded    with --whole: the resources that locks guard have no fence, and that is found`

const { values } = orUsage(() =>
  parseArgs({
    options: {
      help: { type: "boolean", short: "h", default: false },
      whole: { type: "boolean", default: false },
      seed: { type: "string" },
      seeds: { type: "string", default: "100" },
      from: { type: "string", default: "1" },
      seconds: { type: "string", default: "60" },
      workers: { type: "string", default: "1" },
      stop: { type: "boolean", default: false },
      twice: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      unguarded: { type: "boolean", default: false },
    },
  }),
)
if (values.help) {
  console.log(usage)
  process.exit(0)
}

function orUsage<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse()
  } catch (reason) {
    console.error(`${reason instanceof Error ? reason.message : String(reason)}\n\n${usage}`)
    return process.exit(2)
  }
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  console.error(`--${name} ${text}: give a whole number from 1`)
  return process.exit(2)
}

/** One seed, as the command line wants it. */
async function runSeed({ whole, seconds, unguarded }: Assignment, seed: number, tellAll: boolean): Promise<RunReport> {
  const safety = seconds * second
  return whole
    ? await runWhole(seed, { ...drawWholeOptions(seed, safety), isGuarded: !unguarded }, tellAll)
    : run(seed, drawOptions(seed, safety), tellAll)
}

async function work(assignment: Assignment): Promise<Summary> {
  const { whole, from, seeds, seconds, stop, twice } = assignment
  const replay = `--seconds ${String(seconds)}${whole ? " --whole" : ""}${assignment.unguarded ? " --unguarded" : ""}`
  let summary = nothing
  for (let seed = from; seed < from + seeds; seed += 1) {
    const report = await runSeed(assignment, seed, values.verbose && seeds === 1)
    summary = sum(summary, summaryOf(report, replay))
    if (twice && (await runSeed(assignment, seed, false)).traceHash !== report.traceHash) {
      const text = `seed ${String(seed)} told another story the second time`
      summary = { ...summary, failures: [...summary.failures, { seed, checker: "determinism", text }] }
    }
    if (stop && summary.failures.length > 0) break
  }
  return summary
}

/** Each worker takes an equal share of the seeds and sends back its summary. */
async function workInParallel(assignment: Assignment, workers: number): Promise<Summary> {
  const share = Math.ceil(assignment.seeds / workers)
  const summaries = Array.from({ length: workers }, (_, place) => {
    const from = assignment.from + place * share
    const seeds = Math.min(share, assignment.from + assignment.seeds - from)
    return new Promise<Summary>((resolve, reject) => {
      if (seeds <= 0) return resolve(nothing)
      const parts = [`--from=${String(from)}`, `--seeds=${String(seeds)}`, `--seconds=${String(assignment.seconds)}`]
      const options = [
        ...parts,
        "--json",
        ...(assignment.whole ? ["--whole"] : []),
        ...(assignment.stop ? ["--stop"] : []),
        ...(assignment.twice ? ["--twice"] : []),
        ...(assignment.unguarded ? ["--unguarded"] : []),
      ]
      const child = fork(fileURLToPath(import.meta.url), options, { stdio: ["ignore", "pipe", "inherit", "ipc"] })
      const chunks: string[] = []
      child.stdout?.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk))
      child.on("close", (code) => {
        if (code === 0 || code === 1) resolve(JSON.parse(chunks.join("")) as Summary)
        else reject(new Error(`a worker ended with code ${String(code)}`))
      })
    })
  })
  return (await Promise.all(summaries)).reduce(sum, nothing)
}

const single = values.seed === undefined ? undefined : whole("seed", values.seed)
const assignment: Assignment = {
  whole: values.whole,
  from: single ?? whole("from", values.from),
  seeds: single === undefined ? whole("seeds", values.seeds) : 1,
  seconds: whole("seconds", values.seconds),
  stop: values.stop,
  twice: values.twice,
  unguarded: values.unguarded,
}
const workers = whole("workers", values.workers)
const begun = performance.now()
if (single !== undefined && !values.json) {
  const draw = assignment.whole ? drawWholeOptions : drawOptions
  console.log([`seed     ${String(single)}`, ...describeOptions(draw(single, assignment.seconds * second))].join("\n"))
}
const summary =
  workers === 1 || single !== undefined ? await work(assignment) : await workInParallel(assignment, workers)
if (values.json) console.log(JSON.stringify(summary))
else {
  for (const { text } of summary.failures.slice(0, 5)) console.log(`${text}\n`)
  if (values.verbose) console.log(summary.marks)
  console.log(describeSummary(summary, performance.now() - begun, assignment.whole))
}
process.exitCode = summary.failures.length > 0 || (assignment.whole && isVoid(summary)) ? 1 : 0
