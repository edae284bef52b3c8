/**
 * How nodes come and go. A permanent node stays until it is deleted; an ephemeral one goes when nobody has it open any
 * more, and if it is a directory, once it is empty too (paper, 2.3). With a node go its lock and its handles.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { NodePlan } from "./namespace.ts"
import { type Node, noOpens } from "./node.ts"
import type { Place } from "./resolve.ts"
import { type Session, disengage, engage } from "./session.ts"
import { type State, pathOf, refuseUnknownSession, settle } from "./state.ts"

export function createNode(state: State, place: Extract<Place, { kind: "vacant" }>, plan: NodePlan): Node | Refusal {
  const { parent, name } = place
  if (parent.children.size >= limits.childrenMax) {
    return refuse("QUOTA_EXCEEDED", `${pathOf(state, parent)} has ${limits.childrenMax} children, the most allowed.`)
  }
  // The contents of a command are a view into its batch: keeping the view would keep the whole batch.
  const node = state.namespace.create(parent, name, { ...plan, contents: plan.contents.slice() })
  state.changes.nodes.add(node)
  return node
}

/** Lets a handle keep an ephemeral node alive. */
export function keepOpen(state: State, session: Session, node: Node, handleId: number): void {
  node.opens = [...node.opens, { sessionId: session.sessionId, handleId }]
  engage(session, node)
  state.changes.nodes.add(node)
}

/** Deletes an ephemeral node, and then its directory, if nothing keeps them. */
export function removeForsaken(state: State, node: Node): void {
  if (!node.ephemeral || node.opens.length > 0) return
  if (node.kind === "directory" && node.children.size > 0) return
  removeNode(state, node)
}

export function removeNode(state: State, node: Node): void {
  const deleted = refuse("NODE_NOT_FOUND", `${pathOf(state, node)} was deleted while the lock was waited for.`)
  for (const { sessionId, requestNumber } of node.lock?.waiters ?? []) {
    const isEnding = state.sessions.get(sessionId) === undefined
    settle(state, sessionId, requestNumber, isEnding ? refuseUnknownSession(sessionId) : deleted)
  }
  for (const { sessionId } of [...(node.lock?.holders ?? []), ...(node.lock?.waiters ?? []), ...node.opens]) {
    const session = state.sessions.get(sessionId)
    if (session !== undefined) disengage(session, node)
  }
  node.lock = undefined
  node.opens = noOpens
  state.namespace.remove(node)
  state.changes.nodes.add(node)
  if (node.parent !== undefined) removeForsaken(state, node.parent)
}
