/**
 * Calls that change nothing. They are answered from the state at hand, so whoever asks must know that it is recent: the
 * master does, while its lease runs.
 */
import { present, unreachable } from "../base/assert.ts"
import type { SessionId } from "../base/brand.ts"
import { refuse } from "../contract/errors.ts"
import { type LockMode } from "../contract/lock-mode.ts"
import type { NodeRef, Operation, Outcome } from "../contract/requests.ts"
import type { SequencerClaims } from "../contract/sequencer.ts"
import { validateOperation } from "../contract/validate.ts"
import { type Caller, sessionIdOf } from "./caller.ts"
import { isSameHandle } from "./lock.ts"
import { holdersOf, waitersOf } from "./lock-operations.ts"
import { namesInOrder } from "./namespace.ts"
import { type DirectoryNode, type Node } from "./node.ts"
import { openAnswer } from "./node-operations.ts"
import { findByHandle, findNode, findPlace } from "./resolve.ts"
import { type State, pathOf, refuseUnknownSession, refuseWithoutSession, statOf } from "./state.ts"

type ReadKind = "open" | "getContentsAndStat" | "getStat" | "readDir" | "getLock" | "getSequencer" | "checkSequencer"

export type ReadOperation = Extract<Operation, { kind: ReadKind }>
type Of<K extends ReadKind> = Extract<Operation, { kind: K }>

/** Whether the call changes nothing. To open an ephemeral node is a change: the node lives as long as it is open. */
export function isRead(state: State, operation: Operation): operation is ReadOperation {
  switch (operation.kind) {
    case "getContentsAndStat":
    case "getStat":
    case "readDir":
    case "getLock":
    case "getSequencer":
    case "checkSequencer":
      return true
    case "open": {
      if (operation.create !== "mustExist" || operation.ephemeral) return false
      const place = findPlace(state, operation.path)
      return place.kind !== "node" || !place.node.ephemeral
    }
    default:
      return false
  }
}

export function read(state: State, sessionId: SessionId, requestNumber: number, operation: ReadOperation): Outcome {
  const session = state.sessions.get(sessionId)
  if (session === undefined && sessionId !== 0) return refuseUnknownSession(sessionId)
  const refusal = validateOperation(operation, state.cellName)
  if (refusal !== undefined) return refusal
  const caller: Caller = { session, requestNumber }
  switch (operation.kind) {
    case "checkSequencer":
      return checkSequencer(state, operation.claims)
    case "getSequencer":
      return getSequencer(state, caller, operation.node)
    case "open":
      return openExisting(state, caller, operation)
    default:
      return readNode(state, caller, operation)
  }
}

function openExisting(state: State, caller: Caller, operation: Of<"open">): Outcome {
  const node = findNode(state, { kind: "path", path: operation.path }, operation.mode, sessionIdOf(caller))
  return node.kind === "refused" ? node : openAnswer(state, caller, operation, node, false)
}

type NodeRead = Of<"getContentsAndStat" | "getStat" | "readDir" | "getLock">

function readNode(state: State, caller: Caller, operation: NodeRead): Outcome {
  const node = findNode(state, operation.node, "read", sessionIdOf(caller))
  if (node.kind === "refused") return node
  switch (operation.kind) {
    case "getStat":
      return { kind: "getStat", stat: statOf(state, node) }
    case "getContentsAndStat":
      if (node.kind === "file") return { kind: operation.kind, contents: node.contents, stat: statOf(state, node) }
      return refuse("NOT_A_FILE", `${pathOf(state, node)} is a directory and has no contents.`)
    case "readDir":
      if (node.kind === "directory") return readDir(state, node, operation)
      return refuse("NOT_A_DIRECTORY", `${pathOf(state, node)} is a file and has no children.`)
    case "getLock":
      return getLock(state, node)
    default:
      return unreachable(operation)
  }
}

function readDir(state: State, directory: DirectoryNode, { afterName, pageSize }: Of<"readDir">): Outcome {
  const names = namesInOrder(directory)
  const first = countThrough(names, afterName)
  const page = names.slice(first, first + pageSize)
  const entries = page.map((name) => {
    const child = present(directory.children.get(name), "a listed name is that of a child")
    return { name, stat: statOf(state, child) }
  })
  const more = first + page.length < names.length
  return { kind: "readDir", entries, more, stat: statOf(state, directory) }
}

/** How many of the ordered `names` do not come after `name`. */
function countThrough(names: readonly string[], name: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((names[middle] as string) <= name) low = middle + 1
    else high = middle
  }
  return low
}

function getLock(state: State, { lock }: Node): Outcome {
  if (lock === undefined) return { kind: "getLock", lockGeneration: 0, holders: [], waiters: [] }
  const { generation } = lock
  return {
    kind: "getLock",
    lockGeneration: generation,
    holders: holdersOf(state, lock),
    waiters: waitersOf(state, lock),
  }
}

function getSequencer(state: State, { session }: Caller, reference: NodeRef): Outcome {
  if (session === undefined) return refuseWithoutSession("getSequencer")
  const { sessionId } = session
  const byHandle = reference.kind === "handle" ? findByHandle(state, reference.handle, "write", sessionId) : undefined
  if (byHandle?.kind === "refused") return byHandle
  const node = byHandle?.node ?? findNode(state, reference, "write", sessionId)
  if (node.kind === "refused") return node
  const held = node.lock?.holders.find((holder) =>
    byHandle === undefined ? holder.sessionId === sessionId : isSameHandle(holder, byHandle.handle),
  )
  if (node.lock === undefined || held === undefined) {
    return refuse("LOCK_NOT_HELD", `The caller does not hold the lock of ${pathOf(state, node)}.`)
  }
  return { kind: "getSequencer", claims: claimsOf(state, node, held.mode, node.lock.generation) }
}

function claimsOf(state: State, node: Node, mode: LockMode, lockGeneration: number): SequencerClaims {
  return { cell: state.cellName, path: pathOf(state, node), instance: node.instance, mode, lockGeneration }
}

function checkSequencer(state: State, claims: SequencerClaims): Outcome {
  const reason = whyStale(state, claims)
  return { kind: "checkSequencer", valid: reason === "", reason }
}

/** Empty: it isn't. */
function whyStale(state: State, claims: SequencerClaims): string {
  if (claims.cell !== state.cellName) return `It is a sequencer of the cell ${claims.cell}.`
  const node = findNode(state, { kind: "path", path: claims.path }, "read", 0)
  if (node.kind === "refused") return node.detail
  if (node.instance !== claims.instance) return `${claims.path} was deleted and created again.`
  const { generation = 0, holders = [] } = node.lock ?? {}
  if (generation !== claims.lockGeneration) {
    return `The lock is at generation ${generation}, the sequencer at ${claims.lockGeneration}.`
  }
  if (holders.some((holder) => holder.mode === claims.mode)) return ""
  return `Nobody holds the lock in ${claims.mode} mode.`
}
