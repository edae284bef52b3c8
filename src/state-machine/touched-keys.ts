/**
 * Which cached things a mutation may make stale, computed before it is done: rather too many than one too few, for
 * whoever caches one of these is told to forget it before the mutation takes effect (paper, 2.7). As far as it can be
 * told from this state; what earlier commands may do that are not applied yet, whoever asks has to reckon with.
 */
import { unreachable } from "../base/assert.ts"
import type { Instance, SessionId } from "../base/brand.ts"
import { type CacheKey, keysOfAclChange, keysOfComingOrGoing, keysOfNode, parentPathOf } from "../contract/cache-key.ts"
import { formatPath, splitPath } from "../contract/node-path.ts"
import type { NodeRef, TransactionStep } from "../contract/requests.ts"
import type { MutatingOperation } from "./commands.ts"
import type { Node } from "./node.ts"
import { findByHandle, findPlace } from "./resolve.ts"
import { type State, pathOf } from "./state.ts"

export function touchedKeys(state: State, operation: MutatingOperation, sessionId: SessionId): readonly CacheKey[] {
  return [...new Set(keysOf(state, operation, sessionId))]
}

/** The ephemeral nodes that only this session may keep alive go with it; a wait may be a hold by then. */
export function keysTouchedByEndOf(state: State, sessionId: SessionId): readonly CacheKey[] {
  const engaged = [...(state.sessions.get(sessionId)?.engagements.keys() ?? [])]
  return [...new Set(engaged.flatMap((node) => keysIfForsaken(state, node)))]
}

/** It may have been all that kept an ephemeral node. */
export function keysTouchedByEndOfDelay(state: State, instance: Instance): readonly CacheKey[] {
  const node = state.namespace.byInstance(instance)
  return node === undefined ? [] : [...new Set(keysIfForsaken(state, node))]
}

function keysOf(state: State, operation: MutatingOperation, sessionId: SessionId): readonly CacheKey[] {
  switch (operation.kind) {
    case "createSession":
    case "cancelAcquire":
      // Who waited kept nothing: whoever it waited for still does.
      return []
    case "rotateSigningKeys":
      return []
    case "closeSession":
      return keysTouchedByEndOf(state, sessionId)
    case "close":
      return keysOfLeaving(state, { kind: "handle", handle: operation.handle }, sessionId)
    case "release":
      return keysOfLeaving(state, operation.node, sessionId)
    case "acquire":
    case "tryAcquire":
      // The lock is no part of what is cached; but a missing file is made.
      return operation.node.kind === "path" ? keysIfMissing(state, operation.node.path) : []
    case "transact":
      // What a step may find that an earlier one has made or removed is among the keys of that earlier one.
      return [...operation.then, ...operation.otherwise].flatMap((step) => keysOfStep(state, step, sessionId))
    default:
      return keysOfStep(state, operation, sessionId)
  }
}

function keysOfStep(state: State, step: TransactionStep, sessionId: SessionId): readonly CacheKey[] {
  switch (step.kind) {
    case "getStat":
    case "getContentsAndStat":
      return []
    case "open":
      if (step.create === "mustExist") return []
      return step.sequential ? keysOfSequential(state, step.path) : keysIfMissing(state, step.path)
    case "setContents":
      return withPath(state, step.node, sessionId, (path) => [...keysOfNode(path), ...keysIfMissing(state, path)])
    case "setAcl":
      return withPath(state, step.node, sessionId, keysOfAclChange)
    case "delete":
      return withPath(state, step.node, sessionId, (path) => keysOfGoing(state, path))
    default:
      return unreachable(step)
  }
}

/** Canonical; a handle whose node is gone names nothing any more, and never will again. */
function withPath(
  state: State,
  reference: NodeRef,
  sessionId: SessionId,
  keys: (path: string) => readonly CacheKey[],
): readonly CacheKey[] {
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, "read", sessionId)
    return found.kind === "refused" ? [] : keys(pathOf(state, found.node))
  }
  const path = canonical(state, reference.path)
  return path === undefined ? [] : keys(path)
}

/** Of a call that makes the node of this path if there is none, and otherwise leaves it as it is. */
function keysIfMissing(state: State, path: string): readonly CacheKey[] {
  const wanted = canonical(state, path)
  return wanted === undefined || nodeAt(state, wanted) !== undefined ? [] : keysOfComingOrGoing(wanted)
}

/** The name is not known yet; but what looks like such a name is never cached as missing (see cached-reads.ts). */
function keysOfSequential(state: State, path: string): readonly CacheKey[] {
  const wanted = canonical(state, path)
  const parent = wanted === undefined ? undefined : parentPathOf(wanted)
  return parent === undefined ? [] : keysOfAclChange(parent)
}

/** Of a call that ends an open or a hold. Whether that is the last one, commands not applied yet may decide. */
function keysOfLeaving(state: State, reference: NodeRef, sessionId: SessionId): readonly CacheKey[] {
  return withPath(state, reference, sessionId, (path) => {
    const node = nodeAt(state, path)
    return node === undefined ? [] : keysIfForsaken(state, node)
  })
}

/** Of a node that goes if nothing keeps it any more. */
function keysIfForsaken(state: State, node: Node): readonly CacheKey[] {
  return node.ephemeral ? keysOfGoing(state, pathOf(state, node)) : []
}

/** With a node its directory may go, if that is ephemeral, and so on upwards. A missing one may be made ephemeral. */
function keysOfGoing(state: State, path: string): readonly CacheKey[] {
  const keys = [...keysOfComingOrGoing(path)]
  for (let above = parentPathOf(path); above !== undefined; above = parentPathOf(above)) {
    const node = nodeAt(state, above)
    if (node !== undefined && !node.ephemeral) break
    keys.push(...keysOfComingOrGoing(above))
  }
  return keys
}

function canonical({ cellName }: State, path: string): string | undefined {
  const parsed = splitPath(path, cellName)
  return parsed.kind === "refused" ? undefined : formatPath(cellName, parsed.parts)
}

function nodeAt(state: State, path: string): Node | undefined {
  const place = findPlace(state, path)
  return place.kind === "node" ? place.node : undefined
}
