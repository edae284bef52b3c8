/**
 * The chosen log, played slot by slot through a state machine that belongs to no replica. This copy has the last word on
 * what clients are told, and it is what the other checkers follow: each slot once, when the first replica applies it.
 */
import type { SessionId, Slot } from "../../../src/base/brand.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import { type Batch, decodeBatch } from "../../../src/state-machine/command-codec.ts"
import type { Command } from "../../../src/state-machine/commands.ts"
import { type Applied, StateMachine } from "../../../src/state-machine/state-machine.ts"
import type { TrueTime } from "../../../src/testing/time.ts"

export interface AppliedSlot {
  /** When the first replica applied it. */
  readonly at: TrueTime
  readonly slot: Slot
  readonly commands: readonly Command[]
  /** Whether each command counts: it is not a call that has counted before, nor one that has to be sent again. */
  readonly counts: readonly boolean[]
  readonly applied: Applied
}

/** Is shown each slot in turn, when `machine` has just applied it. */
export interface LogFollower {
  applied(slot: AppliedSlot, machine: StateMachine): void
}

/** What the log says about one call of a session. */
export interface LoggedCall {
  readonly slot: Slot
  /** Undefined while it waits for a lock. */
  readonly outcome: Outcome | undefined
}

export class AppliedLog {
  readonly #machine: StateMachine
  readonly #followers: readonly LogFollower[]
  readonly #calls = new Map<string, LoggedCall>()
  readonly #endedAt = new Map<SessionId, TrueTime>()
  readonly #created = new Set<SessionId>()
  #isVoid = false
  #epoch = 0

  constructor(cellName: string, followers: readonly LogFollower[]) {
    this.#machine = new StateMachine(cellName)
    this.#followers = followers
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

  /** Sessions that were opened and have not ended. */
  get livingCount(): number {
    return this.#created.size - this.#endedAt.size
  }

  /** The sessions that have ended, and when the first replica applied it. */
  get endedAt(): ReadonlyMap<SessionId, TrueTime> {
    return this.#endedAt
  }

  /** The next slot. Returns the sessions that it ended. */
  apply(at: TrueTime, slot: Slot, value: Uint8Array): readonly SessionId[] {
    const { commands, applied } = this.#withoutVoid(decodeBatch(value), this.#machine.apply(slot, value))
    const counts = commands.map((command, place) => this.#note(command, slot, applied.outcomes[place]))
    for (const { sessionId, requestNumber, outcome } of applied.settled) {
      this.#calls.set(nameOf(sessionId, requestNumber), { slot, outcome })
    }
    const ended = applied.endedSessions.map(({ sessionId }) => sessionId)
    for (const sessionId of ended) this.#endedAt.set(sessionId, at)
    for (const follower of this.#followers) follower.applied({ at, slot, commands, counts, applied }, this.#machine)
    return ended
  }

  /** What another reign proposed counts for nothing, and so does what follows an empty slot until a reign begins. */
  #withoutVoid({ epoch, commands }: Batch, applied: Applied): { commands: readonly Command[]; applied: Applied } {
    if (commands.length === 0) this.#isVoid = true
    const counts = commands.map(({ kind }) => {
      if (epoch !== 0 && epoch !== this.#epoch) return false
      if (kind === "beginReign") {
        this.#isVoid = false
        this.#epoch += 1
      }
      return !this.#isVoid || kind === "foundCell"
    })
    const outcomes = applied.outcomes.filter((_, place) => counts[place])
    return { commands: commands.filter((_, place) => counts[place]), applied: { ...applied, outcomes } }
  }

  /** A second answer to the same call must not differ from the first. Returns whether the command counts. */
  #note(command: Command, slot: Slot, outcome: Outcome | undefined): boolean {
    if (outcome?.kind === "createSession") this.#created.add(outcome.sessionId)
    if (command.kind !== "call" || command.sessionId === 0) return true
    if (outcome?.kind === "refused" && outcome.code === "FAIL_OVER_IN_PROGRESS") return false
    const name = nameOf(command.sessionId, command.requestNumber)
    const known = this.#calls.get(name)
    if (known?.outcome === undefined) this.#calls.set(name, { slot, outcome })
    return known === undefined
  }
}

function nameOf(sessionId: SessionId, requestNumber: number): string {
  return `${String(sessionId)}/${String(requestNumber)}`
}
