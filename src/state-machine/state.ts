/**
 * The whole replicated state in one place, with the few things that more than one kind of command does to it. What
 * changes here is touched in `changes`, by whoever changes it.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import { noBytes } from "../base/bytes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { formatPath } from "../contract/node-path.ts"
import type { NodeStat } from "../contract/requests.ts"
import { Changes } from "./changes.ts"
import type { Secrets } from "./entry-codec.ts"
import { Namespace, partsOf } from "./namespace.ts"
import { type Node, checksumOf } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { SessionTable } from "./session.ts"

export class State {
  readonly cellName: string
  readonly namespace: Namespace
  readonly sessions: SessionTable
  appliedThrough: Slot = 0
  epoch: Epoch = 0
  /** Undefined until the cell's first master has drawn them. */
  secrets: Secrets | undefined = undefined
  /** Of the slot at hand. */
  changes: Changes = new Changes()

  constructor(cellName: string, namespace: Namespace = new Namespace(), sessions: SessionTable = new SessionTable()) {
    this.cellName = cellName
    this.namespace = namespace
    this.sessions = sessions
  }
}

export function pathOf(state: State, node: Node): string {
  return formatPath(state.cellName, partsOf(node))
}

export function statOf(state: State, node: Node): NodeStat {
  const { kind, ephemeral, instance, contentGeneration, aclGeneration } = node
  return {
    path: pathOf(state, node),
    kind,
    ephemeral,
    instance,
    contentGeneration,
    lockGeneration: node.lock?.generation ?? 0,
    aclGeneration,
    checksum: node.kind === "file" ? node.checksum : emptyChecksum,
    size: node.kind === "file" ? node.contents.length : 0,
    childCount: node.kind === "directory" ? node.children.size : 0,
  }
}

/** Of no contents at all. */
const emptyChecksum = checksumOf(noBytes)

/** Answers an Acquire that has been waiting. */
export function settle(state: State, sessionId: SessionId, requestNumber: number, outcome: StoredOutcome): void {
  state.changes.settled.push({ sessionId, requestNumber, outcome })
  const result = state.sessions.get(sessionId)?.results.get(requestNumber)
  if (result === undefined) return
  result.outcome = outcome
  result.awaited = undefined
  state.changes.results.add(result)
}

export function refuseUnknownSession(sessionId: SessionId): Refusal {
  return refuse("SESSION_EXPIRED", `The cell knows no session ${sessionId}: it was closed, or its lease ran out.`)
}

export function refuseWithoutSession(call: string): Refusal {
  return refuse("SESSION_EXPIRED", `A call of ${call} needs a session.`)
}
