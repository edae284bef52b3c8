/** What the system says about processes and directories: processor time, memory, disk. Linux only. */
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }))

/** User and system time of all `pids` since they were started. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The second field, the program's name in parentheses, may hold spaces; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  }, 0)
}

export interface MemoryUse {
  readonly residentMiB: number
  /** Not backed by a file: heap, stacks and buffers, as opposed to code and mapped pages of a store. */
  readonly anonymousMiB: number
}

export function memoryOf(pid: number): MemoryUse {
  const status = readFileSync(`/proc/${pid}/status`, "utf8")
  const mebibytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024
  return { residentMiB: mebibytes("VmRSS"), anonymousMiB: mebibytes("RssAnon") }
}

/** What objects of this very process take, once everything that nobody refers to is gone. */
export function heapBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  // What array buffers take is a part of `external`.
  return heapUsed + external
}

/** What the files take on the disk; holes take nothing. */
export function diskMiBOf(directory: string): number {
  const blocks = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).blocks)
  return (blocks.reduce((sum, count) => sum + count, 0) * 512) / (1024 * 1024)
}
