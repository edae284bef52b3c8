import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { LockLostError, type Lock } from "../../../src/client/index.ts"
import { runGuarded } from "../../../src/cli/guarded-command.ts"
import type { Terminal } from "../../../src/cli/terminal.ts"

interface FakeLock {
  readonly lock: Lock
  readonly lose: () => void
}

function heldFor(spanMs: number): FakeLock {
  const lost = new AbortController()
  const lock: Lock = {
    ...{ path: "/ls/test/job", mode: "exclusive", lockGeneration: 7, sequencer: "signed", isHeld: true },
    lost: lost.signal,
    wanted: new AbortController().signal,
    validUntil: Math.floor(performance.now()) + spanMs,
    release: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
  const lose = (): void => {
    lost.abort(new LockLostError(lock.path, "silence"))
  }
  return { lock, lose }
}

function terminal(onSignals: Terminal["onSignals"] = () => () => undefined): Terminal {
  return {
    environment: process.env,
    directory: process.cwd(),
    print: () => undefined,
    tell: () => undefined,
    readInput: async () => new Uint8Array(0),
    onSignals,
  }
}

/** A process that has died and waits for its parent's notice does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

const shell = (script: string): readonly string[] => ["/bin/sh", "-c", script]
const long = 60_000

describe("a command under a lock", () => {
  test("hands its exit code through", async () => {
    expect(await runGuarded(shell("exit 7"), heldFor(long).lock, terminal())).toEqual({ kind: "ended", code: 7 })
  })

  test("ends with 128 and the signal's number when it dies of a signal", async () => {
    expect(await runGuarded(shell("kill -9 $$"), heldFor(long).lock, terminal())).toEqual({ kind: "ended", code: 137 })
  })

  test("that does not exist, or can't be run, is told with the code and the words of a shell", async () => {
    expect(await runGuarded(["nosuchcmd"], heldFor(long).lock, terminal())).toEqual({
      ...{ kind: "notRun", code: 127 },
      reason: "nosuchcmd: command not found",
    })
    expect(await runGuarded(["/etc/passwd"], heldFor(long).lock, terminal())).toEqual({
      ...{ kind: "notRun", code: 126 },
      reason: "/etc/passwd: permission denied",
    })
  })

  test("finds path, generation and sequencer in its environment", async () => {
    const script = 'test "$CLAVIGER_LOCK_PATH $CLAVIGER_LOCK_GENERATION $CLAVIGER_SEQUENCER" = "/ls/test/job 7 signed"'
    expect(await runGuarded(shell(script), heldFor(long).lock, terminal())).toEqual({ kind: "ended", code: 0 })
  })

  test("is told to stop, with its children, while the lock is still held", async () => {
    const { lock } = heldFor(2_600)
    expect(await runGuarded(shell("sleep 60 & wait"), lock, terminal())).toEqual({ kind: "stopped" })
    expect(performance.now()).toBeLessThan(lock.validUntil)
  })

  test("that does not listen is killed while the lock is still held", async () => {
    const { lock } = heldFor(700)
    expect(await runGuarded(shell("trap '' TERM; while :; do sleep 1; done"), lock, terminal())).toEqual({
      kind: "stopped",
    })
    expect(performance.now()).toBeLessThan(lock.validUntil)
  })

  test("does not leave children behind that did not listen when it ended itself", async () => {
    const { lock } = heldFor(2_600)
    const folder = mkdtempSync(join(tmpdir(), "claviger-cli-"))
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true })
    })
    const pidFile = join(folder, "pid")
    const stubborn = `(trap '' TERM; while :; do sleep 1; done) & echo $! > ${pidFile}; wait`
    expect(await runGuarded(shell(stubborn), lock, terminal())).toEqual({ kind: "stopped" })
    await vi.waitUntil(() => !isRunning(Number(readFileSync(pidFile, "utf8"))))
  })

  test("is killed at once when the lock is lost", async () => {
    const { lock, lose } = heldFor(long)
    const ending = runGuarded(shell("trap '' TERM; while :; do sleep 1; done"), lock, terminal())
    lose()
    expect(await ending).toEqual({ kind: "stopped" })
  })

  test("gets the signals that were meant for it", async () => {
    let send: ((signal: NodeJS.Signals) => void) | undefined
    const ending = runGuarded(
      shell("sleep 60"),
      heldFor(long).lock,
      terminal((signals, listener) => {
        if (signals.includes("SIGTERM")) send = listener
        return () => undefined
      }),
    )
    send?.("SIGTERM")
    expect(await ending).toEqual({ kind: "ended", code: 143 })
  })
  test("is not left alone by a process that is suspended: Ctrl-Z is refused, and not passed on", async () => {
    let suspend: (() => void) | undefined
    const ending = runGuarded(
      shell("sleep 0.1; exit 5"),
      heldFor(long).lock,
      terminal((signals, listener) => {
        if (signals.includes("SIGTSTP")) suspend = () => listener("SIGTSTP")
        return () => undefined
      }),
    )
    expect(suspend).toBeDefined()
    suspend?.()
    expect(await ending).toEqual({ kind: "ended", code: 5 })
  })
})
