/** What a workload is given, and what it hands back. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { atInterrupt } from "./interrupt.ts"
import type { RunningContender, RunningSystem, SystemUnderTest } from "./system-under-test.ts"

export interface Workload {
  readonly name: string
  /** One sentence: what is done, and what is counted. */
  readonly meaning: string
  run(context: BenchContext): Promise<void>
}

export interface BenchSettings {
  /** Of the counted part of a closed loop. */
  readonly seconds: number
  /** How often each closed loop is run. */
  readonly roundCount: number
  readonly outstanding: readonly number[]
  readonly failOverCount: number
  /** Files, or writes, where many are wanted. */
  readonly manyCount: number
  /** Sessions, where many are wanted. */
  readonly sessionCount: number
  /** Event streams of one name. */
  readonly watcherCount: number
}

export interface BenchContext {
  readonly system: SystemUnderTest
  readonly settings: BenchSettings
  /** Tells people that something goes on. */
  progress(sentence: string): void
  /** One line of the workload's table: for `subject`, these figures by name. */
  report(subject: string, figures: Readonly<Record<string, number>>): void
}

/** Files of the size that benchmarks of lock services agree on. */
export const contentsBytes = 256

/** As the Chubby paper has it, and as fault tolerance of two asks for. */
export const memberCount = 5

/** Starts a fresh system in a directory of its own, and leaves nothing behind. */
export async function withSystem<Result>(
  { system }: BenchContext,
  use: (running: RunningSystem) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), `bench-${system.name}-`))
  try {
    const running = await system.start(directory, memberCount)
    const forget = atInterrupt(() => running.end())
    try {
      return await use(running)
    } catch (error) {
      throw new Error(`${String(error)}\n${running.tellLogs()}`, { cause: error })
    } finally {
      forget()
      await running.end()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export async function pidsOf(running: RunningContender): Promise<readonly number[]> {
  return (await running.members()).map(({ pid }) => pid).filter((pid) => pid !== 0)
}
