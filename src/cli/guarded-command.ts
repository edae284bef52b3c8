/**
 * A command that runs only while a lock is held. When the lease nears its end and nobody extends it, the command and
 * its children are told to stop (SIGTERM), and are killed before the lease is over, whether or not they listened: the
 * cell passes the lock on no earlier than that. The same happens if this very process is killed: a guardian, a shell that
 * reads from a pipe that only this process holds, then finds the pipe closed.
 */
import { spawn, type ChildProcess } from "node:child_process"
import { constants } from "node:os"
import type { Lock } from "../client/index.ts"
import { exitCodeOfSignal } from "./exit-codes.ts"
import type { Terminal } from "./terminal.ts"

export type Ending =
  /** The command came to its end; `code` as a shell would report it. */
  | { readonly kind: "ended"; readonly code: number }
  /** There is no such command, or it can't be run; `code` as a shell would report it. */
  | { readonly kind: "notRun"; readonly code: number; readonly reason: string }
  /** The command was stopped because the lock was, or was about to be, lost. */
  | { readonly kind: "stopped" }

/** Before the local lease ends: long enough for a command to clean up, short enough to sit out a fail-over. */
const stopBeforeMs = 2_500
/** SIGKILL takes effect in no time; this is for a machine that is busy. */
const killBeforeMs = 500

const forwarded: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]

export async function runGuarded(command: readonly string[], lock: Lock, terminal: Terminal): Promise<Ending> {
  const [file = "", ...words] = command
  const environment = {
    ...terminal.environment,
    CLAVIGER_SEQUENCER: lock.sequencer,
    CLAVIGER_LOCK_PATH: lock.path,
    CLAVIGER_LOCK_GENERATION: String(lock.lockGeneration),
  }
  // A group of its own, so that the command's children can be stopped with it.
  const child = spawn(file, words, { stdio: "inherit", env: environment, detached: true })
  const ended = endOf(child, file)
  const guardian = startGuardian(child)
  const stopForwarding = terminal.onSignals(forwarded, (signal) => {
    signalGroup(child, signal)
  })
  // Ctrl-Z stops this process and its KeepAlives, but not the command, which would run on when the lock has passed on.
  const stopRefusing = terminal.onSignals(["SIGTSTP"], () => {
    terminal.tell("claviger: not suspended, because the lock would be lost")
  })
  const watch = new LeaseWatch(lock, child)
  try {
    const ending = await ended
    // What the command has left behind was to be stopped with it.
    if (watch.hasStopped) signalGroup(child, "SIGKILL")
    return watch.hasStopped ? { kind: "stopped" } : ending
  } finally {
    watch.end()
    stopForwarding()
    stopRefusing()
    guardian.dismiss()
  }
}

/** Sends the two signals in time. `validUntil` moves on with every KeepAlive, so each timer only asks it again. */
class LeaseWatch {
  hasStopped = false
  readonly #lock: Lock
  readonly #child: ChildProcess
  readonly #onLost: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(lock: Lock, child: ChildProcess) {
    this.#lock = lock
    this.#child = child
    this.#onLost = () => {
      this.#kill()
    }
    lock.lost.addEventListener("abort", this.#onLost, { once: true })
    this.#watchForStop()
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#lock.lost.removeEventListener("abort", this.#onLost)
  }

  #watchForStop(): void {
    const waitMs = this.#remainingMs() - stopBeforeMs
    if (waitMs > 0) {
      this.#timer = setTimeout(() => {
        this.#watchForStop()
      }, waitMs)
      return
    }
    this.hasStopped = true
    signalGroup(this.#child, "SIGTERM")
    this.#timer = setTimeout(
      () => {
        this.#kill()
      },
      Math.max(this.#remainingMs() - killBeforeMs, 0),
    )
  }

  #kill(): void {
    this.hasStopped = true
    signalGroup(this.#child, "SIGKILL")
  }

  #remainingMs(): number {
    return this.#lock.validUntil - performance.now()
  }
}

async function endOf(child: ChildProcess, file: string): Promise<Ending> {
  return await new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      // As shells do it: 127 for a command that isn't there, 126 for one that can't be run.
      resolve({ kind: "notRun", code: error.code === "ENOENT" ? 127 : 126, reason: `${file}: ${reasonOf(error)}` })
    })
    child.once("exit", (code, signal) => {
      resolve({ kind: "ended", code: code ?? exitCodeOfSignal(signal === null ? 0 : constants.signals[signal]) })
    })
  })
}

/** In the words of a shell, where it has some. */
function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return "command not found"
    case "EACCES":
      return "permission denied"
    default:
      return error.message
  }
}

/** The group is named after its first process; if that is gone, what it left behind is still meant. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

interface Guardian {
  dismiss(): void
}

/** Waits for a line; gets none if this process dies. It ignores what a terminal sends to stop whole jobs. */
const guardianScript = `trap '' INT TERM HUP QUIT
if read -r word; then exit; fi
kill -s TERM -- "-$1"
sleep 2
kill -s KILL -- "-$1"`

function startGuardian(child: ChildProcess): Guardian {
  if (child.pid === undefined) return { dismiss: () => undefined }
  const shell = spawn("/bin/sh", ["-c", guardianScript, "claviger-guardian", String(child.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  })
  // Without a shell on the machine the command is still guarded by this process.
  shell.on("error", () => undefined)
  shell.stdin.on("error", () => undefined)
  shell.unref()
  return {
    dismiss: () => {
      shell.stdin.end("done\n")
    },
  }
}
