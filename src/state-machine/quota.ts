/**
 * What a user of the cell may take up in it, so that there is room for the others. A refusal names the limit, whose it
 * is, and how much of it is in use.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { DirectoryNode, Node } from "./node.ts"
import { type State, pathOf } from "./state.ts"
import { type Usage, subtreeOf } from "./usage.ts"

export function refuseMoreChildren(state: State, directory: DirectoryNode): Refusal | undefined {
  if (directory.children.size < limits.childrenMax) return undefined
  const sentence = `${pathOf(state, directory)} has ${directory.children.size} children; a directory has at most`
  return refuse("QUOTA_EXCEEDED", `${sentence} ${limits.childrenMax}.`)
}

/** They are stored with the node, anew with each that comes or goes. */
export function refuseMoreOpens(state: State, node: Node): Refusal | undefined {
  const { length } = node.opens
  if (length < limits.opensPerNodeMax) return undefined
  return refuse("QUOTA_EXCEEDED", `${pathOf(state, node)} is kept open by ${length} handles, the most allowed.`)
}

/**
 * For so many more nodes and bytes: in the subtree that `node` is in, so that no user takes all there is, and in the
 * cell, which lives in memory. Who needs no more is never refused.
 */
export function refuseGrowth(state: State, node: Node, nodes: number, growth: number): Refusal | undefined {
  const { usage } = state.namespace
  const more: Usage = { nodeCount: nodes, bytes: growth }
  const top = subtreeOf(node)
  // Right below the root each node begins a subtree of its own.
  const beyondSubtree = top === undefined ? undefined : whatExceeds(usage.of(top), more, subtreeMax())
  if (top !== undefined && beyondSubtree !== undefined) {
    const allowance = "what lies below one child of the root may take at most"
    return refuse(
      "QUOTA_EXCEEDED",
      `${pathOf(state, top)} takes ${beyondSubtree.use}; ${allowance} ${beyondSubtree.most}.`,
    )
  }
  const beyondCell = whatExceeds(usage.total, more, cellMax())
  if (beyondCell === undefined) return undefined
  return refuse("QUOTA_EXCEEDED", `The cell holds ${beyondCell.use}; it may hold at most ${beyondCell.most}.`)
}

function subtreeMax(): Usage {
  return { nodeCount: limits.subtreeNodesMax, bytes: limits.subtreeBytesMax }
}

function cellMax(): Usage {
  return { nodeCount: limits.cellNodesMax, bytes: limits.cellBytesMax }
}

function whatExceeds(
  used: Usage,
  more: Usage,
  most: Usage,
): { readonly use: string; readonly most: number } | undefined {
  if (more.nodeCount > 0 && used.nodeCount + more.nodeCount > most.nodeCount) {
    return { use: `${used.nodeCount} nodes, and this call ${more.nodeCount} more`, most: most.nodeCount }
  }
  if (more.bytes > 0 && used.bytes + more.bytes > most.bytes) {
    return { use: `${used.bytes} bytes, and this call ${more.bytes} more`, most: most.bytes }
  }
  return undefined
}
