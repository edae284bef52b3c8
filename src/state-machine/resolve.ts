/**
 * From what a call names to the node it means: by path, or by a handle, whose check digits, session and instance must
 * all be right (paper, 2.4).
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { type Handle, parseHandle } from "../contract/handle.ts"
import { type NodePath, formatPath, quoted, splitPath } from "../contract/node-path.ts"
import type { HandleMode, NodeRef } from "../contract/requests.ts"
import type { SessionId } from "../base/brand.ts"
import type { DirectoryNode, Node } from "./node.ts"
import { type State, pathOf } from "./state.ts"

/** A place in the tree: the node there, or the directory that such a node would be created in. */
export type Place =
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "vacant"; readonly parent: DirectoryNode; readonly name: string }

export function findPlace(state: State, path: string): Place | Refusal {
  const parsed = splitPath(path, state.cellName)
  if (parsed.kind === "refused") return parsed
  const { node, depth } = state.namespace.walk(parsed.parts)
  if (depth === parsed.parts.length) return { kind: "node", node }
  if (node.kind === "file") return refuse("NOT_A_DIRECTORY", `${pathOf(state, node)} is a file and has no children.`)
  const name = parsed.parts[depth]
  if (name !== undefined && depth === parsed.parts.length - 1) return { kind: "vacant", parent: node, name }
  return refuseMissing(state, parsed, depth + 1)
}

/** The node that a call names, if it is there and may be used in `mode`. */
export function findNode(state: State, reference: NodeRef, mode: HandleMode, sessionId: SessionId): Node | Refusal {
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, mode, sessionId)
    return found.kind === "refused" ? found : found.node
  }
  const place = findPlace(state, reference.path)
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

export function findByHandle(state: State, text: string, mode: HandleMode, sessionId: SessionId): OpenNode | Refusal {
  const handle = state.secrets === undefined ? undefined : parseHandle(text, state.secrets.handleKey)
  if (handle === undefined) return refuse("HANDLE_INVALID", `This cell never gave out the handle ${quoted(text)}.`)
  if (handle.sessionId !== sessionId) {
    return refuse("HANDLE_INVALID", `The handle belongs to session ${handle.sessionId}, not to session ${sessionId}.`)
  }
  const node = state.namespace.byInstance(handle.instance)
  if (node === undefined) {
    return refuse("HANDLE_INVALID", `The node of this handle (instance ${handle.instance}) was deleted.`)
  }
  if (mode === "write" && handle.mode === "read") {
    return refuse("PERMISSION_DENIED", `The handle on ${pathOf(state, node)} was opened for reading only.`)
  }
  return { kind: "open", node, handle }
}

export function formatVacant(state: State, { parent, name }: Extract<Place, { kind: "vacant" }>): string {
  return `${pathOf(state, parent)}/${name}`
}

function refuseMissing(state: State, { parts }: NodePath, missingDepth: number): Refusal {
  const missing = formatPath(state.cellName, parts.slice(0, missingDepth))
  const wanted = formatPath(state.cellName, parts)
  return refuse("NODE_NOT_FOUND", `The directory ${missing} does not exist, which ${wanted} would lie in.`)
}
