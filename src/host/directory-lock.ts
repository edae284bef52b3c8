/**
 * One process at a time in a replica's directory: two replicas on one store would each keep promises that the other
 * breaks. Node has no flock, so the lock is a file that names its process; it is stale once that process is gone.
 *
 * A pid alone proves nothing, since pids are used again after a kill -9 or a reboot, so the file also has the moment at
 * which the process started (Linux). The file appears and disappears whole: it is linked into place, renamed away.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Another process runs on this directory. */
export class DiskInUseError extends Error {
  override readonly name = "DiskInUseError"

  constructor(directory: string, pid: number) {
    super(`${directory} is in use by the process ${pid}: stop that one first, or give this replica its own directory`)
  }
}

export interface DirectoryLock {
  /** Once: a second call does nothing, for by then the lock may be another's. */
  release(): void
}

const attemptsMax = 10

export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, "lock")
  const mine = describeProcess(process.pid)
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (linkInPlace(path, mine)) return held(path)
    const found = readOr(path, "")
    const pid = Number.parseInt(found, 10)
    // Without a readable pid the file was cut short by a crash of the machine: nobody runs.
    if (pid > 0 && found === describeProcess(pid)) throw new DiskInUseError(directory, pid)
    removeStale(path, found)
  }
  throw new DiskInUseError(directory, Number.parseInt(readOr(path, "0"), 10))
}

function held(path: string): DirectoryLock {
  let isHeld = true
  const release = (): void => {
    if (isHeld) rmSync(path, { force: true })
    isHeld = false
  }
  return { release }
}

/** Whether the file at `path` is now ours. A link fails when the name is taken, whoever is faster. */
function linkInPlace(path: string, contents: string): boolean {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  } finally {
    rmSync(draft)
  }
}

/**
 * Two processes may find the same stale file, and the slower one must not remove the lock that the faster one has taken
 * meanwhile. So the file is moved aside first and put back if it turns out to be another one.
 */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return
    throw error
  }
  if (readFileSync(aside, "utf8") !== stale) linkInPlace(path, readFileSync(aside, "utf8"))
  rmSync(aside)
}

/** The pid and, where /proc tells it, when that process started; empty if there is no such process. */
function describeProcess(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`, "")
  // The name of the program, in parentheses, may hold spaces; the start time is the 20th field after it.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  // A zombie has died; only its parent has not noticed.
  if (state === "Z") return ""
  const startTime = fields[18]
  if (startTime !== undefined) return `${pid} started ${startTime} boot ${bootId()}`
  return isAlive(pid) ? `${pid}` : ""
}

function bootId(): string {
  return readOr("/proc/sys/kernel/random/boot_id", "unknown").trim()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return otherwise
  }
}
