/**
 * Tests the tests: plants one bug at a time into a copy of the sources and counts the seeds until a checker of the
 * simulator notices. A mutant that survives means a missing checker, or a world in which the bug can't matter. A few are
 * beyond random faults; those are for the unit tests to catch.
 *
 *     npm run mutants -- --only name,name --seeds 300
 */
import { spawn } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { mutants } from "./mutants/all.ts"
import { type Mutant, patched } from "./mutants/mutant.ts"
import type { Summary } from "./summary.ts"

const usage = `Usage: npm run mutants -- [--only NAME,NAME] [--seeds COUNT] [--seconds S] [--workers N]

  --only NAME,NAME  these alone (all)
  --seeds COUNT     to give up after (2000)
  --seconds S       of faults in each, in simulated time (30)
  --workers N       mutants at a time (2)`

const root = fileURLToPath(new URL("../../", import.meta.url))
const nursery = join(root, ".mutants")
/** What a run needs. Packages are found in the folders above. */
const parts = ["src", "proto", "test", "package.json", "tsconfig.json", "vitest.config.ts"]

/** After so many seeds; zero: by the unit tests. */
interface Catch {
  readonly seeds: number
  readonly checker: string
}

interface Result {
  readonly mutant: Mutant
  /** Undefined: it survived. */
  readonly caught: Catch | undefined
  readonly wallMs: number
}

function plant(mutant: Mutant): string {
  const home = join(nursery, mutant.name)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(home, { recursive: true })
  for (const part of parts) cpSync(join(root, part), join(home, part), { recursive: true })
  for (const patch of mutant.patches) {
    const path = join(home, patch.file)
    const outcome = patched(readFileSync(path, "utf8"), patch)
    if ("wrong" in outcome) throw new Error(outcome.wrong)
    writeFileSync(path, outcome.text)
  }
  return home
}

interface Ended {
  readonly code: number
  readonly output: string
  readonly complaint: string
}

async function runNode(parameters: readonly string[], cwd: string): Promise<Ended> {
  const child = spawn(process.execPath, parameters, { cwd })
  let output = ""
  let complaint = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk))
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk))
  const code = await new Promise<number>((resolve) => child.on("close", resolve))
  return { code, output, complaint }
}

async function simulate(home: string, whole: boolean, seeds: string, seconds: string): Promise<Catch | undefined> {
  const world = whole ? ["--whole"] : []
  const options = [...world, "--from=1", `--seeds=${seeds}`, `--seconds=${seconds}`, "--stop", "--json"]
  const { output, complaint } = await runNode(
    ["--import", "tsx", join(home, "test/simulator/simulate.ts"), ...options],
    root,
  )
  if (output === "") throw new Error(`it could not be run:\n${complaint.slice(-2000)}`)
  const [failure] = (JSON.parse(output) as Summary).failures
  return failure && { seeds: failure.seed, checker: failure.checker }
}

async function runUnitTests(home: string, place: string): Promise<Catch | undefined> {
  const vitest = join(root, "node_modules/vitest/vitest.mjs")
  const { code } = await runNode([vitest, "run", "--project", "fast", place], home)
  return code === 0 ? undefined : { seeds: 0, checker: "unit tests" }
}

async function hunt(mutant: Mutant, seeds: string, seconds: string): Promise<Result> {
  const home = plant(mutant)
  const begun = performance.now()
  const caught = await (mutant.elusive === undefined
    ? simulate(home, mutant.whole ?? false, seeds, seconds)
    : runUnitTests(home, mutant.elusive))
  rmSync(home, { recursive: true, force: true })
  return { mutant, caught, wallMs: performance.now() - begun }
}

function describe({ mutant, caught, wallMs }: Result): string {
  const verdict = caught === undefined ? "SURVIVED" : describeCatch(caught)
  return `${mutant.name.padEnd(36)} ${verdict.padEnd(32)} ${(wallMs / 1000).toFixed(1).padStart(6)} s`
}

function describeCatch({ seeds, checker }: Catch): string {
  return seeds === 0 ? checker : `${String(seeds).padStart(5)} seeds  ${checker}`
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: "boolean", short: "h", default: false },
      only: { type: "string" },
      seeds: { type: "string", default: "2000" },
      seconds: { type: "string", default: "30" },
      workers: { type: "string", default: "2" },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const only = values.only?.split(",")
  const waiting = mutants.filter(({ name }) => only === undefined || only.includes(name))
  const total = waiting.length
  const results: Result[] = []
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      try {
        const result = await hunt(mutant, values.seeds, values.seconds)
        results.push(result)
        console.log(describe(result))
      } catch (error) {
        console.error(`${mutant.name}: ${String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: Number(values.workers) }, work))
  const caught = results.filter((result) => result.caught !== undefined).length
  const slowest = Math.max(0, ...results.map((result) => result.caught?.seeds ?? 0))
  console.log(`${String(caught)} of ${String(total)} caught, the slowest after ${String(slowest)} seeds`)
  process.exitCode = caught < total ? 1 : 0
}

await main()
