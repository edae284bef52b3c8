/** What can be asked about nodes: facts, contents, listings of children or of a whole subtree, and who may do what. */
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Answer, DirectoryEntry, NodeRef, Operation } from "../contract/requests.ts"
import { present } from "../base/assert.ts"
import { bytesOf } from "../base/kept-bytes.ts"
import { explainAccess, isAllowed, refuseSecretLists } from "./acl.ts"
import type { Caller } from "./caller.ts"
import { namesInOrder } from "./namespace.ts"
import type { DirectoryNode, Node } from "./node.ts"
import { findNode } from "./resolve.ts"
import { countThrough } from "./sorted-names.ts"
import { type State, pathOf, statOf } from "./state.ts"

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>
type AnswerTo<K extends Answer["kind"]> = Extract<Answer, { kind: K }> | Refusal

export function getStat(state: State, caller: Caller, reference: NodeRef): AnswerTo<"getStat"> {
  const node = findNode(state, reference, "read", caller)
  return node.kind === "refused" ? node : { kind: "getStat", stat: statOf(state, node) }
}

export function getContentsAndStat(state: State, caller: Caller, reference: NodeRef): AnswerTo<"getContentsAndStat"> {
  const node = findNode(state, reference, "read", caller)
  if (node.kind === "refused") return node
  if (node.kind === "file") {
    return { kind: "getContentsAndStat", contents: bytesOf(node.contents), stat: statOf(state, node) }
  }
  return refuse("NOT_A_FILE", `${pathOf(state, node)} is a directory and has no contents.`)
}

/**
 * Who may read a directory may read the facts about its children, but for what gives their contents away. A subtree is
 * told as far as it may be read.
 */
export function readDir(state: State, caller: Caller, operation: Of<"readDir">): AnswerTo<"readDir"> {
  const { afterName, pageSize, recursive } = operation
  const directory = findNode(state, operation.node, "read", caller)
  if (directory.kind === "refused") return directory
  if (directory.kind === "file") {
    return refuse("NOT_A_DIRECTORY", `${pathOf(state, directory)} is a file and has no children.`)
  }
  const mayRead = (node: Node): boolean => isAllowed(state, caller.principal, node.acl, "read")
  const following = recursive
    ? nodesBelow(directory, "", afterName === "" ? [] : afterName.split("/"), mayRead)
    : children(directory, afterName)
  const entries: DirectoryEntry[] = []
  for (const { name, node } of following) {
    if (entries.length === pageSize) return { kind: "readDir", entries, more: true, stat: statOf(state, directory) }
    const stat = statOf(state, node)
    entries.push({ name, stat: mayRead(node) ? stat : { ...stat, checksum: "", size: 0 } })
  }
  return { kind: "readDir", entries, more: false, stat: statOf(state, directory) }
}

interface Named {
  readonly name: string
  readonly node: Node
}

function* children(directory: DirectoryNode, afterName: string): Generator<Named> {
  const names = namesInOrder(directory)
  for (let at = countThrough(names, afterName); at < names.length; at += 1) {
    const name = names[at] as string
    yield { name, node: childOf(directory, name) }
  }
}

/**
 * Everything below the directory, each node before what is below itself, from behind the place that `after` names. That
 * place need not exist any more: the walk goes down along its names and goes on behind them.
 */
function* nodesBelow(
  directory: DirectoryNode,
  prefix: string,
  after: readonly string[],
  mayRead: (node: Node) => boolean,
): Generator<Named> {
  const [along, ...deeper] = after
  const told = along === undefined ? undefined : directory.children.get(along)
  // Told on an earlier page, but perhaps not all that is below it.
  if (told?.kind === "directory" && mayRead(told)) yield* nodesBelow(told, `${prefix}${along}/`, deeper, mayRead)
  for (const { name, node } of children(directory, along ?? "")) {
    if (!mayRead(node)) continue
    yield { name: `${prefix}${name}`, node }
    if (node.kind === "directory") yield* nodesBelow(node, `${prefix}${name}/`, [], mayRead)
  }
}

function childOf(directory: DirectoryNode, name: string): Node {
  return present(directory.children.get(name), "a listed name is that of a child")
}

/**
 * Whoever may read a node may ask who else may use it: its ACL names are among its facts. Who is on a list is not, so
 * about others only those may ask who may read the lists.
 */
export function checkAccess(state: State, caller: Caller, operation: Of<"checkAccess">): AnswerTo<"checkAccess"> {
  const { path, right, principal } = operation
  const node = findNode(state, { kind: "path", path }, "read", caller)
  if (node.kind === "refused") return node
  const asker = caller.principal
  const secret = principal === asker ? undefined : refuseSecretLists(state, asker, node, right)
  return secret ?? { kind: "checkAccess", ...explainAccess(state, principal, node, right) }
}
