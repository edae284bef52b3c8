/** Under which key a client keeps the answer to a read, and who may keep it. */
import { type CacheKey, listingKeyOf, nodeKeyOf } from "../contract/cache-key.ts"
import { parseHandle } from "../contract/handle.ts"
import { formatPath, splitPath } from "../contract/node-path.ts"
import type { NodeRef, Operation } from "../contract/requests.ts"
import { isAllowed } from "./acl.ts"
import { findPlace } from "./resolve.ts"
import { looksSequential } from "./sequential.ts"
import { type State, pathOf } from "./state.ts"

/** Undefined: such an answer is not kept. That a node is missing is kept under the node's own key. */
export function cacheKeyOf(state: State, operation: Operation): CacheKey | undefined {
  switch (operation.kind) {
    case "getStat":
    case "getContentsAndStat":
      return keyOf(state, operation.node, nodeKeyOf)
    case "readDir":
      // Of a longer or a deeper listing, nobody could say by one key when it is stale.
      if (operation.recursive || operation.afterName !== "") return undefined
      return keyOf(state, operation.node, listingKeyOf)
    default:
      return undefined
  }
}

function keyOf(state: State, reference: NodeRef, keyOfPath: (path: string) => CacheKey): CacheKey | undefined {
  if (reference.kind === "handle") {
    const handle = parseHandle(reference.handle, state.secrets?.handleKeys ?? [])
    const node = handle && state.namespace.byInstance(handle.instance)
    return node && keyOfPath(pathOf(state, node))
  }
  const parsed = splitPath(reference.path, state.cellName)
  if (parsed.kind === "refused") return undefined
  const path = formatPath(state.cellName, parsed.parts)
  if (findPlace(state, path).kind === "node") return keyOfPath(path)
  // Who makes a node with a sequential name can't say beforehand which one, so nobody could be told that it comes.
  return looksSequential(path) ? undefined : nodeKeyOf(path)
}

/** Whether the principal may know what is at `path`, or that nothing is: by the node there, or the nearest one above. */
export function mayRead(state: State, principal: string, path: string): boolean {
  const parsed = splitPath(path, state.cellName)
  if (parsed.kind === "refused") return false
  return isAllowed(state, principal, state.namespace.walk(parsed.parts).node.acl, "read")
}
