/**
 * What a slot does to the state, gathered while its commands are carried out: which parts were touched, and what there
 * is to tell. Whoever changes a part touches it here, and `EntryLedger` writes it, sooner or later.
 */
import type { Epoch, Instance, SessionId, Slot } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import type { NodeChange } from "../contract/changes.ts"
import type { EndedSession, Outcome } from "../contract/requests.ts"
import type { EndedRecord } from "./ended-sessions.ts"
import type { Node } from "./node.ts"
import type { Result, Session } from "./session.ts"

/** An Acquire that waited, and its answer. */
export interface Settled {
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly outcome: Outcome
}

/** A lock-delay for the master to time, and to end with `endLockDelay`. */
export interface TimedDelay {
  readonly instance: Instance
  readonly since: Slot
  readonly lockDelayMs: DurationMs
}

/** An Acquire for the master to time, and to end with `endWait`: one that asked to wait no longer than `waitMs`. */
export interface TimedWait {
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly waitMs: DurationMs
}

/** A change, and who may be told of it. */
export interface GuardedChange {
  readonly change: NodeChange
  /** The node's list of readers, by name, as it was then: what was secret stays so, whatever becomes of the node. */
  readonly readers: string
}

export interface Attested {
  readonly slot: Slot
  readonly digest: number
}

/** Parts of the state that are stored as entries, each part once. */
export class Touched {
  readonly nodes: Set<Node> = new Set()
  readonly sessions: Set<Session> = new Set()
  readonly results: Set<Result> = new Set()
  readonly endedRecords: Set<EndedRecord> = new Set()

  get count(): number {
    return this.nodes.size + this.sessions.size + this.results.size + this.endedRecords.size
  }

  add({ nodes, sessions, results, endedRecords }: Touched): void {
    for (const node of nodes) this.nodes.add(node)
    for (const session of sessions) this.sessions.add(session)
    for (const result of results) this.results.add(result)
    for (const record of endedRecords) this.endedRecords.add(record)
  }
}

export class Changes extends Touched {
  /** In the order in which they happened. */
  readonly nodeChanges: GuardedChange[] = []
  readonly settled: Settled[] = []
  readonly endedSessions: EndedSession[] = []
  readonly begunWaits: TimedWait[] = []
  readonly attested: Attested[] = []
  /** Results that are part of the state no longer. */
  readonly forgotten: Result[] = []
  begunEpoch: Epoch | undefined = undefined

  /** What a transaction has done to nodes is part of what its slot has done. Its steps do nothing else. */
  addSteps({ nodes, results, nodeChanges, settled }: Changes): void {
    for (const node of nodes) this.nodes.add(node)
    for (const result of results) this.results.add(result)
    // One by one: a list of arguments as long as the queues of all nodes deleted would be too long for any call.
    for (const change of nodeChanges) this.nodeChanges.push(change)
    for (const answer of settled) this.settled.push(answer)
  }
}
