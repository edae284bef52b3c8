/** What the benchmark was asked for, in words of a command line. */
import { parseArgs } from "node:util"
import { comparisons, workloads } from "./all-workloads.ts"
import type { Contender } from "./system-under-test.ts"
import { claviger } from "./systems/claviger.ts"
import { etcd } from "./systems/etcd.ts"
import { zookeeper } from "./systems/zookeeper.ts"
import type { BenchSettings } from "./workload.ts"

const systems: readonly Contender[] = [claviger, etcd, zookeeper]

const usage = `Usage: npm run bench -- [WORKLOAD...] [OPTIONS]

Side by side: ${namesOf(comparisons)}
Claviger only: ${namesOf(workloads)}

  --system NAME,...        which systems (all): ${namesOf(systems)}
  --seconds S              for each measurement (4)
  --rounds N               of each measurement (3)
  --outstanding COUNT,...  calls under way at a time (1,16,64,256)
  --failovers N            fail-overs to be timed (20)
  --many N                 files, or writes, where many are wanted (100000)
  --sessions N             sessions, where many are wanted (10000)
  --watchers N             event streams of one name (5000)
  --json FILE              write the figures there too
  --markdown FILE          write the tables there too`

interface CommandLine {
  /** Of workloads; none: all. */
  readonly names: readonly string[]
  readonly contenders: readonly Contender[]
  readonly settings: BenchSettings
  readonly files: { readonly json: string | undefined; readonly markdown: string | undefined }
}

export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    return parse(args)
  } catch (reason) {
    console.error(`${reason instanceof Error ? reason.message : String(reason)}\n\n${usage}`)
    return process.exit(2)
  }
}

function parse(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
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
      markdown: { type: "string" },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  return {
    names: named("workload", [...comparisons, ...workloads], positionals).map(({ name }) => name),
    contenders: named("system", systems, values.system.split(",")),
    settings: {
      seconds: number(values.seconds),
      roundCount: number(values.rounds),
      outstanding: values.outstanding.split(",").map(number),
      failOverCount: number(values.failovers),
      manyCount: number(values.many),
      sessionCount: number(values.sessions),
      watcherCount: number(values.watchers),
    },
    files: { json: values.json, markdown: values.markdown },
  }
}

function number(word: string): number {
  const value = Number(word)
  if (!(value > 0)) throw new Error(`"${word}" is no number above zero`)
  return value
}

function namesOf(all: readonly { readonly name: string }[]): string {
  return all.map(({ name }) => name).join(", ")
}

function named<Named extends { readonly name: string }>(
  what: string,
  all: readonly Named[],
  names: readonly string[],
): readonly Named[] {
  return names.map((wanted) => {
    const found = all.find(({ name }) => name === wanted)
    if (found === undefined) throw new Error(`no ${what} "${wanted}"; there are ${namesOf(all)}`)
    return found
  })
}
