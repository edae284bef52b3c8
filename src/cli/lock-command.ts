/** `lock PATH -- COMMAND`: waits for the lock, says what it waits for, runs the command, gives the lock back. */
import { constants } from "node:os"
import type { Lock, LockMode, Session } from "../client/index.ts"
import type { Invocation } from "./arguments.ts"
import { exitCodeOfSignal, exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { runGuarded } from "./guarded-command.ts"
import { holdersInWords, tellLockNews } from "./lock-report.ts"
import { deadlineFor, inTime, withSession } from "./reach.ts"
import type { Terminal } from "./terminal.ts"

/** A lock that is free is granted faster than this; no need to speak of waiting. */
const silentWaitMs = 250

export async function lockCommand(invocation: Invocation, terminal: Terminal): Promise<number> {
  // The session takes the lock along, which is one round trip less than giving the lock back first.
  return await withSession(invocation, terminal, async (session) => await holdAndRun(session, invocation, terminal))
}

async function holdAndRun(session: Session, invocation: Invocation, terminal: Terminal): Promise<number> {
  const isJson = invocation.options.has("json")
  const lock = await (invocation.options.has("try")
    ? tryOnce(session, invocation)
    : waitFor(session, invocation, terminal))
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

async function tryOnce(session: Session, invocation: Invocation): Promise<Lock> {
  const path = pathOf(invocation)
  const signal = deadlineFor(invocation)
  // Should it be granted too late, the session still takes it along: nothing of it stays.
  const lock = await inTime(invocation, session.tryAcquire(path, { mode: modeOf(invocation), signal }))
  if (lock !== undefined) return lock
  const { holders } = await inTime(invocation, session.getLock(path, { signal }))
  const names = holders.map(({ clientName }) => clientName)
  throw new Failure(exitCodes.busy, `${path} is not free: ${holdersInWords(names)}`, { code: "LOCK_BUSY" })
}

async function waitFor(session: Session, invocation: Invocation, terminal: Terminal): Promise<Lock> {
  const path = pathOf(invocation)
  const givenUp = new AbortController()
  const stopListening = terminal.onSignals(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    const code = exitCodeOfSignal(constants.signals[signal])
    givenUp.abort(new Failure(code, `gave up waiting for ${path}`))
  })
  const isLimited = invocation.options.has("timeout")
  const limit = isLimited ? deadlineFor(invocation) : undefined
  const signal = limit === undefined ? givenUp.signal : AbortSignal.any([givenUp.signal, limit])
  const speak = setTimeout(() => {
    void sayWhatFor(session, invocation, terminal)
  }, silentWaitMs)
  try {
    return await session.acquire(path, { mode: modeOf(invocation), signal })
  } catch (reason) {
    if (reason !== limit?.reason) throw reason
    throw new Failure(exitCodes.busy, `${path} was not free in time`, { code: "LOCK_BUSY", cause: reason })
  } finally {
    clearTimeout(speak)
    stopListening()
  }
}

async function sayWhatFor(session: Session, invocation: Invocation, terminal: Terminal): Promise<void> {
  const path = pathOf(invocation)
  try {
    const { holders, waiters } = await session.getLock(path, { signal: deadlineFor(invocation) })
    const waitingBefore = waiters.findIndex(({ sessionId }) => sessionId === session.sessionId)
    // Not among the waiters: granted a moment ago.
    if (waitingBefore === -1) return
    const heldBy = holders.map(({ clientName }) => clientName)
    tellLockNews({ kind: "waiting", path, heldBy, waitingBefore }, terminal, invocation.options.has("json"))
  } catch {
    // This is a courtesy. Whatever keeps the cell from answering, the Acquire itself will report.
  }
}

function pathOf(invocation: Invocation): string {
  return invocation.operands[0] ?? ""
}

function modeOf(invocation: Invocation): LockMode {
  return invocation.options.has("shared") ? "shared" : "exclusive"
}
