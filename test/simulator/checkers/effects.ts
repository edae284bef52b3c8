/**
 * Exactly once, and only a suffix lost. Every value that a client writes is unlike any other, so it can be counted in the
 * log: one that was acknowledged took effect once, one that was refused never, one of unknown outcome at most once. And
 * the calls of a session take effect in the order in which they were made: when a session ends, what it has lost of them
 * is the end of the row.
 */
import type { SessionId } from "../../../src/base/brand.ts"
import type { Request } from "../../../src/contract/requests.ts"
import type { Command } from "../../../src/state-machine/commands.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { AppliedSlot, LogFollower } from "./applied-log.ts"

type CallName = Pick<Request, "sessionId" | "requestNumber">
type Call = Extract<Command, { kind: "call" }>

export class EffectsChecker implements LogFollower {
  readonly #findings: Findings
  /** How often each value was written, as the log tells it. */
  readonly #writes = new Map<string, number>()
  readonly #refused = new Set<string>()
  /** The request numbers of each session that have come to the log, or were answered without it. */
  readonly #done = new Map<SessionId, Set<number>>()
  readonly #received = new Map<SessionId, Set<number>>()
  readonly #decoder = new TextDecoder()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  applied({ at, commands, counts, applied }: AppliedSlot): void {
    commands.forEach((command, place) => {
      if (command.kind !== "call" || command.sessionId === 0 || counts[place] !== true) return
      const outcome = applied.outcomes[place]
      this.#note(at, command)
      if (outcome === undefined || outcome.kind === "refused") return
      for (const contents of writtenBy(command, outcome.kind === "transact" && outcome.guardsHeld)) {
        this.#written(at, this.#decoder.decode(contents))
      }
    })
  }

  /** A call has reached a replica. One that was given up before it was sent never does. */
  received({ sessionId, requestNumber }: CallName): void {
    if (requestNumber > 0) numbersOf(this.#received, sessionId).add(requestNumber)
  }

  /** A call was answered for good, be it by a refusal that has no place in the log. */
  answered({ sessionId, requestNumber }: CallName): void {
    if (requestNumber > 0) numbersOf(this.#done, sessionId).add(requestNumber)
  }

  /** The writer was told that it is done. */
  acknowledged(at: TrueTime, value: string): void {
    if (this.#writes.has(value)) return
    this.#findings.report("exactly-once", at, `"${value}" was acknowledged, and the log does not write it`)
  }

  /** The writer was told that it was not done, and never will be. */
  refused(at: TrueTime, value: string): void {
    this.#refused.add(value)
    if (this.#writes.has(value)) this.#findings.report("exactly-once", at, `"${value}" was refused, but written`)
  }

  #written(at: TrueTime, value: string): void {
    const count = (this.#writes.get(value) ?? 0) + 1
    this.#writes.set(value, count)
    if (count > 1) this.#findings.report("exactly-once", at, `"${value}" was written ${String(count)} times`)
    if (this.#refused.has(value)) {
      this.#findings.report(
        "exactly-once",
        at,
        `"${value}" was written after its writer was told that it never will be`,
      )
    }
  }

  #note(at: TrueTime, { sessionId, requestNumber, answeredThrough, stillOpen }: Call): void {
    const done = numbersOf(this.#done, sessionId)
    const received = numbersOf(this.#received, sessionId)
    done.add(requestNumber)
    // What its client still waits for, and has asked for before, must have come before. The rest it has given up.
    const owed = [...stillOpen]
    for (let number = answeredThrough + 1; number < requestNumber; number += 1) owed.push(number)
    for (const number of owed) {
      if (number >= requestNumber || done.has(number) || !received.has(number)) continue
      const claim = `call ${String(requestNumber)} of session ${String(sessionId)} has taken effect before call ${String(number)}`
      this.#findings.report("suffix-only", at, claim)
    }
  }
}

function numbersOf(bySession: Map<SessionId, Set<number>>, sessionId: SessionId): Set<number> {
  const numbers = bySession.get(sessionId) ?? new Set<number>()
  bySession.set(sessionId, numbers)
  return numbers
}

/** The contents that a call writes, if it is carried out. */
function writtenBy({ operation }: Call, guardsHeld: boolean): readonly Uint8Array[] {
  switch (operation.kind) {
    case "setContents":
      return [operation.contents]
    case "transact":
      return (guardsHeld ? operation.then : operation.otherwise).flatMap((step) =>
        step.kind === "setContents" ? [step.contents] : [],
      )
    default:
      return []
  }
}
