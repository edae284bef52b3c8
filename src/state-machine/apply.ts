/**
 * Carries out one logged command. Total: whatever a command asks for that can't be done is a refusal. A command that
 * crashed one replica would crash them all, for ever.
 */
import { unreachable } from "../base/assert.ts"
import type { Outcome } from "../contract/requests.ts"
import type { Command } from "./commands.ts"
import { applyCall } from "./exactly-once.ts"
import { endSession } from "./session-operations.ts"
import type { State } from "./state.ts"

export function applyCommand(state: State, command: Command): Outcome | undefined {
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
    default:
      return unreachable(command)
  }
}

function beginReign(state: State): undefined {
  state.epoch += 1
  state.changes.begunEpoch = state.epoch
}

const handleKeyBytes = 16
const signingSeedBytes = 32

function foundCell(state: State, { handleKey, signingSeed }: Extract<Command, { kind: "foundCell" }>): undefined {
  if (state.secrets !== undefined) return
  if (handleKey.length !== handleKeyBytes || signingSeed.length !== signingSeedBytes) return
  state.secrets = { handleKey: handleKey.slice(), signingSeed: signingSeed.slice() }
}

function expireSession(state: State, { sessionId, epoch }: Extract<Command, { kind: "expireSession" }>): undefined {
  // A master that was deposed meanwhile saw the lease run out; its successor has granted it anew.
  if (epoch !== state.epoch) return
  const session = state.sessions.get(sessionId)
  if (session !== undefined) endSession(state, session, "its lease ran out")
}

function attestDigest(state: State, { slot, digest }: Extract<Command, { kind: "attestDigest" }>): undefined {
  state.changes.attested.push({ slot, digest })
}
