/**
 * Which cached keys a call of one's own may make stale. The cell tells a session nothing of what the session does
 * itself: as it takes the call in, it strikes the session off the keys that the call may touch, as far as it can tell
 * before carrying it out. So this must cover all that the cell may strike off, or a key would be cached that nobody
 * keeps fresh; what it covers beyond that costs a read.
 */
import {
  type CacheKey,
  keysOfAclChange,
  keysOfComingOrGoing,
  keysOfNode,
  parentPathOf,
} from "../../contract/cache-key.ts"
import type { NodeRef, Operation, TransactionStep } from "../../contract/requests.ts"
import { localForm } from "./cache-names.ts"

export type TouchedKeys = readonly CacheKey[] | "all"

/** What is known of a handle since it was opened. */
export interface OpenedNode {
  readonly path: string
  readonly ephemeral: boolean
}

/** As the client says it: a sequencer is text there, and of signing keys it knows nothing. */
type OwnOperation =
  | Exclude<Operation, { kind: "transact" | "checkSequencer" | "rotateSigningKeys" }>
  | Pick<Extract<Operation, { kind: "transact" }>, "kind" | "then" | "otherwise">
  | { readonly kind: "checkSequencer" | "rotateSigningKeys" }

export function keysTouchedBy(
  operation: OwnOperation,
  openedAs: (handle: string) => OpenedNode | undefined,
): TouchedKeys {
  const pathOf = (node: NodeRef): string | undefined => (node.kind === "path" ? node.path : openedAs(node.handle)?.path)
  const touch = (path: string | undefined, keysOf: (path: string) => readonly CacheKey[]): TouchedKeys =>
    path === undefined ? "all" : keysOf(localForm(path))
  // The last one to close an ephemeral node, or to let go of its lock, takes it away.
  const keysOfLeaving = (node: NodeRef): TouchedKeys => {
    const opened = node.kind === "path" ? { path: node.path, ephemeral: true } : openedAs(node.handle)
    return opened === undefined || opened.ephemeral ? touch(opened?.path, keysOfGoingWithAncestors) : []
  }

  switch (operation.kind) {
    case "open":
      if (operation.create === "mustExist") return []
      return touch(operation.path, operation.sequential ? keysOfParent : keysOfComingOrGoing)
    case "setContents":
      return touch(pathOf(operation.node), operation.node.kind === "path" ? keysOfComingOrGoing : keysOfNode)
    case "setAcl":
      return touch(pathOf(operation.node), keysOfAclChange)
    case "delete":
      return touch(pathOf(operation.node), keysOfGoingWithAncestors)
    case "close":
      return keysOfLeaving({ kind: "handle", handle: operation.handle })
    case "release":
      return keysOfLeaving(operation.node)
    case "acquire":
    case "tryAcquire":
      // A handle's node is there; a path's may have to be made.
      return operation.node.kind === "path" ? touch(operation.node.path, keysOfComingOrGoing) : []
    case "transact":
      return union(
        [...operation.then, ...operation.otherwise].map((step) => keysTouchedBy(asOperation(step), openedAs)),
      )
    default:
      return []
  }
}

function asOperation(step: TransactionStep): OwnOperation {
  return step
}

/** The name of a sequential node is not known before it is there. */
function keysOfParent(path: string): readonly CacheKey[] {
  const parent = parentPathOf(path)
  return parent === undefined ? [] : keysOfAclChange(parent)
}

/** An ephemeral directory goes with its last child, and so may the one above. */
function keysOfGoingWithAncestors(path: string): readonly CacheKey[] {
  const keys: CacheKey[] = []
  for (let each: string | undefined = path; each !== undefined; each = parentPathOf(each)) {
    keys.push(...keysOfComingOrGoing(each))
  }
  return [...new Set(keys)]
}

function union(parts: readonly TouchedKeys[]): TouchedKeys {
  const keys = new Set<CacheKey>()
  for (const part of parts) {
    if (part === "all") return "all"
    for (const key of part) keys.add(key)
  }
  return [...keys]
}
