/**
 * How a lock passes from hand to hand. Every way out of a lock or its queue leads through `leaveLock`, which grants the
 * lock on in the same slot: no lock is ever free while someone waits, and a hand-over costs no round of its own.
 */
import { present } from "../base/assert.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { mintHandle } from "../contract/handle.ts"
import type { Answer } from "../contract/requests.ts"
import { type Holder, grantNext, removeHolders, removeWaiters } from "./lock.ts"
import type { Node } from "./node.ts"
import { disengage } from "./session.ts"
import { type State, settle, statOf } from "./state.ts"

type AcquireAnswer = Extract<Answer, { kind: "acquire" }>

/** A holder, or a waiter: that one has the number of its Acquire. */
export type Party = Holder & { readonly requestNumber?: number }

/** The holds and waits that `leaves` names end; waits with `refusal`. How many holds there were. */
export function leaveLock(state: State, node: Node, leaves: (party: Party) => boolean, refusal: Refusal): number {
  const { lock } = node
  if (lock === undefined) return 0
  const goneHolders = removeHolders(lock, leaves)
  const goneWaiters = removeWaiters(lock, leaves)
  for (const { sessionId, requestNumber } of goneWaiters) settle(state, sessionId, requestNumber, refusal)
  for (const { sessionId } of [...goneHolders, ...goneWaiters]) {
    const session = state.sessions.get(sessionId)
    if (session !== undefined) disengage(session, node)
  }
  if (goneHolders.length + goneWaiters.length > 0) state.changes.nodes.add(node)
  grantOn(state, node)
  return goneHolders.length
}

function grantOn(state: State, node: Node): void {
  if (node.lock === undefined) return
  for (const waiter of grantNext(node.lock)) {
    settle(state, waiter.sessionId, waiter.requestNumber, acquireAnswer(state, node, waiter))
  }
}

/** What a holder is told. It gets a handle even if it came with one, so that all answers look alike. */
export function acquireAnswer(state: State, node: Node, { sessionId, handleId }: Holder): AcquireAnswer {
  const { handleKey } = present(state.secrets, "a cell without secrets has no locks")
  const { generation } = present(node.lock, "only a node with a lock has holders")
  const handle = mintHandle({ instance: node.instance, mode: "write", sessionId, handleId }, handleKey)
  return { kind: "acquire", handle, lockGeneration: generation, stat: statOf(state, node) }
}

export const cancelled: Refusal = refuse("CANCELLED", "The Acquire was taken back by its session.")
