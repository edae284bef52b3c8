/**
 * The `claviger` command as users have it: the built program, run in a process of its own. Every process started here
 * leads a group of its own and is ended, with whatever it has started, when the tests' process ends, however it ends.
 */
import { spawn, type ChildProcess } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const repository: string = fileURLToPath(new URL("../../..", import.meta.url))

/** Another build may be named, to test that one. */
const programPath: string = process.env["CLAVIGER_PROGRAM"] ?? `${repository}dist/bin/claviger.js`

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** How a program ended. `code` is undefined if a signal ended it. */
export interface Ended {
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export class RunningProgram {
  readonly commandLine: string
  readonly pid: number
  readonly ended: Promise<Ended>
  #stdout = ""
  #stderr = ""
  #isOver = false

  constructor(args: readonly string[], options: ProgramOptions = {}) {
    this.commandLine = `claviger ${args.join(" ")}`
    const child = spawn(process.execPath, [programPath, ...args], {
      cwd: options.cwd ?? repository,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    })
    this.#gather(child)
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("close", (code) => {
        this.#isOver = true
        leaders.delete(this.pid)
        resolve({ code: code ?? undefined, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
    if (child.pid === undefined) throw new Error(`${this.commandLine} could not be started`)
    this.pid = child.pid
    leaders.add(child.pid)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** What it has printed so far. */
  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** The processes it has started and not yet seen the end of. Linux only. */
  get children(): readonly number[] {
    if (this.#isOver) return []
    const listed = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, "utf8")
    return listed.split(" ").map(Number).filter(Boolean)
  }

  /** To this process alone. */
  signal(signal: NodeJS.Signals): void {
    signalIfAlive(this.pid, signal)
  }

  /** To this process and what it has started, as a terminal does on Ctrl-C. */
  signalGroup(signal: NodeJS.Signals): void {
    signalIfAlive(-this.pid, signal)
  }

  #gather(child: ChildProcess): void {
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text
    })
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text
    })
  }
}

/** Runs a command to its end, which it must reach within `withinMs`. */
export async function runProgram(
  args: readonly string[],
  { withinMs = 20_000, ...options }: ProgramOptions & { readonly withinMs?: number } = {},
): Promise<Ended> {
  const program = new RunningProgram(args, options)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    program.signalGroup("SIGKILL")
  }, withinMs)
  const ended = await program.ended
  clearTimeout(timer)
  if (isLate)
    throw new Error(`${program.commandLine} ran for more than ${withinMs} ms:\n${ended.stdout}${ended.stderr}`)
  return ended
}

/** Does nothing if there is no such process, or group, any more. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** By SIGSTOP, with all its threads. Linux only. */
export function isStopped(pid: number): boolean {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.every((id) => readFileSync(`/proc/${pid}/task/${id}/status`, "utf8").includes("State:\tT"))
}

const leaders = new Set<number>()

process.once("exit", () => {
  for (const pid of leaders) signalIfAlive(-pid, "SIGKILL")
})
