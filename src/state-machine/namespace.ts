/**
 * The tree of files and directories (paper, 2.2 and 2.3). A node is found by path or by instance number; instance
 * numbers come from one counter of the cell, so that whatever is created later under the same name has a larger one.
 */
import { assert } from "../base/assert.ts"
import type { Instance, Slot } from "../base/brand.ts"
import { type KeptBytes, keep } from "../base/kept-bytes.ts"
import { type AclNames, administrators, anyone } from "../contract/acl.ts"
import type { NodeKind } from "../contract/requests.ts"
import { type DirectoryNode, type FileNode, type Node, checksumOf, noOpens } from "./node.ts"
import { SharedAcls } from "./shared-acls.ts"
import { SortedNames } from "./sorted-names.ts"
import { SubtreeUsage } from "./usage.ts"

/** What a node is from its first moment. */
export interface NewNode {
  readonly parent: DirectoryNode | undefined
  readonly name: string
  readonly ephemeral: boolean
  readonly acl: AclNames
  readonly changedIn: Slot
}

const rootInstance: Instance = 1

/** Everybody may use a new cell; who may use what is in it, its administrators decide. */
const rootAcl: AclNames = { read: anyone, write: anyone, changeAcl: administrators }

export class Namespace {
  readonly acls: SharedAcls = new SharedAcls()
  readonly usage: SubtreeUsage = new SubtreeUsage()
  readonly #byInstance = new Map<Instance, Node>()
  readonly #root: DirectoryNode
  #lastInstance: Instance

  /** `root` and `lastInstance` come from storage; a new tree has neither. */
  constructor(root: DirectoryNode = newRoot(), lastInstance: Instance = rootInstance) {
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

  /** In order of their instance numbers. Sorted anew, because a transaction that was taken back leaves them unordered. */
  all(): readonly Node[] {
    return [...this.#byInstance.values()].sort((left, right) => left.instance - right.instance)
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

  create(parent: DirectoryNode, kind: NodeKind, facts: NewNode, contents: Uint8Array): Node {
    this.#lastInstance += 1
    const node =
      kind === "file"
        ? newFile(this.#lastInstance, facts, keep(contents), checksumOf(contents))
        : newDirectory(this.#lastInstance, facts)
    this.adopt(parent, node)
    return node
  }

  /** Takes the latest creation back, as if the instance number had never been given out. */
  takeBack(node: Node): void {
    assert(node.instance === this.#lastInstance, "what was done last is taken back first")
    this.remove(node)
    this.#lastInstance -= 1
  }

  /** Takes a node over, from storage or back from where `remove` has sent it. */
  adopt(parent: DirectoryNode, node: Node): void {
    this.#byInstance.set(node.instance, node)
    parent.children.set(node.name, node)
    parent.sortedNames?.add(node.name)
    this.usage.grow(node)
  }

  remove(node: Node): void {
    this.#byInstance.delete(node.instance)
    if (node.parent === undefined) return
    node.parent.children.delete(node.name)
    node.parent.sortedNames?.remove(node.name)
    this.usage.shrink(node)
  }

  replaceContents(file: FileNode, contents: KeptBytes): void {
    this.usage.resize(file, contents.length - file.contents.length)
    file.contents = contents
  }
}

/** The names that lead from the root to the node. */
export function partsOf(node: Node): readonly string[] {
  const parts: string[] = []
  for (let at = node; at.parent !== undefined; at = at.parent) parts.push(at.name)
  return parts.reverse()
}

export function namesInOrder(directory: DirectoryNode): readonly string[] {
  directory.sortedNames ??= new SortedNames()
  return directory.sortedNames.of(directory.children)
}

export function newFile(instance: Instance, facts: NewNode, contents: KeptBytes, checksum: string): FileNode {
  return {
    kind: "file",
    instance,
    ...facts,
    ...unused,
    contents,
    checksum,
  }
}

export function newDirectory(instance: Instance, facts: NewNode): DirectoryNode {
  return {
    kind: "directory",
    instance,
    ...facts,
    ...unused,
    children: new Map(),
    lastSequence: 0,
    sortedNames: undefined,
  }
}

function newRoot(): DirectoryNode {
  return newDirectory(rootInstance, { parent: undefined, name: "", ephemeral: false, acl: rootAcl, changedIn: 0 })
}

const unused = { contentGeneration: 1, aclGeneration: 1, lock: undefined, opens: noOpens, fingerprint: 0 } as const
