/** One member of a peer, as a child process: it is ended by its process id, and when the benchmark ends, however it ends. */
import { spawn, type ChildProcess } from "node:child_process"
import { closeSync, openSync } from "node:fs"

export interface MemberCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly logFile: string
}

export class MemberProcess {
  readonly #command: MemberCommand
  #child: ChildProcess | undefined

  constructor(command: MemberCommand) {
    this.#command = command
  }

  /** Zero: not running. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  start(): void {
    if (this.#child !== undefined) throw new Error("it is running")
    const { program, args, env, logFile } = this.#command
    const log = openSync(logFile, "a")
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", log, log] })
    closeSync(log)
    this.#child = child
    running.add(child)
    const isGone = (): void => {
      running.delete(child)
      if (this.#child === child) this.#child = undefined
    }
    child.once("error", isGone)
    child.once("exit", isGone)
  }

  /** Resolves when the process is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const gone = new Promise((resolve) => child.once("exit", resolve))
    child.kill(signal)
    await gone
  }
}

const running = new Set<ChildProcess>()

process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})
