/**
 * The whole replicated state in one place, with the few things that more than one kind of command does to it. What
 * changes here is touched in `changes`, by whoever changes it.
 */
import { present } from "../base/assert.ts"
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import { noBytes } from "../base/bytes.ts"
import type { DurationMs } from "../base/instant.ts"
import type { NodeChange } from "../contract/changes.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { type Handle, mintHandle } from "../contract/handle.ts"
import { formatPath } from "../contract/node-path.ts"
import type { NodeStat } from "../contract/requests.ts"
import { Changes } from "./changes.ts"
import { EndedSessions } from "./ended-sessions.ts"
import type { Secrets } from "./entry-codec.ts"
import { Namespace, partsOf } from "./namespace.ts"
import { type Node, checksumOf } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { PrincipalLists } from "./principal-lists.ts"
import { SessionTable } from "./session.ts"
import { UndoLog } from "./undo-log.ts"

export class State {
  readonly cellName: string
  readonly namespace: Namespace
  readonly sessions: SessionTable
  readonly endedSessions: EndedSessions
  /** The nodes whose lock is under a lock-delay. Follows from the nodes; kept so that a new master finds them all. */
  readonly delayed: Set<Node> = new Set()
  appliedThrough: Slot = 0
  epoch: Epoch = 0
  /** The longest session lease that a master has reason to believe in, whatever was asked for. */
  leaseFloorMs: DurationMs = 0
  /** A hole in the log was filled with nothing, and no reign has begun since. */
  isReignBroken = false
  /** Undefined until the cell's first master has drawn them. */
  secrets: Secrets | undefined = undefined
  /** Of the slot at hand. */
  changes: Changes = new Changes()
  /** Of the transaction at hand. */
  readonly undo: UndoLog = new UndoLog()
  readonly principalLists: PrincipalLists = new PrincipalLists()

  constructor(
    cellName: string,
    namespace: Namespace = new Namespace(),
    sessions: SessionTable = new SessionTable(),
    endedSessions: EndedSessions = new EndedSessions(),
  ) {
    this.cellName = cellName
    this.namespace = namespace
    this.sessions = sessions
    this.endedSessions = endedSessions
  }

  /** The one whose commands are being carried out. */
  get slotAtHand(): Slot {
    return this.appliedThrough + 1
  }
}

export function pathOf(state: State, node: Node): string {
  return formatPath(state.cellName, partsOf(node))
}

/** To be said before the node is changed: it will be stored anew, and a transaction can take the change back. */
export function touch(state: State, node: Node): void {
  state.changes.nodes.add(node)
  if (!state.undo.isOpen) return
  const before = { ...node }
  state.undo.note(() => Object.assign(node, before))
}

/** Of a node as it is after the change, or, of one that goes, as it was before. */
export function announce({ changes }: State, { acl }: Node, change: NodeChange): void {
  changes.nodeChanges.push({ change, readers: acl.read })
}

export function statOf(state: State, node: Node): NodeStat {
  const { kind, ephemeral, instance, contentGeneration, aclGeneration, acl } = node
  return {
    path: pathOf(state, node),
    kind,
    ephemeral,
    instance,
    contentGeneration,
    lockGeneration: node.lock?.generation ?? 0,
    aclGeneration,
    commitIndex: node.changedIn,
    checksum: node.kind === "file" ? node.checksum : emptyChecksum,
    size: node.kind === "file" ? node.contents.length : 0,
    childCount: node.kind === "directory" ? node.children.size : 0,
    acl,
  }
}

/** Of no contents at all. */
const emptyChecksum = checksumOf(noBytes)

/** Answers an Acquire that has been waiting. */
export function settle(state: State, sessionId: SessionId, requestNumber: number, outcome: StoredOutcome): void {
  state.changes.settled.push({ sessionId, requestNumber, outcome })
  const result = state.sessions.get(sessionId)?.results.get(requestNumber)
  if (result === undefined) return
  const { awaited } = result
  state.undo.note(() => Object.assign(result, { outcome: undefined, awaited }))
  result.outcome = outcome
  result.awaited = undefined
  state.changes.results.add(result)
}

/** What is written on a handle, under the newest key: earlier ones are only recognised. */
export function giveHandle({ secrets }: State, handle: Handle): string {
  const newestKey = present(secrets?.handleKeys.at(-1), "a cell that answers calls has a key for handles")
  return mintHandle(handle, newestKey)
}

/** Without secrets there are no handles, and nobody has said yet who administers the cell. */
export function refuseUnfounded({ secrets }: State): Refusal | undefined {
  if (secrets !== undefined) return undefined
  return refuse("FAIL_OVER_IN_PROGRESS", "The cell's first master has not founded it yet.")
}

export function refuseUnknownSession({ endedSessions }: State, sessionId: SessionId): Refusal {
  const ended = endedSessions.get(sessionId)
  const sentence =
    ended === undefined
      ? `The cell knows no session ${sessionId}: it ended long ago, or never was.`
      : `Session ${sessionId} has ended: ${ended.reason}.`
  return refuse("SESSION_EXPIRED", sentence)
}

export function refuseWithoutSession(call: string): Refusal {
  return refuse("INVALID_ARGUMENT", `A call of ${call} needs a session: it names none by its id.`)
}
