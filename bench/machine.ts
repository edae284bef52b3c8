/** Where the figures come from: without this they mean nothing. */
import { execFileSync } from "node:child_process"
import { cpus, loadavg, release, totalmem, tmpdir } from "node:os"

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  readonly commit: string
  /** Of the file system that holds the data. */
  readonly fileSystem: string
  /** One-minute load average when the run began: above about 0.5, others were using the machine. */
  readonly load: number
}

export function describeMachine(): Machine {
  const [first] = cpus()
  return {
    processor: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit: outputOf("git", ["describe", "--always", "--dirty"]),
    fileSystem: outputOf("stat", ["--file-system", "--format=%T", tmpdir()]),
    load: loadavg()[0] ?? NaN,
  }
}

export function inOneLine({ processor, cores, memoryGiB, kernel, node, commit, fileSystem, load }: Machine): string {
  return (
    `${cores} x ${processor}, ${memoryGiB} GiB, Linux ${kernel}, ${fileSystem}, node ${node}, ` +
    `commit ${commit}, load ${load.toFixed(2)} at the beginning`
  )
}

function outputOf(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", cwd: import.meta.dirname }).trim()
  } catch {
    return "unknown"
  }
}
