/** `lock PATH -- COMMAND`: waits for the lock, says what it waits for, runs the command, gives the lock back. */
import { constants } from "node:os"
import { CellError, type BusyLock, type Lock, type LockMode, type Session } from "../client/index.ts"
import { limits } from "../contract/limits.ts"
import { durationMsOption, type Invocation } from "./arguments.ts"
import { exitCodeOfSignal, exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { runGuarded } from "./guarded-command.ts"
import { tellLockNews, waitingFor } from "./lock-report.ts"
import { deadlineFor, inTime, patienceMsOf, withSession } from "./reach.ts"
import type { Terminal } from "./terminal.ts"

export async function lockCommand(invocation: Invocation, terminal: Terminal): Promise<number> {
  const wish = wishOf(invocation)
  // The session takes the lock along, which is one round trip less than giving the lock back first.
  return await withSession(invocation, terminal, async (session) => {
    return await holdAndRun(session, wish, invocation, terminal)
  })
}

/** Read before the cell is asked for anything. */
interface Wish {
  readonly path: string
  readonly terms: { readonly mode: LockMode; readonly lockDelayMs: number }
  /** Undefined: for ever. */
  readonly waitMs: number | undefined
}

function wishOf(invocation: Invocation): Wish {
  const [path = ""] = invocation.operands
  const mode = invocation.options.has("shared") ? "shared" : "exclusive"
  const lockDelayMs = durationMsOption(invocation, "lock-delay", limits.lockDelayMsMax) ?? 0
  return { path, terms: { mode, lockDelayMs }, waitMs: durationMsOption(invocation, "wait", limits.waitMsMax) }
}

async function holdAndRun(session: Session, wish: Wish, invocation: Invocation, terminal: Terminal): Promise<number> {
  const isJson = invocation.options.has("json")
  const lock = await (invocation.options.has("try")
    ? tryOnce(session, wish, invocation)
    : waitFor(session, wish, invocation, terminal))
  tellLockNews({ kind: "acquired", path: lock.path, lockGeneration: lock.lockGeneration }, terminal, isJson)
  const ending = await runGuarded(invocation.toRun, lock, terminal)
  switch (ending.kind) {
    case "ended":
      return ending.code
    case "notRun":
      throw new Failure(ending.code, ending.reason, { code: "COMMAND_NOT_RUN" })
    case "stopped":
      throw new Failure(
        exitCodes.lost,
        `the lock on ${lock.path} could not be kept, because the cell did not answer: the command was stopped`,
        { code: "LOCK_NOT_HELD" },
      )
  }
}

async function tryOnce(session: Session, { path, terms }: Wish, invocation: Invocation): Promise<Lock> {
  let reason = ""
  const onBusy = (busy: BusyLock): void => {
    reason = busy.reason
  }
  // Should it be granted too late, the session still takes it along: nothing of it stays.
  const options = { ...terms, signal: deadlineFor(invocation), onBusy }
  const lock = await inTime(invocation, session.tryAcquire(path, options))
  if (lock !== undefined) return lock
  throw new Failure(exitCodes.busy, `${path} is not free: ${reason}`, { code: "LOCK_BUSY" })
}

async function waitFor(
  session: Session,
  { path, terms, waitMs }: Wish,
  invocation: Invocation,
  terminal: Terminal,
): Promise<Lock> {
  const givenUp = new AbortController()
  const stopListening = terminal.onSignals(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    const code = exitCodeOfSignal(constants.signals[signal])
    givenUp.abort(new Failure(code, `gave up waiting for ${path}`))
  })
  const onBusy = (busy: BusyLock): void => {
    tellLockNews(waitingFor(busy), terminal, invocation.options.has("json"))
  }
  try {
    const signal =
      waitMs === undefined ? givenUp.signal : AbortSignal.any([givenUp.signal, silence(invocation, waitMs)])
    return await inTime(invocation, session.acquire(path, { ...terms, waitMs, signal, onBusy }))
  } catch (reason) {
    if (!(reason instanceof CellError) || reason.code !== "DEADLINE_EXCEEDED") throw reason
    throw new Failure(exitCodes.busy, `${path} was not free in time`, { code: "LOCK_BUSY", cause: reason })
  } finally {
    stopListening()
  }
}

/** The cell counts the wait itself; this is for one that can't be reached when the wait is over. */
function silence(invocation: Invocation, waitMs: number): AbortSignal {
  return AbortSignal.timeout(waitMs + patienceMsOf(invocation))
}
