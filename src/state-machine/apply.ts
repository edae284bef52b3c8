/**
 * Carries out one logged command. Total: whatever a command asks for that can't be done is a refusal. A command that
 * crashed one replica would crash them all, for ever.
 */
import { unreachable } from "../base/assert.ts"
import { refuse } from "../contract/errors.ts"
import type { Outcome } from "../contract/requests.ts"
import type { Command } from "./commands.ts"
import { applyCall } from "./exactly-once.ts"
import { foundCell } from "./founding.ts"
import { endLockDelay, endWait } from "./lock-timers.ts"
import { endSession } from "./session-operations.ts"
import type { State } from "./state.ts"

export function applyCommand(state: State, command: Command): Outcome | undefined {
  if (state.isReignBroken && !beginsReign.has(command.kind)) return command.kind === "call" ? notDone : undefined
  switch (command.kind) {
    case "call":
      return applyCall(state, command)
    case "beginReign":
      return beginReign(state)
    case "foundCell":
      return foundCell(state, command)
    case "expireSession":
      return expireSession(state, command)
    case "attestDigest":
      return attestDigest(state, command)
    case "endLockDelay":
      return endLockDelay(state, command)
    case "endWait":
      return endWait(state, command)
    case "setLeaseFloor":
      return setLeaseFloor(state, command)
    default:
      return unreachable(command)
  }
}

/** What a new leader proposes first of all. */
const beginsReign: ReadonlySet<Command["kind"]> = new Set<Command["kind"]>(["foundCell", "beginReign"])

const notDone = refuse("FAIL_OVER_IN_PROGRESS", "A call before this one was lost with the master that took both in.")

/**
 * A master proposes slots without waiting for those before, and a new leader fills with nothing what it finds no trace of
 * while it adopts what it finds above. So a later call of a client could be done and an earlier one not. What follows such
 * a hole, up to the next reign, is therefore void: its master never acknowledged it, since it never got past the hole.
 */
export function breakReign(state: State): void {
  state.isReignBroken = true
}

function beginReign(state: State): undefined {
  state.epoch += 1
  state.isReignBroken = false
  state.changes.begunEpoch = state.epoch
}

function expireSession(state: State, { sessionId, epoch }: Extract<Command, { kind: "expireSession" }>): undefined {
  // A master that was deposed meanwhile saw the lease run out; its successor has granted it anew.
  if (epoch !== state.epoch) return
  const session = state.sessions.get(sessionId)
  if (session !== undefined) endSession(state, session, "its lease ran out", "lost")
}

function attestDigest(state: State, { slot, digest }: Extract<Command, { kind: "attestDigest" }>): undefined {
  state.changes.attested.push({ slot, digest })
}

function setLeaseFloor(
  state: State,
  { sessionLeaseMs, epoch }: Extract<Command, { kind: "setLeaseFloor" }>,
): undefined {
  // A deposed master's word, arriving late, must not lower the floor that its successor grants by.
  if (epoch === state.epoch) state.leaseFloorMs = sessionLeaseMs
}
