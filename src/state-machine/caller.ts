/** Who makes a call, and what can come of it. */
import type { SessionId } from "../base/brand.ts"
import type { Node } from "./node.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import type { Session } from "./session.ts"

export interface Caller {
  /** Undefined: a call outside any session. */
  readonly session: Session | undefined
  /** Zero outside a session. */
  readonly requestNumber: number
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
