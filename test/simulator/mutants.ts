/**
 * Tests the simulator: plants one bug at a time into a copy of the sources and counts the seeds until a checker notices.
 * A mutant that survives means a missing checker, or a world in which the bug can't matter.
 *
 *     npx tsx test/simulator/mutants.ts [--only name,name] [--seeds 2000] [--seconds 30] [--workers 2]
 */
import { spawn } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { mutants } from "./mutants/all.ts"
import { type Mutant, patched } from "./mutants/mutant.ts"
import type { Summary } from "./summary.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
const nursery = join(root, ".mutants")
/** What a run needs. Packages are found in the folders above. */
const parts = ["src", "proto", "test/simulator", "package.json", "tsconfig.json"]

interface Result {
  readonly mutant: Mutant
  /** Undefined: it survived. */
  readonly caught: { readonly seeds: number; readonly checker: string } | undefined
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
    if ("wrong" in outcome) throw new Error(`${mutant.name}: ${outcome.wrong}`)
    writeFileSync(path, outcome.text)
  }
  return home
}

async function hunt(mutant: Mutant, seeds: string, seconds: string): Promise<Result> {
  const home = plant(mutant)
  const begun = performance.now()
  const options = ["--from=1", `--seeds=${seeds}`, `--seconds=${seconds}`, "--stop", "--json"]
  const simulate = join(home, "test/simulator/simulate.ts")
  const child = spawn(process.execPath, ["--import", "tsx", simulate, ...options], { cwd: root })
  let output = ""
  let complaint = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk))
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaint += chunk))
  const code = await new Promise((resolve) => child.on("close", resolve))
  const wallMs = performance.now() - begun
  rmSync(home, { recursive: true, force: true })
  if (code !== 0 && code !== 1) throw new Error(`${mutant.name} could not be run:\n${complaint.slice(-2000)}`)
  if (output === "") throw new Error(`${mutant.name} could not be run:\n${complaint.slice(-2000)}`)
  const [failure] = (JSON.parse(output) as Summary).failures
  return { mutant, caught: failure && { seeds: failure.seed, checker: failure.checker }, wallMs }
}

function describe({ mutant, caught, wallMs }: Result): string {
  const verdict = caught === undefined ? "SURVIVED" : `${String(caught.seeds).padStart(5)} seeds  ${caught.checker}`
  return `${mutant.name.padEnd(36)} ${verdict.padEnd(30)} ${(wallMs / 1000).toFixed(1).padStart(6)} s`
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      seeds: { type: "string", default: "2000" },
      seconds: { type: "string", default: "30" },
      workers: { type: "string", default: "2" },
    },
  })
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
        console.error(String(error))
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
