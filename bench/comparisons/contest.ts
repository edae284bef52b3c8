/** All systems of a comparison, each started afresh in a directory of its own; nothing of them is left behind. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { ComparisonContext } from "../comparison.ts"
import { atInterrupt } from "../interrupt.ts"
import { Load, type LoadOptions } from "../load/load.ts"
import { cpuSecondsOf, memoryOf } from "../measure/processes.ts"
import type { RunningContender } from "../system-under-test.ts"
import { memberCount as memberCountDefault, pidsOf } from "../workload.ts"

/** Where there are thousands of clients: those that cost the machine least. */
export const lightestClients: Readonly<Record<string, string>> = {
  claviger: "library",
  etcd: "plain http2",
  zookeeper: "plain tcp",
}

export class Entrant {
  readonly name: string
  readonly running: RunningContender
  #pids: readonly number[] = []

  constructor(name: string, running: RunningContender) {
    this.name = name
    this.running = running
  }

  /** Resolves once it serves. */
  async ready(): Promise<void> {
    await this.running.untilLevel()
    this.#pids = await pidsOf(this.running)
  }

  /** Of all members together. */
  cpuSeconds(): number {
    return cpuSecondsOf(this.#pids)
  }

  /** Of all members together: what is not backed by a file. */
  anonymousMiB(): number {
    return this.#pids.reduce((sum, pid) => sum + memoryOf(pid).anonymousMiB, 0)
  }

  residentMiB(): number {
    return this.#pids.reduce((sum, pid) => sum + memoryOf(pid).residentMiB, 0)
  }

  /** Clients are told of the leader first: what reaches it need not be passed on. */
  async load(options: Omit<LoadOptions, "system" | "addresses">): Promise<Load> {
    const { id } = await this.running.leader()
    const { addresses } = this.running
    const leaderFirst = [...addresses.slice(id - 1), ...addresses.slice(0, id - 1)]
    return await Load.start({ ...options, system: this.name, addresses: leaderFirst })
  }
}

export async function withEntrants(
  { contenders, describe }: Pick<ComparisonContext, "contenders" | "describe">,
  use: (entrants: readonly Entrant[]) => Promise<void>,
  memberCount = memberCountDefault,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "bench-"))
  const entrants: Entrant[] = []
  const end = async (): Promise<void> => {
    await Promise.all(entrants.map(({ running }) => running.end()))
    rmSync(directory, { recursive: true, force: true })
  }
  const forget = atInterrupt(end)
  try {
    for (const contender of contenders) {
      const running = await contender.start(join(directory, contender.name), memberCount)
      entrants.push(new Entrant(contender.name, running))
    }
    for (const entrant of entrants) {
      await entrant.ready()
      const { version, settings } = entrant.running
      describe(entrant.name, { version, settings })
    }
    await use(entrants)
  } catch (error) {
    const told = entrants.map(({ running }) => running.tellLogs()).join("\n")
    throw new Error(`${String(error)}\n${told}`, { cause: error })
  } finally {
    forget()
    await end()
  }
}
