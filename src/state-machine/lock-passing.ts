/**
 * How a lock passes from hand to hand. Every way out of a lock or its queue leads through `leaveLock`, which grants the
 * lock on in the same slot: no lock is ever free while someone waits, and a hand-over costs no round of its own.
 */
import { present } from "../base/assert.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { Answer } from "../contract/requests.ts"
import { type HandleName, type Holder, hold, removeHolders, removeWaiters, takeNext } from "./lock.ts"
import { announceAcquired, announceFreed } from "./lock-changes.ts"
import { type Loss, beginDelay } from "./lock-delay.ts"
import type { Node } from "./node.ts"
import { type Session, disengage } from "./session.ts"
import { type State, giveHandle, settle, statOf } from "./state.ts"

type AcquireAnswer = Extract<Answer, { kind: "acquire" }>

/** A holder, or a waiter: that one has the number of its Acquire. */
export type Party = Holder & { readonly requestNumber?: number }

export function isHold({ requestNumber }: Party): boolean {
  return requestNumber === undefined
}

/**
 * The holds and waits that `leaves` names end; waits with `refusal`. How many holds there were. With a loss, what was
 * held was not given up.
 */
export function leaveLock(
  state: State,
  node: Node,
  leaves: (party: Party) => boolean,
  refusal: Refusal,
  loss?: Loss,
): number {
  const { lock } = node
  if (lock === undefined) return 0
  const goneHolders = removeHolders(lock, leaves)
  const goneWaiters = removeWaiters(lock, leaves)
  if (goneHolders.length + goneWaiters.length === 0) return 0
  state.changes.nodes.add(node)
  for (const { sessionId, requestNumber } of goneWaiters) settle(state, sessionId, requestNumber, refusal)
  for (const { sessionId } of [...goneHolders, ...goneWaiters]) {
    const session = state.sessions.get(sessionId)
    if (session !== undefined) disengage(session, node)
  }
  if (loss !== undefined) beginDelay(state, node, goneHolders, loss)
  grantOn(state, node)
  if (goneHolders.length > 0 && lock.holders.length === 0) announceFreed(state, node, loss !== undefined)
  return goneHolders.length
}

/** Ends waits of the session for the lock of `node`: those of the requests that `isMeant` names. */
export function endWaits(
  state: State,
  { sessionId }: Session,
  node: Node,
  isMeant: (requestNumber: number) => boolean,
  refusal: Refusal,
): void {
  const leaves = (party: Party): boolean =>
    party.sessionId === sessionId && party.requestNumber !== undefined && isMeant(party.requestNumber)
  leaveLock(state, node, leaves, refusal)
}

/** Lets in whoever stands at the head of the queue and can be let in. */
export function grantOn(state: State, node: Node): void {
  const { lock } = node
  if (lock === undefined) return
  const next = takeNext(lock)
  if (next.length === 0) return
  grant(state, node, next)
  for (const waiter of next) {
    settle(state, waiter.sessionId, waiter.requestNumber, acquireAnswer(state, node, waiter))
  }
}

/** To newcomers whom the lock admits. */
export function grant(state: State, node: Node, newcomers: readonly Holder[]): void {
  const lock = present(node.lock, "only a node with a lock has holders")
  for (const holder of hold(lock, newcomers, state.slotAtHand)) announceAcquired(state, node, lock, holder)
  state.changes.nodes.add(node)
}

/** What a holder is told. It gets a handle even if it came with one, so that all answers look alike. */
export function acquireAnswer(state: State, node: Node, { sessionId, handleId }: HandleName): AcquireAnswer {
  const { generation } = present(node.lock, "only a node with a lock has holders")
  const handle = giveHandle(state, { instance: node.instance, mode: "write", sessionId, handleId })
  return { kind: "acquire", handle, lockGeneration: generation, stat: statOf(state, node) }
}

export const cancelled: Refusal = refuse("CANCELLED", "The Acquire was taken back by its session.")
