/**
 * How much lies below each child of the root, itself included: nodes, and bytes of names and contents. Follows from the
 * nodes and is not stored. So one user of the cell can't fill it for all others (paper, 4.2: quotas came too late).
 */
import { utf8Length } from "../base/bytes.ts"
import type { Instance } from "../base/brand.ts"
import type { Node } from "./node.ts"

export interface Usage {
  readonly nodeCount: number
  readonly bytes: number
}

const unused: Usage = { nodeCount: 0, bytes: 0 }

export class SubtreeUsage {
  /** By the instance number of the root's child. */
  readonly #subtrees = new Map<Instance, Usage>()
  #total: Usage = unused

  /** Of the whole cell, without its root. */
  get total(): Usage {
    return this.#total
  }

  /** Of the subtree that begins with `top`, a child of the root. */
  of(top: Node): Usage {
    return this.#subtrees.get(top.instance) ?? unused
  }

  /** The node, with its contents, has come. */
  grow(node: Node): void {
    this.#change(node, 1, bytesOf(node))
  }

  /** The node, with its contents, has gone. */
  shrink(node: Node): void {
    this.#change(node, -1, -bytesOf(node))
  }

  /** Its contents have become longer by so many bytes, or shorter. */
  resize(node: Node, growth: number): void {
    this.#change(node, 0, growth)
  }

  #change(node: Node, nodes: number, growth: number): void {
    const top = subtreeOf(node)
    if (top === undefined) return
    this.#total = { nodeCount: this.#total.nodeCount + nodes, bytes: this.#total.bytes + growth }
    const { nodeCount, bytes } = this.of(top)
    if (nodeCount + nodes === 0) this.#subtrees.delete(top.instance)
    else this.#subtrees.set(top.instance, { nodeCount: nodeCount + nodes, bytes: bytes + growth })
  }
}

/** The child of the root that the node is, or is below; undefined for the root itself. */
export function subtreeOf(node: Node): Node | undefined {
  let top = node
  while (top.parent?.parent !== undefined) top = top.parent
  return top.parent === undefined ? undefined : top
}

function bytesOf(node: Node): number {
  return utf8Length(node.name) + (node.kind === "file" ? node.contents.length : 0)
}
