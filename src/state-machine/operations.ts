/** The calls that change something, a line for each. */
import { unreachable } from "../base/assert.ts"
import { validateOperation } from "../contract/validate-operation.ts"
import type { CallResult, Caller } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import { rotateSigningKeys } from "./key-rotation.ts"
import { acquire, cancelAcquire, release, tryAcquire } from "./lock-operations.ts"
import { deleteNode, setAcl, setContents } from "./node-operations.ts"
import { close, open } from "./opening.ts"
import { closeSession, createSession } from "./session-operations.ts"
import type { State } from "./state.ts"
import { transact } from "./transactions.ts"

export function carryOut(state: State, caller: Caller, operation: MutatingOperation): CallResult {
  const refusal = validateOperation(operation, state.cellName)
  if (refusal !== undefined) return refusal
  switch (operation.kind) {
    case "createSession":
      return createSession(state, caller, operation)
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
    case "setAcl":
      return setAcl(state, caller, operation)
    case "transact":
      return transact(state, caller, operation)
    case "acquire":
      return acquire(state, caller, operation)
    case "tryAcquire":
      return tryAcquire(state, caller, operation)
    case "cancelAcquire":
      return cancelAcquire(state, caller, operation)
    case "release":
      return release(state, caller, operation)
    case "rotateSigningKeys":
      return rotateSigningKeys(state, caller, operation)
    default:
      return unreachable(operation)
  }
}
