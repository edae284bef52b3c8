/**
 * Carries out one logged command. Total: whatever a command asks for that can't be done is a refusal. A command that
 * crashed one replica would crash them all, for ever.
 */
import { unreachable } from "../base/assert.ts"
import type { Epoch } from "../base/brand.ts"
import { refuse } from "../contract/errors.ts"
import type { Outcome } from "../contract/requests.ts"
import type { Command } from "./commands.ts"
import { applyCall } from "./exactly-once.ts"
import { foundCell } from "./founding.ts"
import { endLockDelay, endWait } from "./lock-timers.ts"
import { endSession } from "./session-operations.ts"
import type { State } from "./state.ts"

/** `epoch`: of the master that proposed it; zero: of a leader that was not master yet. */
export function applyCommand(state: State, command: Command, epoch: Epoch): Outcome | undefined {
  if (isVoid(state, command, epoch)) return command.kind === "call" ? notDone : undefined
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
 * A master proposes slots without waiting for those before. Of a run of slots that it could not finish, a new leader may
 * find a later one, and adopt it, and no trace of an earlier one, which it fills with nothing or with something of its
 * own. Then a later call of a client would be done and an earlier one not. So what stands behind such a hole, or in
 * another reign, is void. Its master never acknowledged it, since it never got past what was lost.
 */
function isVoid({ isReignBroken, epoch: present }: State, { kind }: Command, epoch: Epoch): boolean {
  return (isReignBroken && !beginsReign.has(kind)) || (epoch !== 0 && epoch !== present)
}

/** A hole in the log was filled with nothing. */
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
