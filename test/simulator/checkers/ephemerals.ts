/**
 * An ephemeral file lives exactly as long as somebody has it open: it is there after every slot while one of its handles
 * is neither closed nor ended with its session, unless someone has deleted it; and it is gone with the last of them, unless
 * its lock is held or in a lock-delay.
 */
import type { Instance, SessionId } from "../../../src/base/brand.ts"
import type { Outcome } from "../../../src/contract/requests.ts"
import type { Command } from "../../../src/state-machine/commands.ts"
import type { StateMachine } from "../../../src/state-machine/state-machine.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { AppliedSlot, LogFollower } from "./applied-log.ts"
import { onlooker } from "./second-opinion.ts"

interface Ephemeral {
  readonly path: string
  readonly instance: Instance
  /** Who has it open: handle and session. */
  readonly opens: Map<string, SessionId>
  wasDeleted: boolean
}

type Call = Extract<Command, { kind: "call" }>

export class EphemeralsChecker implements LogFollower {
  readonly #findings: Findings
  readonly #ephemerals = new Map<Instance, Ephemeral>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  applied({ at, commands, counts, applied }: AppliedSlot, machine: StateMachine): void {
    commands.forEach((command, place) => {
      const outcome = applied.outcomes[place]
      if (command.kind === "call" && counts[place] === true && outcome !== undefined) this.#call(command, outcome)
    })
    const ended = new Set(applied.endedSessions.map(({ sessionId }) => sessionId))
    for (const ephemeral of this.#ephemerals.values()) {
      for (const [handle, sessionId] of ephemeral.opens) if (ended.has(sessionId)) ephemeral.opens.delete(handle)
      this.#compare(at, ephemeral, machine)
    }
  }

  #call({ sessionId, operation }: Call, outcome: Outcome): void {
    if (operation.kind === "open" && operation.ephemeral && outcome.kind === "open") {
      const { path, instance } = outcome.stat
      const known = this.#ephemerals.get(instance)
      const ephemeral: Ephemeral = known ?? { path, instance, opens: new Map(), wasDeleted: false }
      if (outcome.stat.ephemeral) ephemeral.opens.set(outcome.handle, sessionId)
      this.#ephemerals.set(instance, ephemeral)
    } else if (operation.kind === "close") {
      for (const { opens } of this.#ephemerals.values()) opens.delete(operation.handle)
    } else if (operation.kind === "delete" && outcome.kind === "delete") {
      const { node } = operation
      for (const ephemeral of this.#ephemerals.values()) {
        const isMeant = node.kind === "path" ? node.path === ephemeral.path : ephemeral.opens.has(node.handle)
        if (isMeant) ephemeral.wasDeleted = true
      }
    }
  }

  #compare(at: TrueTime, ephemeral: Ephemeral, machine: StateMachine): void {
    const { path, instance, opens, wasDeleted } = ephemeral
    const found = machine.read({ kind: "getStat", node: { kind: "path", path } }, onlooker)
    const isThere = found.kind === "getStat" && found.stat.instance === instance
    const should = opens.size > 0 && !wasDeleted
    if (isThere && !should && isLocked(machine, path)) return
    if (isThere && !should) this.#findings.report("ephemerals", at, `${path} is there, though nobody has it open`)
    if (!isThere && should) {
      const who = [...opens.values()].join(", ")
      this.#findings.report("ephemerals", at, `${path} is gone, though session ${who} has it open`)
    }
    if (!should) this.#ephemerals.delete(instance)
  }
}

function isLocked(machine: StateMachine, path: string): boolean {
  const found = machine.read({ kind: "getLock", node: { kind: "path", path } }, onlooker)
  return found.kind === "getLock" && (found.holders.length > 0 || found.delay !== undefined)
}
