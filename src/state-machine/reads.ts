/**
 * Calls that change nothing. They are answered from the state at hand, so whoever asks must know that it is recent: the
 * master does, while its lease runs.
 */
import { unreachable } from "../base/assert.ts"
import type { NodeRef, Operation, Outcome } from "../contract/requests.ts"
import { validateOperation } from "../contract/validate-operation.ts"
import type { Caller, ReadCaller } from "./caller.ts"
import { checkSequencer, getLock, getSequencer, refuseStale } from "./lock-reads.ts"
import { checkAccess, getContentsAndStat, getStat, readDir } from "./node-reads.ts"
import { openAnswer } from "./opening.ts"
import { findNode, findPlace } from "./resolve.ts"
import { refuseOtherPrincipal } from "./session-operations.ts"
import { type State, refuseUnfounded, refuseUnknownSession } from "./state.ts"

type ReadKind =
  "open" | "getContentsAndStat" | "getStat" | "readDir" | "checkAccess" | "getLock" | "getSequencer" | "checkSequencer"

export type ReadOperation = Extract<Operation, { kind: ReadKind }>
type Of<K extends ReadKind> = Extract<Operation, { kind: K }>

/** Whether the call changes nothing. To open an ephemeral node is a change: the node lives as long as it is open. */
export function isRead(state: State, operation: Operation): operation is ReadOperation {
  switch (operation.kind) {
    case "getContentsAndStat":
    case "getStat":
    case "readDir":
    case "checkAccess":
    case "getLock":
    case "getSequencer":
    case "checkSequencer":
      return true
    case "open": {
      if (operation.create !== "mustExist" || operation.ephemeral || operation.sequential) return false
      const place = findPlace(state, operation.path)
      return place.kind !== "node" || !place.node.ephemeral
    }
    default:
      return false
  }
}

export function read(state: State, readCaller: ReadCaller, operation: ReadOperation): Outcome {
  const { sessionId, requestNumber, principal, underSequencer } = readCaller
  const session = state.sessions.get(sessionId)
  if (session === undefined && sessionId !== 0) return refuseUnknownSession(state, sessionId)
  const refusal =
    refuseUnfounded(state) ??
    refuseOtherPrincipal(session, principal) ??
    validateOperation(operation, state.cellName) ??
    refuseStale(state, underSequencer)
  if (refusal !== undefined) return refusal
  const caller: Caller = { session, requestNumber, principal }
  switch (operation.kind) {
    case "checkSequencer":
      return checkSequencer(state, operation.claims)
    case "getSequencer":
      return getSequencer(state, caller, operation.node)
    case "getLock":
      return readLock(state, caller, operation.node)
    case "open":
      return openExisting(state, caller, operation)
    case "getStat":
      return getStat(state, caller, operation.node)
    case "getContentsAndStat":
      return getContentsAndStat(state, caller, operation.node)
    case "readDir":
      return readDir(state, caller, operation)
    case "checkAccess":
      return checkAccess(state, caller, operation)
    default:
      return unreachable(operation)
  }
}

function openExisting(state: State, caller: Caller, operation: Of<"open">): Outcome {
  const node = findNode(state, { kind: "path", path: operation.path }, operation.mode, caller)
  return node.kind === "refused" ? node : openAnswer(state, caller, operation.mode, node, false)
}

function readLock(state: State, caller: Caller, reference: NodeRef): Outcome {
  const node = findNode(state, reference, "read", caller)
  return node.kind === "refused" ? node : getLock(state, node)
}
