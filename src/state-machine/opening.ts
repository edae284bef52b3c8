/** Open and Close (paper, 2.6): how a client comes by a handle, perhaps by making the node, and what goes with it. */
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Answer, HandleMode } from "../contract/requests.ts"
import { type Caller, sessionIdOf } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import { isSameHandle } from "./lock.ts"
import { cancelled, leaveLock } from "./lock-passing.ts"
import type { Node } from "./node.ts"
import { createNode, keepOpen, removeForsaken } from "./node-life.ts"
import { findByHandle, findPlaceFor, formatVacant } from "./resolve.ts"
import { findSequentialPlace } from "./sequential.ts"
import { disengage, refuseMoreEngagements } from "./session.ts"
import { type State, giveHandle, pathOf, refuseWithoutSession, statOf, touch } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>
type OpenAnswer = Extract<Answer, { kind: "open" }>

export function open(state: State, caller: Caller, operation: Of<"open">): OpenAnswer | Refusal {
  const unkept = operation.ephemeral ? refuseKeeper(caller) : undefined
  if (unkept !== undefined) return unkept
  const opened = operation.sequential ? makeSequential(state, caller, operation) : findOrMake(state, caller, operation)
  if (opened.kind === "refused") return opened
  const { node, created } = opened
  const refusal = node.ephemeral ? keepOpen(state, caller, node) : undefined
  return refusal ?? openAnswer(state, caller, operation.mode, node, created)
}

/** Said beforehand, lest the node be made and then be refused to its maker. */
function refuseKeeper({ session }: Caller): Refusal | undefined {
  return session === undefined ? refuseWithoutSession("open for an ephemeral node") : refuseMoreEngagements(session)
}

interface Opened {
  readonly kind: "opened"
  readonly node: Node
  readonly created: boolean
}

function findOrMake(state: State, caller: Caller, operation: Of<"open">): Opened | Refusal {
  const place = findPlaceFor(state, operation.path, operation.mode, caller)
  if (place.kind === "refused") return place
  if (place.kind === "vacant") {
    if (operation.create === "mustExist") {
      return refuse("NODE_NOT_FOUND", `${formatVacant(state, place)} does not exist.`)
    }
    const node = createNode(state, caller, place, operation)
    return node.kind === "refused" ? node : { kind: "opened", node, created: true }
  }
  const { node } = place
  return refuseExisting(state, operation, node) ?? { kind: "opened", node, created: false }
}

function refuseExisting(state: State, { create, nodeKind }: Of<"open">, node: Node): Refusal | undefined {
  if (create === "mustExist") return undefined
  if (create === "mustCreate") return refuse("NODE_EXISTS", `${pathOf(state, node)} exists already.`)
  if (node.kind === nodeKind) return undefined
  return node.kind === "file"
    ? refuse("NOT_A_DIRECTORY", `${pathOf(state, node)} exists, but is a file.`)
    : refuse("NOT_A_FILE", `${pathOf(state, node)} exists, but is a directory.`)
}

function makeSequential(state: State, caller: Caller, operation: Of<"open">): Opened | Refusal {
  const place = findSequentialPlace(state, caller, operation)
  if (place.kind === "refused") return place
  const node = createNode(state, caller, place, operation)
  if (node.kind === "refused") return node
  // Its creation has touched the directory.
  place.parent.lastSequence = place.sequence
  return { kind: "opened", node, created: true }
}

export function openAnswer(state: State, caller: Caller, mode: HandleMode, node: Node, created: boolean): OpenAnswer {
  const name = { sessionId: sessionIdOf(caller), handleId: caller.requestNumber }
  const handle = giveHandle(state, { instance: node.instance, mode, ...name })
  return { kind: "open", handle, created, stat: statOf(state, node) }
}

/** Gives up what the handle keeps: its locks, its places in queues, and its say in an ephemeral node's life. */
export function close(state: State, caller: Caller, operation: Of<"close">): Extract<Answer, { kind: "close" }> {
  const found = findByHandle(state, operation.handle, "read", sessionIdOf(caller))
  if (found.kind === "refused" || caller.session === undefined) return { kind: "close" }
  const { node, handle } = found
  leaveLock(state, node, (party) => isSameHandle(party, handle), cancelled)
  const opens = node.opens.filter((open) => !isSameHandle(open, handle))
  if (opens.length < node.opens.length) {
    touch(state, node)
    node.opens = opens
    disengage(caller.session, node)
  }
  removeForsaken(state, node)
  return { kind: "close" }
}
