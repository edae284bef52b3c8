/**
 * The chosen log, played through the state machine and through a naive second opinion side by side. After each slot the
 * two must agree on every file and lock that the slot may have touched, on who lives, and so on the order of waiters, on
 * each lock generation and on every call counting once. This copy also has the last word on what clients are told.
 */
import { equalBytes } from "../../../src/base/bytes.ts"
import type { SessionId, Slot } from "../../../src/base/brand.ts"
import type { LockParty, NodeRef, Outcome } from "../../../src/contract/requests.ts"
import { decodeBatch } from "../../../src/state-machine/command-codec.ts"
import { type Applied, StateMachine } from "../../../src/state-machine/state-machine.ts"
import type { TrueTime } from "../clock.ts"
import type { Findings } from "../findings.ts"
import { type NaiveLock, NaiveState } from "./naive-state.ts"

/** What the log says about one call of a session. */
export interface LoggedCall {
  readonly slot: Slot
  /** Undefined while it waits for a lock. */
  readonly outcome: Outcome | undefined
}

export class AppliedLog {
  readonly #findings: Findings
  readonly #machine: StateMachine
  readonly #naive = new NaiveState()
  readonly #calls = new Map<string, LoggedCall>()
  readonly #endedAt = new Map<SessionId, TrueTime>()
  readonly #created = new Set<SessionId>()

  constructor(findings: Findings, cellName: string) {
    this.#findings = findings
    this.#machine = new StateMachine(cellName)
  }

  get appliedThrough(): Slot {
    return this.#machine.appliedThrough
  }

  get digest(): number {
    return this.#machine.digest
  }

  call(sessionId: SessionId, requestNumber: number): LoggedCall | undefined {
    return this.#calls.get(nameOf(sessionId, requestNumber))
  }

  hasCreated(sessionId: SessionId): boolean {
    return this.#created.has(sessionId)
  }

  /** The sessions that have ended, and when the first replica applied it. */
  get endedAt(): ReadonlyMap<SessionId, TrueTime> {
    return this.#endedAt
  }

  /** The next slot. Returns the sessions that it ended. */
  apply(at: TrueTime, slot: Slot, value: Uint8Array): readonly SessionId[] {
    const commands = decodeBatch(value)
    const applied = this.#machine.apply(slot, value)
    const touched = new Set<string>()
    const livedBefore = new Set(this.#naive.sessions)
    commands.forEach((command, place) => {
      const outcome = applied.outcomes[place]
      const path = this.#naive.apply(command)
      if (path !== undefined) touched.add(path)
      if (outcome?.kind === "createSession") {
        this.#naive.sessionCreated(outcome.sessionId)
        this.#created.add(outcome.sessionId)
      }
      if (command.kind === "call") this.#note(command.sessionId, command.requestNumber, slot, outcome)
    })
    const ended = this.#noteEnds(at, slot, applied, livedBefore)
    if (ended.length > 0) for (const path of this.#naive.locks.keys()) touched.add(path)
    for (const path of touched) this.#compare(at, slot, path)
    if (this.#naive.sessions.size !== this.#machine.sessionCount) {
      const counts = `${String(this.#machine.sessionCount)} sessions live, expected ${String(this.#naive.sessions.size)}`
      this.#report(at, slot, counts)
    }
    return ended
  }

  /** A second answer to the same call must not differ from the first. */
  #note(sessionId: SessionId, requestNumber: number, slot: Slot, outcome: Outcome | undefined): void {
    const name = nameOf(sessionId, requestNumber)
    if (sessionId > 0 && this.#calls.get(name)?.outcome === undefined) this.#calls.set(name, { slot, outcome })
  }

  #noteEnds(
    at: TrueTime,
    slot: Slot,
    { settled, endedSessions }: Applied,
    livedBefore: ReadonlySet<SessionId>,
  ): SessionId[] {
    for (const { sessionId, requestNumber, outcome } of settled) {
      this.#calls.set(nameOf(sessionId, requestNumber), { slot, outcome })
      if (outcome.kind === "acquire" && !livedBefore.has(sessionId) && !this.#naive.sessions.has(sessionId)) {
        this.#report(at, slot, `a lock was granted to session ${String(sessionId)}, which has ended`)
      }
    }
    return endedSessions.map(({ sessionId }) => {
      this.#endedAt.set(sessionId, at)
      return sessionId
    })
  }

  #compare(at: TrueTime, slot: Slot, path: string): void {
    const node: NodeRef = { kind: "path", path }
    const lock = this.#naive.locks.get(path)
    if (lock !== undefined) this.#compareLock(at, slot, path, lock, this.#machine.read({ kind: "getLock", node }, 0, 0))
    else this.#compareFile(at, slot, path, this.#machine.read({ kind: "getContentsAndStat", node }, 0, 0))
  }

  #compareLock(at: TrueTime, slot: Slot, path: string, lock: NaiveLock, found: Outcome): void {
    if (found.kind !== "getLock") {
      // A lock that was asked for once has a node; one that was only released or tried in vain may have none.
      if (lock.generation > 0) this.#report(at, slot, `${path} has no lock`)
      return
    }
    if (found.lockGeneration !== lock.generation) {
      const expected = `expected ${String(lock.generation)}`
      this.#report(at, slot, `${path} has lock generation ${String(found.lockGeneration)}, ${expected}`)
    }
    const same = names(found.holders) === names(lock.holders) && names(found.waiters) === names(lock.waiters)
    if (same) return
    const held = `held by ${names(found.holders)}, awaited by ${names(found.waiters)}`
    this.#report(at, slot, `${path} is ${held}; expected ${names(lock.holders)} and ${names(lock.waiters)}`)
  }

  #compareFile(at: TrueTime, slot: Slot, path: string, found: Outcome): void {
    const file = this.#naive.files.get(path)
    if (found.kind !== "getContentsAndStat") {
      if (file !== undefined) this.#report(at, slot, `${path} is missing`)
    } else if (file === undefined) this.#report(at, slot, `${path} should not exist`)
    else if (found.stat.contentGeneration !== file.generation || !equalBytes(found.contents, file.contents)) {
      const expected = `expected ${String(file.generation)}`
      this.#report(at, slot, `${path} has content generation ${String(found.stat.contentGeneration)}, ${expected}`)
    }
  }

  #report(at: TrueTime, slot: Slot, claim: string): void {
    this.#findings.report("applied-log", at, `after slot ${String(slot)}: ${claim}`)
  }
}

function nameOf(sessionId: SessionId, requestNumber: number): string {
  return `${String(sessionId)}/${String(requestNumber)}`
}

function names(parties: readonly Pick<LockParty, "sessionId" | "mode">[]): string {
  return `[${parties.map(({ sessionId, mode }) => `${String(sessionId)} ${mode}`).join(", ")}]`
}
