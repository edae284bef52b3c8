/**
 * What a slot does to the state, gathered while its commands are carried out: which parts were touched, and what there
 * is to tell. Whoever changes a part touches it here; `EntryLedger` writes each touched part once, at the slot's end.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import type { Outcome } from "../contract/requests.ts"
import type { Node } from "./node.ts"
import type { Result, Session } from "./session.ts"

/** An Acquire that waited, and its answer. */
export interface Settled {
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly outcome: Outcome
}

export interface EndedSession {
  readonly sessionId: SessionId
  readonly reason: string
}

export interface Attested {
  readonly slot: Slot
  readonly digest: number
}

export class Changes {
  readonly nodes: Set<Node> = new Set()
  readonly sessions: Set<Session> = new Set()
  readonly results: Set<Result> = new Set()
  readonly settled: Settled[] = []
  readonly endedSessions: EndedSession[] = []
  readonly attested: Attested[] = []
  begunEpoch: Epoch | undefined = undefined
}
