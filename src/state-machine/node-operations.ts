/** The calls that change nodes: SetContents, SetAcl, Delete (paper, 2.6). */
import type { Generation } from "../base/brand.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Answer, NodeRef } from "../contract/requests.ts"
import { refuseWithout } from "./acl.ts"
import { type Caller, sessionIdOf } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import type { FileNode, Node } from "./node.ts"
import { createNode, plainFile, removeNode, writeFile } from "./node-life.ts"
import { type Place, type VacantPlace, findNode, findPlaceFor, formatVacant } from "./resolve.ts"
import { type State, announce, pathOf, statOf, touch } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>
type AnswerTo<K extends Answer["kind"]> = Extract<Answer, { kind: K }> | Refusal

export function setContents(state: State, caller: Caller, operation: Of<"setContents">): AnswerTo<"setContents"> {
  const { ifContentGeneration: expected, contents } = operation
  const node = findFileToWrite(state, caller, operation)
  if (node.kind === "refused") return node
  if (node.kind === "vacant") {
    const created = createNode(state, caller, node, { ...plainFile, contents })
    return created.kind === "refused" ? created : { kind: "setContents", stat: statOf(state, created) }
  }
  const refusal =
    refuseOtherGeneration(state, node, node.contentGeneration, expected) ?? writeFile(state, node, contents)
  return refusal ?? { kind: "setContents", stat: statOf(state, node) }
}

function findFileToWrite(
  state: State,
  caller: Caller,
  { node: reference, ifContentGeneration: expected = 0 }: Of<"setContents">,
): FileNode | VacantPlace | Refusal {
  const place = findPlaceToWrite(state, caller, reference)
  if (place.kind === "refused") return place
  if (place.kind === "vacant") {
    if (expected === 0) return place
    const missing = formatVacant(state, place)
    return refuse("NODE_NOT_FOUND", `${missing} does not exist, at generation ${expected} or any other.`)
  }
  if (place.node.kind === "file") return place.node
  return refuse("NOT_A_FILE", `${pathOf(state, place.node)} is a directory and has no contents.`)
}

function findPlaceToWrite(state: State, caller: Caller, reference: NodeRef): Place | Refusal {
  if (reference.kind === "path") return findPlaceFor(state, reference.path, "write", caller)
  const node = findNode(state, reference, "write", caller)
  return node.kind === "refused" ? node : { kind: "node", node }
}

export function setAcl(state: State, caller: Caller, operation: Of<"setAcl">): AnswerTo<"setAcl"> {
  const node = findNode(state, operation.node, "changeAcl", caller)
  if (node.kind === "refused") return node
  const mismatch = refuseOtherGeneration(state, node, node.aclGeneration, operation.ifAclGeneration)
  if (mismatch !== undefined) return mismatch
  touch(state, node)
  node.acl = state.namespace.acls.changed(node.acl, operation.acl)
  node.aclGeneration += 1
  node.changedIn = state.slotAtHand
  announce(state, node, { kind: "aclChanged", path: pathOf(state, node), instance: node.instance })
  return { kind: "setAcl", stat: statOf(state, node) }
}

export function deleteNode(state: State, caller: Caller, operation: Of<"delete">): AnswerTo<"delete"> {
  const node = findNode(state, operation.node, "write", caller)
  if (node.kind === "refused") return node
  if (node.parent === undefined) return refuse("INVALID_ARGUMENT", "The root directory of a cell can't be deleted.")
  const refusal =
    refuseWithout(state, caller.principal, node.parent, "write") ??
    refuseOtherGeneration(state, node, node.contentGeneration, operation.ifContentGeneration) ??
    refuseInhabited(state, node) ??
    refuseLocked(state, caller, node)
  if (refusal !== undefined) return refusal
  removeNode(state, node)
  return { kind: "delete" }
}

function refuseInhabited(state: State, node: Node): Refusal | undefined {
  if (node.kind === "file" || node.children.size === 0) return undefined
  const { size } = node.children
  return refuse("DIRECTORY_NOT_EMPTY", `${pathOf(state, node)} has ${size === 1 ? "1 child" : `${size} children`}.`)
}

/** A node made again begins with a free lock: whoever still held the old one, or still acts on it, would not be alone. */
function refuseLocked(state: State, caller: Caller, node: Node): Refusal | undefined {
  const stranger = node.lock?.holders.find(({ sessionId }) => sessionId !== sessionIdOf(caller))
  if (stranger !== undefined) {
    const name = state.sessions.get(stranger.sessionId)?.clientName ?? ""
    return refuse("LOCK_HELD", `The lock of ${pathOf(state, node)} is held by ${name}.`)
  }
  const delay = node.lock?.delay
  if (delay === undefined) return undefined
  const loss = `its holder ${delay.clientName} was lost: ${delay.reason}`
  return refuse("LOCK_HELD", `The lock of ${pathOf(state, node)} is in its lock-delay, because ${loss}.`)
}

function refuseOtherGeneration(
  state: State,
  node: Node,
  actual: Generation,
  expected: Generation | undefined,
): Refusal | undefined {
  if (expected === undefined || expected === actual) return undefined
  const wanted = expected === 0 ? "must not exist" : `was expected at generation ${expected}`
  return refuse("GENERATION_MISMATCH", `${pathOf(state, node)} ${wanted}, but is at ${actual}.`)
}
