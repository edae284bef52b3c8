/**
 * From what a call names to the node it means: by path, or by a handle, whose check digits, session and instance must
 * all be right (paper, 2.4). Who names a node by path needs the right to use it so, and to be told that there is none,
 * the right to read the directory it would be in; with a handle that was settled when it was opened.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { type Handle, parseHandle } from "../contract/handle.ts"
import { type NodePath, formatPath, quoted, splitPath } from "../contract/node-path.ts"
import type { HandleMode, NodeRef } from "../contract/requests.ts"
import type { SessionId } from "../base/brand.ts"
import { isAllowed, refuseWithout } from "./acl.ts"
import { type Caller, sessionIdOf } from "./caller.ts"
import type { DirectoryNode, Node } from "./node.ts"
import { type State, pathOf } from "./state.ts"

/** A place in the tree: the node there, or the directory that such a node would be created in. */
export type Place = { readonly kind: "node"; readonly node: Node } | VacantPlace

export interface VacantPlace {
  readonly kind: "vacant"
  readonly parent: DirectoryNode
  readonly name: string
}

/** Whatever the caller's rights. */
export function findPlace(state: State, path: string): Place | Refusal {
  const parsed = splitPath(path, state.cellName)
  return parsed.kind === "refused" ? parsed : placeOf(state, parsed)
}

function placeOf(state: State, path: NodePath): Place | Refusal {
  const { parts } = path
  const { node, depth } = state.namespace.walk(parts)
  if (depth === parts.length) return { kind: "node", node }
  if (node.kind === "file") return refuse("NOT_A_DIRECTORY", `${pathOf(state, node)} is a file and has no children.`)
  const name = parts[depth]
  if (name !== undefined && depth === parts.length - 1) return { kind: "vacant", parent: node, name }
  return refuseMissing(state, path, depth + 1)
}

/** For a caller who may use in `mode` what is there, or may know that nothing is. */
export function findPlaceFor(state: State, path: string, mode: HandleMode, caller: Caller): Place | Refusal {
  const parsed = splitPath(path, state.cellName)
  if (parsed.kind === "refused") return parsed
  const place = placeOf(state, parsed)
  const { node } = place.kind === "node" ? place : state.namespace.walk(parsed.parts)
  return (
    refuseHidden(state, caller.principal, node) ??
    refuseWithout(state, caller.principal, node, place.kind === "node" ? mode : "read") ??
    place
  )
}

/**
 * Below a directory that one may not read, one is told the same of what is there, unless one may read that, and of what
 * isn't: the refusal names the highest of the nodes that hide it.
 */
function refuseHidden(state: State, principal: string, node: Node): Refusal | undefined {
  const isHidden = ({ acl }: Node): boolean => !isAllowed(state, principal, acl, "read")
  if (!isHidden(node)) return undefined
  let highest = node
  while (highest.parent !== undefined && isHidden(highest.parent)) highest = highest.parent
  return refuseWithout(state, principal, highest, "read")
}

/** The node that a call names, if it is there and the caller may use it in `mode`. */
export function findNode(state: State, reference: NodeRef, mode: HandleMode, caller: Caller): Node | Refusal {
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, mode, sessionIdOf(caller))
    if (found.kind === "refused") return found
    if (caller.session !== undefined) return found.node
    // A session's handle is of use to its own principal only. Outside of any, nothing says who opened it.
    return refuseWithout(state, caller.principal, found.node, mode) ?? found.node
  }
  const place = findPlaceFor(state, reference.path, mode, caller)
  switch (place.kind) {
    case "refused":
      return place
    case "node":
      return place.node
    case "vacant":
      return refuse("NODE_NOT_FOUND", `${formatVacant(state, place)} does not exist.`)
  }
}

export interface OpenNode {
  readonly kind: "open"
  readonly node: Node
  readonly handle: Handle
}

/**
 * The mode of the handle is asked, and who shows it; not the ACL, which was asked when it was opened. Only of a handle
 * from outside any session the caller must ask that again.
 */
export function findByHandle(state: State, text: string, mode: HandleMode, sessionId: SessionId): OpenNode | Refusal {
  const handle = parseHandle(text, state.secrets?.handleKeys ?? [])
  if (handle === undefined) return refuse("HANDLE_INVALID", `This cell never gave out the handle ${quoted(text)}.`)
  if (handle.sessionId !== sessionId) {
    return refuse("HANDLE_INVALID", `The handle belongs to session ${handle.sessionId}, not to session ${sessionId}.`)
  }
  const node = state.namespace.byInstance(handle.instance)
  if (node === undefined) {
    return refuse("HANDLE_INVALID", `The node of this handle (instance ${handle.instance}) was deleted.`)
  }
  if (mode !== "read" && handle.mode !== mode) {
    const opened = `The handle on ${pathOf(state, node)} was opened ${purposes[handle.mode]}`
    return refuse("PERMISSION_DENIED", `${opened}, not ${purposes[mode]}.`)
  }
  return { kind: "open", node, handle }
}

const purposes: { readonly [Mode in HandleMode]: string } = {
  read: "for reading only",
  write: "for writing",
  changeAcl: "for changing the ACL",
}

export function formatVacant(state: State, { parent, name }: VacantPlace): string {
  return `${pathOf(state, parent)}/${name}`
}

function refuseMissing(state: State, { parts }: NodePath, missingDepth: number): Refusal {
  const missing = formatPath(state.cellName, parts.slice(0, missingDepth))
  const wanted = formatPath(state.cellName, parts)
  return refuse("NODE_NOT_FOUND", `The directory ${missing} does not exist, which ${wanted} would lie in.`)
}
