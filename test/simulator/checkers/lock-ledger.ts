/**
 * Who holds which lock, by what the cell answers. At no time do two conflicting grants stand; a lock whose holder was
 * lost stays barred for its lock-delay, by true time, whatever fail-overs come in between; and a lock that was given back
 * never is. Handles and sessions that end take their holds along.
 */
import type { Instance, SessionId } from "../../../src/base/brand.ts"
import { type LockMode, isCompatible } from "../../../src/contract/lock-mode.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { Command } from "../../../src/state-machine/commands.ts"
import { millisecond, type TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { AppliedSlot, LogFollower } from "./applied-log.ts"

export interface Grant {
  readonly path: string
  readonly instance: Instance
  readonly sessionId: SessionId
  readonly mode: LockMode
  readonly lockGeneration: number
}

interface Hold extends Grant {
  readonly handle: string
  readonly lockDelayMs: number
}

interface Asked {
  readonly mode: LockMode
  readonly lockDelayMs: number
}

type Call = Extract<Command, { kind: "call" }>

export class LockLedger implements LogFollower {
  readonly #findings: Findings
  /** Told of every grant, when the first replica applies it. */
  readonly #onGrant: (at: TrueTime, grant: Grant) => void
  #holds: Hold[] = []
  readonly #barredUntil = new Map<Instance, TrueTime>()
  /** Acquires without an answer yet, as "session/number". */
  readonly #asked = new Map<string, Asked>()
  #epoch = 0

  constructor(findings: Findings, onGrant: (at: TrueTime, grant: Grant) => void) {
    this.#findings = findings
    this.#onGrant = onGrant
  }

  applied({ at, slot, commands, counts, applied }: AppliedSlot): void {
    const ending = new Set(applied.endedSessions.map(({ sessionId }) => sessionId))
    const lost = new Set<SessionId>()
    const barred = new Set<Instance>()
    // Within a slot a grant may come before the loss that bars the lock. If so, the slot says that a delay began.
    const barredLater: Hold[] = []
    const begun = new Set(applied.begunDelays.map(({ instance }) => instance))
    const bar = ({ instance, lockDelayMs }: Hold): void => {
      const until = at + lockDelayMs * millisecond
      this.#barredUntil.set(instance, Math.max(until, this.#barredUntil.get(instance) ?? 0))
    }
    const lose = (hold: Hold): void => {
      if (hold.lockDelayMs === 0) return
      barred.add(hold.instance)
      if (begun.has(hold.instance)) barredLater.push(hold)
      else bar(hold)
    }
    commands.forEach((command, place) => {
      if (command.kind === "beginReign") this.#epoch += 1
      if (command.kind === "call" && counts[place] === true) this.#call(at, command, applied.outcomes[place], ending)
      if (command.kind === "expireSession" && command.epoch === this.#epoch && ending.delete(command.sessionId)) {
        lost.add(command.sessionId)
        this.#endHolds(({ sessionId }) => sessionId === command.sessionId).forEach(lose)
      }
    })
    const ended = new Set(applied.endedSessions.map(({ sessionId }) => sessionId))
    const granted = applied.settled.flatMap(({ sessionId, requestNumber, outcome }) => {
      const asked = this.#asked.get(nameOf(sessionId, requestNumber))
      return asked === undefined ? [] : (holdOf(sessionId, asked, outcome) ?? [])
    })
    for (const hold of granted) if (!ended.has(hold.sessionId)) this.#granted(at, hold)
    // Granted and ended in one slot: nobody has seen it held, but it may bar the lock all the same, for those who come
    // after it; who was granted the lock together with it came before.
    for (const hold of granted) if (lost.has(hold.sessionId)) lose(hold)
    barredLater.forEach(bar)
    for (const { change } of applied.changes) {
      if (change.kind === "nodeDeleted") this.#endHolds(({ instance }) => instance === change.instance)
    }
    for (const { instance } of applied.begunDelays) {
      if (barred.has(instance)) continue
      this.#report(at, `a lock-delay began in slot ${String(slot)}, though the lock was given back`)
    }
  }

  #call(at: TrueTime, call: Call, outcome: Outcome | undefined, ending: Set<SessionId>): void {
    const { sessionId, requestNumber, operation } = call
    switch (operation.kind) {
      case "acquire":
      case "tryAcquire": {
        const { mode, lockDelayMs } = operation
        this.#asked.set(nameOf(sessionId, requestNumber), { mode, lockDelayMs })
        const hold = outcome === undefined ? undefined : holdOf(sessionId, { mode, lockDelayMs }, outcome)
        if (hold !== undefined) this.#granted(at, hold)
        return
      }
      case "release": {
        const { node } = operation
        const isMeant = (hold: Hold): boolean =>
          node.kind === "handle" ? hold.handle === node.handle : hold.path === node.path
        this.#endHolds((hold) => hold.sessionId === sessionId && isMeant(hold))
        return
      }
      case "close":
        this.#endHolds((hold) => hold.sessionId === sessionId && hold.handle === operation.handle)
        return
      case "closeSession":
        if (ending.delete(sessionId)) this.#endHolds((hold) => hold.sessionId === sessionId)
        return
      default:
        return
    }
  }

  #granted(at: TrueTime, hold: Hold): void {
    const { path, instance, sessionId, mode } = hold
    for (const other of this.#holds) {
      if (other.instance !== instance || isCompatible(other.mode, mode)) continue
      this.#report(at, `${path} is granted to session ${String(sessionId)} while ${String(other.sessionId)} holds it`)
    }
    const left = (this.#barredUntil.get(instance) ?? 0) - at
    // A clock shows whole milliseconds: up to one may be missing.
    if (left > millisecond) {
      const claim = `${path} is granted to session ${String(sessionId)} ${String(left)} us before its delay is over`
      this.#findings.report("lock-delay", at, claim)
    }
    this.#barredUntil.delete(instance)
    this.#holds.push(hold)
    this.#onGrant(at, hold)
  }

  /** Removes the holds in question, and returns them. */
  #endHolds(isMeant: (hold: Hold) => boolean): readonly Hold[] {
    const ended = this.#holds.filter(isMeant)
    if (ended.length > 0) this.#holds = this.#holds.filter((hold) => !isMeant(hold))
    return ended
  }

  #report(at: TrueTime, claim: string): void {
    this.#findings.report("lock-ledger", at, claim)
  }
}

/** Undefined if the lock was not granted. */
function holdOf(sessionId: SessionId, { mode, lockDelayMs }: Asked, outcome: Outcome): Hold | undefined {
  const isGrant = outcome.kind === "acquire" || (outcome.kind === "tryAcquire" && outcome.acquired)
  if (!isGrant) return undefined
  const { handle, lockGeneration, stat } = outcome
  return { path: stat.path, instance: stat.instance, sessionId, mode, lockGeneration, handle, lockDelayMs }
}

function nameOf(sessionId: SessionId, requestNumber: number): string {
  return `${String(sessionId)}/${String(requestNumber)}`
}
