/**
 * How nodes come and go. A permanent node stays until it is deleted; an ephemeral one goes when nothing keeps it, and if
 * it is a directory, once it is empty too (paper, 2.3). It is kept by the handles that have it open, by whoever holds its
 * lock (to acquire it is to have it open), and by a lock-delay. With a node go its lock and its handles.
 */
import { noBytes, utf8Length } from "../base/bytes.ts"
import { keep } from "../base/kept-bytes.ts"
import type { AclChange } from "../contract/acl.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { HandleMode, NodeKind } from "../contract/requests.ts"
import { refuseUnder, refuseWithout } from "./acl.ts"
import type { Caller } from "./caller.ts"
import { type Lock, isSameHandle } from "./lock.ts"
import { type FileNode, type Node, checksumOf, noOpens } from "./node.ts"
import { refuseGrowth, refuseMoreChildren, refuseMoreOpens } from "./quota.ts"
import { type VacantPlace, formatVacant } from "./resolve.ts"
import { disengage, engage, refuseMoreEngagements } from "./session.ts"
import { type State, announce, pathOf, refuseWithoutSession, settle, touch } from "./state.ts"

/** What a caller wants to make. */
export interface NodePlan {
  readonly nodeKind: NodeKind
  readonly ephemeral: boolean
  readonly contents: Uint8Array
  /** What the directory's names don't say. */
  readonly acl: AclChange
  /** What the caller will use the new node for: who may not, doesn't get it made. */
  readonly mode: HandleMode
}

/** What comes of naming a missing file in a call that makes it. */
export const plainFile: NodePlan = {
  nodeKind: "file",
  ephemeral: false,
  contents: noBytes,
  acl: {},
  mode: "write",
}

export function createNode(state: State, caller: Caller, place: VacantPlace, plan: NodePlan): Node | Refusal {
  const { parent, name } = place
  const { namespace } = state
  const acl = namespace.acls.changed(parent.acl, plan.acl)
  const refusal =
    refuseWithout(state, caller.principal, parent, "write") ??
    refuseUnder(state, caller.principal, acl, plan.mode, () => formatVacant(state, place)) ??
    refuseMoreChildren(state, parent) ??
    refuseGrowth(state, parent, 1, utf8Length(name) + plan.contents.length)
  if (refusal !== undefined) return refusal
  touch(state, parent)
  const facts = { parent, name, ephemeral: plan.ephemeral, acl, changedIn: state.slotAtHand }
  const node = namespace.create(parent, plan.nodeKind, facts, plan.contents)
  state.undo.note(() => namespace.takeBack(node))
  parent.changedIn = state.slotAtHand
  touch(state, node)
  announce(state, node, { kind: "nodeCreated", path: pathOf(state, node), instance: node.instance })
  return node
}

/** Lets the handle of this call keep an ephemeral node alive. */
export function keepOpen(state: State, caller: Caller, node: Node): Refusal | undefined {
  const { session, requestNumber: handleId } = caller
  if (session === undefined) return refuseWithoutSession("open for an ephemeral node")
  const handle = { sessionId: session.sessionId, handleId }
  // A transaction that opens the node twice gets the same handle twice.
  if (node.opens.some((open) => isSameHandle(open, handle))) return undefined
  const refusal = refuseMoreEngagements(session) ?? refuseMoreOpens(state, node)
  if (refusal !== undefined) return refusal
  touch(state, node)
  node.opens = [...node.opens, handle]
  engage(session, node)
  state.undo.note(() => {
    disengage(session, node)
  })
  return undefined
}

export function writeFile(state: State, file: FileNode, contents: Uint8Array): Refusal | undefined {
  const { namespace } = state
  const refusal = refuseGrowth(state, file, 0, contents.length - file.contents.length)
  if (refusal !== undefined) return refusal
  const before = file.contents
  touch(state, file)
  namespace.replaceContents(file, keep(contents))
  state.undo.note(() => {
    namespace.replaceContents(file, before)
  })
  file.checksum = checksumOf(contents)
  file.contentGeneration += 1
  file.changedIn = state.slotAtHand
  const { instance, contentGeneration } = file
  announce(state, file, { kind: "contentsChanged", path: pathOf(state, file), instance, contentGeneration })
  return undefined
}

/**
 * Deletes an ephemeral node, and then its directory, if nothing keeps them. To be called whenever an open, a hold or a
 * lock-delay has ended, and the lock has been granted on: who waits is then behind a holder or a lock-delay.
 */
export function removeForsaken(state: State, node: Node): void {
  if (!node.ephemeral || node.opens.length > 0 || isTaken(node.lock)) return
  if (node.kind === "directory" && node.children.size > 0) return
  removeNode(state, node)
}

/** Were a lock to go under its holder, or before its lock-delay is over, the next could take the lock of a node made anew. */
function isTaken(lock: Lock | undefined): boolean {
  return lock !== undefined && (lock.holders.length > 0 || lock.delay !== undefined)
}

/** A node that is not in a lock-delay: those are deleted by nobody. */
export function removeNode(state: State, node: Node): void {
  const { parent, instance } = node
  const path = pathOf(state, node)
  touch(state, node)
  leaveParties(state, node, path)
  node.lock = undefined
  node.opens = noOpens
  announce(state, node, { kind: "nodeDeleted", path, instance })
  if (parent === undefined) return
  touch(state, parent)
  state.namespace.remove(node)
  state.undo.note(() => {
    state.namespace.adopt(parent, node)
  })
  parent.changedIn = state.slotAtHand
  removeForsaken(state, parent)
}

/** Tells those who wait for the node's lock, and takes the node off the books of all sessions engaged with it. */
function leaveParties(state: State, node: Node, path: string): void {
  const { holders = [], waiters = [] } = node.lock ?? {}
  const deleted = refuse("NODE_NOT_FOUND", `${path} was deleted while the lock was waited for.`)
  for (const { sessionId, requestNumber } of waiters) settle(state, sessionId, requestNumber, deleted)
  for (const { sessionId } of [...holders, ...waiters, ...node.opens]) {
    const session = state.sessions.get(sessionId)
    if (session === undefined) continue
    disengage(session, node)
    state.undo.note(() => {
      engage(session, node)
    })
  }
}
