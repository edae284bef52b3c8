/** The calls about nodes: Open, Close, SetContents, Delete (paper, 2.6). */
import type { Generation } from "../base/brand.ts"
import { noBytes } from "../base/bytes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { mintHandle } from "../contract/handle.ts"
import { type Caller, sessionIdOf } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import { isSameHandle } from "./lock.ts"
import { cancelled, leaveLock } from "./lock-passing.ts"
import { type FileNode, type Node, checksumOf } from "./node.ts"
import { createNode, keepOpen, removeForsaken, removeNode } from "./node-life.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { type Place, findByHandle, findNode, findPlace, formatVacant } from "./resolve.ts"
import { disengage } from "./session.ts"
import { type State, pathOf, refuseWithoutSession, statOf } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>

export function open(state: State, caller: Caller, operation: Of<"open">): StoredOutcome {
  if (operation.ephemeral && caller.session === undefined) return refuseWithoutSession("open for an ephemeral node")
  const place = findPlace(state, operation.path)
  if (place.kind === "refused") return place
  const node = openPlace(state, operation, place)
  if (node.kind === "refused") return node
  if (node.ephemeral) {
    if (caller.session === undefined) return refuseWithoutSession("open for an ephemeral node")
    keepOpen(state, caller.session, node, caller.requestNumber)
  }
  return openAnswer(state, caller, operation, node, place.kind === "vacant")
}

function openPlace(state: State, { create, nodeKind, ephemeral, contents }: Of<"open">, place: Place): Node | Refusal {
  if (place.kind === "vacant") {
    if (create !== "mustExist") return createNode(state, place, { nodeKind, ephemeral, contents })
    return refuse("NODE_NOT_FOUND", `${formatVacant(state, place)} does not exist.`)
  }
  const { node } = place
  if (create === "mustExist") return node
  if (create === "mustCreate") return refuse("NODE_EXISTS", `${pathOf(state, node)} exists already.`)
  if (node.kind === nodeKind) return node
  return node.kind === "file"
    ? refuse("NOT_A_DIRECTORY", `${pathOf(state, node)} exists, but is a file.`)
    : refuse("NOT_A_FILE", `${pathOf(state, node)} exists, but is a directory.`)
}

export function openAnswer(
  state: State,
  caller: Caller,
  { mode }: Of<"open">,
  node: Node,
  created: boolean,
): StoredOutcome {
  if (state.secrets === undefined) return refuseUnfounded
  const handleId = caller.requestNumber
  const handle = { instance: node.instance, mode, sessionId: sessionIdOf(caller), handleId }
  return { kind: "open", handle: mintHandle(handle, state.secrets.handleKey), created, stat: statOf(state, node) }
}

/** Gives up what the handle keeps: its locks, its places in queues, and its say in an ephemeral node's life. */
export function close(state: State, caller: Caller, operation: Of<"close">): StoredOutcome {
  const found = findByHandle(state, operation.handle, "read", sessionIdOf(caller))
  if (found.kind === "refused" || caller.session === undefined) return { kind: "close" }
  const { node, handle } = found
  leaveLock(state, node, (party) => isSameHandle(party, handle), cancelled)
  const opens = node.opens.filter((open) => !isSameHandle(open, handle))
  if (opens.length < node.opens.length) {
    node.opens = opens
    disengage(caller.session, node)
    state.changes.nodes.add(node)
    removeForsaken(state, node)
  }
  return { kind: "close" }
}

export function setContents(state: State, caller: Caller, operation: Of<"setContents">): StoredOutcome {
  const { ifContentGeneration: expected, contents } = operation
  const node = findFileToWrite(state, caller, operation)
  if (node.kind === "refused") return node
  if (node.kind === "vacant") {
    const created = createNode(state, node, { nodeKind: "file", ephemeral: false, contents })
    return created.kind === "refused" ? created : { kind: "setContents", stat: statOf(state, created) }
  }
  const mismatch = refuseOtherGeneration(state, node, expected)
  if (mismatch !== undefined) return mismatch
  write(node, contents)
  state.changes.nodes.add(node)
  return { kind: "setContents", stat: statOf(state, node) }
}

function findFileToWrite(
  state: State,
  caller: Caller,
  { node: reference, ifContentGeneration: expected = 0 }: Of<"setContents">,
): FileNode | Extract<Place, { kind: "vacant" }> | Refusal {
  const place: Place | Refusal =
    reference.kind === "path" ? findPlace(state, reference.path) : placeOf(state, caller, reference.handle)
  if (place.kind === "refused") return place
  if (place.kind === "vacant") {
    if (expected === 0) return place
    return refuse(
      "NODE_NOT_FOUND",
      `${formatVacant(state, place)} does not exist, at generation ${expected} or any other.`,
    )
  }
  if (place.node.kind === "file") return place.node
  return refuse("NOT_A_FILE", `${pathOf(state, place.node)} is a directory and has no contents.`)
}

function placeOf(state: State, caller: Caller, handle: string): Place | Refusal {
  const found = findByHandle(state, handle, "write", sessionIdOf(caller))
  return found.kind === "refused" ? found : { kind: "node", node: found.node }
}

function write(node: FileNode, contents: Uint8Array): void {
  // A copy, because the command's contents are a view into its batch.
  node.contents = contents.length === 0 ? noBytes : contents.slice()
  node.checksum = checksumOf(node.contents)
  node.contentGeneration += 1
}

export function deleteNode(state: State, caller: Caller, operation: Of<"delete">): StoredOutcome {
  const node = findNode(state, operation.node, "write", sessionIdOf(caller))
  if (node.kind === "refused") return node
  const mismatch = refuseOtherGeneration(state, node, operation.ifContentGeneration)
  if (mismatch !== undefined) return mismatch
  if (node.parent === undefined) return refuse("INVALID_ARGUMENT", "The root directory of a cell can't be deleted.")
  if (node.kind === "directory" && node.children.size > 0) {
    const { size } = node.children
    return refuse("DIRECTORY_NOT_EMPTY", `${pathOf(state, node)} has ${size === 1 ? "1 child" : `${size} children`}.`)
  }
  const stranger = node.lock?.holders.find(({ sessionId }) => sessionId !== sessionIdOf(caller))
  if (stranger !== undefined) {
    // A node made again begins with a free lock: whoever still held the old one would not be alone.
    const name = state.sessions.get(stranger.sessionId)?.clientName ?? ""
    return refuse("LOCK_HELD", `The lock of ${pathOf(state, node)} is held by ${name}.`)
  }
  removeNode(state, node)
  return { kind: "delete" }
}

function refuseOtherGeneration(state: State, node: Node, expected: Generation | undefined): Refusal | undefined {
  if (expected === undefined || expected === node.contentGeneration) return undefined
  const wanted = expected === 0 ? "must not exist" : `was expected at generation ${expected}`
  return refuse("GENERATION_MISMATCH", `${pathOf(state, node)} ${wanted}, but is at ${node.contentGeneration}.`)
}

export const refuseUnfounded: Refusal = refuse(
  "FAIL_OVER_IN_PROGRESS",
  "The cell's first master has not founded it yet.",
)
