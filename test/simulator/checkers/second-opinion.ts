/**
 * The state machine and a naive one, side by side. After each slot the two must agree on every file and lock that the
 * slot may have touched, on who lives, and so on the order of waiters, on lock-delays, on each lock generation and on
 * every call counting once.
 */
import { equalBytes } from "../../../src/base/bytes.ts"
import type { SessionId, Slot } from "../../../src/base/brand.ts"
import { anonymous } from "../../../src/contract/acl.ts"
import type { LockDelay, LockParty, NodeRef, Operation, Outcome } from "../../../src/contract/requests.ts"
import type { StateMachine } from "../../../src/state-machine/state-machine.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { AppliedSlot, LogFollower } from "./applied-log.ts"
import { type NaiveLock, NaiveState } from "./naive-state.ts"

type Read = Extract<Operation, { kind: "getLock" | "getContentsAndStat" }>

export class SecondOpinion implements LogFollower {
  readonly #findings: Findings
  readonly #naive = new NaiveState()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  applied({ at, slot, commands, applied }: AppliedSlot, machine: StateMachine): void {
    const touched = new Set<string>()
    const livedBefore = new Set(this.#naive.sessions)
    commands.forEach((command, place) => {
      const outcome = applied.outcomes[place]
      for (const path of this.#naive.apply(slot, command)) touched.add(path)
      if (outcome?.kind === "createSession") this.#naive.sessionCreated(outcome.sessionId)
      if (outcome !== undefined) this.#learn(outcome)
    })
    for (const { sessionId, outcome } of applied.settled) {
      this.#learn(outcome)
      if (outcome.kind === "acquire" && !livedBefore.has(sessionId) && !this.#naive.sessions.has(sessionId)) {
        this.#report(at, slot, `a lock was granted to session ${String(sessionId)}, which has ended`)
      }
    }
    if (applied.endedSessions.length > 0) for (const path of this.#naive.locks.keys()) touched.add(path)
    for (const path of touched) this.#compare(at, slot, path, machine)
    if (this.#naive.sessions.size !== machine.sessionCount) {
      const counts = `${String(machine.sessionCount)} sessions live, expected ${String(this.#naive.sessions.size)}`
      this.#report(at, slot, counts)
    }
  }

  #learn(outcome: Outcome): void {
    if (outcome.kind === "acquire" || (outcome.kind === "tryAcquire" && outcome.acquired)) {
      this.#naive.nodeSeen(outcome.stat.instance, outcome.stat.path)
    }
  }

  #compare(at: TrueTime, slot: Slot, path: string, machine: StateMachine): void {
    const node: NodeRef = { kind: "path", path }
    const lock = this.#naive.locks.get(path)
    const read = (operation: Read): Outcome => machine.read(operation, onlooker)
    if (lock !== undefined) this.#compareLock(at, slot, path, lock, read({ kind: "getLock", node }))
    else this.#compareFile(at, slot, path, read({ kind: "getContentsAndStat", node }))
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
    const is = describeLock(found)
    const expected = describeLock(lock)
    if (is !== expected) this.#report(at, slot, `${path} is ${is}; expected ${expected}`)
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
    this.#findings.report("second-opinion", at, `after slot ${String(slot)}: ${claim}`)
  }
}

/** Reads as anybody might, outside any session. */
export const onlooker = { sessionId: 0, requestNumber: 0, principal: anonymous, underSequencer: undefined } as const

interface LockFacts {
  readonly holders: readonly Pick<LockParty, "sessionId" | "mode">[]
  readonly waiters: readonly Pick<LockParty, "sessionId" | "mode">[]
  readonly delay: Pick<LockDelay, "lockDelayMs"> | undefined
}

function describeLock({ holders, waiters, delay }: LockFacts): string {
  const barred = delay === undefined ? "" : `, barred for ${String(delay.lockDelayMs)} ms`
  return `held by ${names(holders)}, awaited by ${names(waiters)}${barred}`
}

function names(parties: readonly { readonly sessionId: SessionId; readonly mode: string }[]): string {
  return `[${parties.map(({ sessionId, mode }) => `${String(sessionId)} ${mode}`).join(", ")}]`
}
