/** The calls that change something, a line for each. */
import { unreachable } from "../base/assert.ts"
import { refuse } from "../contract/errors.ts"
import { validateOperation } from "../contract/validate.ts"
import type { CallResult, Caller } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import { acquire, cancelAcquire, release, tryAcquire } from "./lock-operations.ts"
import { close, deleteNode, open, setContents } from "./node-operations.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { createSession, endSession } from "./session-operations.ts"
import { type State, refuseWithoutSession } from "./state.ts"

export function carryOut(state: State, caller: Caller, operation: MutatingOperation): CallResult {
  const refusal = validateOperation(operation, state.cellName)
  if (refusal !== undefined) return refusal
  switch (operation.kind) {
    case "createSession":
      return caller.session === undefined ? createSession(state, operation) : refuseNestedSession
    case "closeSession":
      return closeSession(state, caller)
    case "open":
      return open(state, caller, operation)
    case "close":
      return close(state, caller, operation)
    case "setContents":
      return setContents(state, caller, operation)
    case "delete":
      return deleteNode(state, caller, operation)
    case "acquire":
      return acquire(state, caller, operation)
    case "tryAcquire":
      return tryAcquire(state, caller, operation)
    case "cancelAcquire":
      return cancelAcquire(state, caller, operation)
    case "release":
      return release(state, caller, operation)
    default:
      return unreachable(operation)
  }
}

const refuseNestedSession = refuse("INVALID_ARGUMENT", "A session is created outside any other session.")

function closeSession(state: State, { session }: Caller): StoredOutcome {
  if (session === undefined) return refuseWithoutSession("closeSession")
  endSession(state, session, "closed by its client")
  return { kind: "closeSession" }
}
