/** Who makes a call, and what can come of it. */
import type { SessionId } from "../base/brand.ts"
import type { SequencerClaims } from "../contract/sequencer.ts"
import type { Node } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import type { Session } from "./session.ts"

export interface Caller {
  /** Undefined: a call outside any session. */
  readonly session: Session | undefined
  /** Zero outside a session. */
  readonly requestNumber: number
  /** Whom the door took the caller for; within a session, always the session's. */
  readonly principal: string
}

/** The facts of a request that matter to a read, beside the operation. */
export interface ReadCaller {
  readonly sessionId: SessionId
  readonly requestNumber: number
  readonly principal: string
  readonly underSequencer: SequencerClaims | undefined
}

export function sessionIdOf(caller: Caller): SessionId {
  return caller.session?.sessionId ?? 0
}

/** An Acquire that has joined the queue for this node's lock: its answer comes in a later command. */
interface Waits {
  readonly kind: "waits"
  readonly node: Node
}

export type CallResult = StoredOutcome | Waits
