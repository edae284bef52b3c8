/**
 * The tree of files and directories (paper, 2.2 and 2.3). A node is found by path or by instance number; instance
 * numbers come from one counter of the cell, so that whatever is created later under the same name has a larger one.
 */
import type { Instance } from "../base/brand.ts"
import { noBytes } from "../base/bytes.ts"
import type { NodeKind } from "../contract/requests.ts"
import { type DirectoryNode, type FileNode, type Node, checksumOf, noOpens } from "./node.ts"

/** What is known of a node before it is one. */
export interface NodePlan {
  readonly nodeKind: NodeKind
  readonly ephemeral: boolean
  /** Kept as it is: hand in bytes that nobody else will change or keep alive. */
  readonly contents: Uint8Array
}

const rootInstance: Instance = 1

export class Namespace {
  readonly #byInstance = new Map<Instance, Node>()
  readonly #root: DirectoryNode
  #lastInstance: Instance

  /** `root` and `lastInstance` come from storage; a new tree has neither. */
  constructor(
    root: DirectoryNode = newDirectory(rootInstance, undefined, "", false),
    lastInstance: Instance = rootInstance,
  ) {
    this.#root = root
    this.#lastInstance = lastInstance
    this.#byInstance.set(root.instance, root)
  }

  get root(): DirectoryNode {
    return this.#root
  }

  get size(): number {
    return this.#byInstance.size
  }

  /** The highest instance number ever given out. */
  get lastInstance(): Instance {
    return this.#lastInstance
  }

  /** In order of their instance numbers. */
  all(): IterableIterator<Node> {
    return this.#byInstance.values()
  }

  byInstance(instance: Instance): Node | undefined {
    return this.#byInstance.get(instance)
  }

  has(node: Node): boolean {
    return this.#byInstance.get(node.instance) === node
  }

  /** The deepest node that `parts` leads to, and how many of the parts that took. */
  walk(parts: readonly string[]): { readonly node: Node; readonly depth: number } {
    let node: Node = this.#root
    let depth = 0
    for (const part of parts) {
      const child: Node | undefined = node.kind === "directory" ? node.children.get(part) : undefined
      if (child === undefined) break
      node = child
      depth += 1
    }
    return { node, depth }
  }

  create(parent: DirectoryNode, name: string, plan: NodePlan): Node {
    this.#lastInstance += 1
    const node =
      plan.nodeKind === "file"
        ? newFile(this.#lastInstance, parent, name, plan.ephemeral, plan.contents)
        : newDirectory(this.#lastInstance, parent, name, plan.ephemeral)
    this.#add(parent, node)
    return node
  }

  /** Takes over a node from storage. In order of instance numbers, so that parents come first. */
  adopt(parent: DirectoryNode, node: Node): void {
    this.#add(parent, node)
  }

  remove(node: Node): void {
    this.#byInstance.delete(node.instance)
    if (node.parent === undefined) return
    node.parent.children.delete(node.name)
    node.parent.sortedNames = undefined
  }

  #add(parent: DirectoryNode, node: Node): void {
    this.#byInstance.set(node.instance, node)
    parent.children.set(node.name, node)
    parent.sortedNames = undefined
  }
}

/** The names that lead from the root to the node. */
export function partsOf(node: Node): readonly string[] {
  const parts: string[] = []
  for (let at = node; at.parent !== undefined; at = at.parent) parts.push(at.name)
  return parts.reverse()
}

/** By UTF-16 code unit: the one order that no locale and no edition of Unicode can change. */
export function namesInOrder(directory: DirectoryNode): readonly string[] {
  directory.sortedNames ??= [...directory.children.keys()].sort()
  return directory.sortedNames
}

export function newFile(
  instance: Instance,
  parent: DirectoryNode | undefined,
  name: string,
  ephemeral: boolean,
  contents: Uint8Array,
): FileNode {
  return {
    kind: "file",
    ...unusedNode(instance, parent, name, ephemeral),
    contents: contents.length === 0 ? noBytes : contents,
    checksum: checksumOf(contents),
  }
}

export function newDirectory(
  instance: Instance,
  parent: DirectoryNode | undefined,
  name: string,
  ephemeral: boolean,
): DirectoryNode {
  return {
    kind: "directory",
    ...unusedNode(instance, parent, name, ephemeral),
    children: new Map(),
    sortedNames: undefined,
  }
}

function unusedNode(instance: Instance, parent: DirectoryNode | undefined, name: string, ephemeral: boolean) {
  return {
    instance,
    parent,
    name,
    ephemeral,
    contentGeneration: 1,
    aclGeneration: 1,
    lock: undefined,
    opens: noOpens,
    fingerprint: 0,
  }
}
