/**
 * The calls about locks (paper, 2.4). A lock is held by a handle. Acquire by path makes the file if it is missing and a
 * handle of its own, so two such calls of one session exclude each other.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { LockMode } from "../contract/lock-mode.ts"
import type { LockParty, NodeRef } from "../contract/requests.ts"
import { noBytes } from "../base/bytes.ts"
import type { CallResult, Caller } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import { type HandleName, type Lock, type Waiter, isSameHandle } from "./lock.ts"
import { hold, holderOf, isFreeFor, newLock, queue, waiterOf } from "./lock.ts"
import { type Party, acquireAnswer, cancelled, leaveLock } from "./lock-passing.ts"
import type { Node } from "./node.ts"
import { createNode } from "./node-life.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { findByHandle, findNode, findPlace } from "./resolve.ts"
import { type Session, engage, forestall } from "./session.ts"
import { type State, pathOf, refuseWithoutSession } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>

export function acquire(state: State, caller: Caller, operation: Of<"acquire">): CallResult {
  const { session, requestNumber } = caller
  if (session === undefined) return refuseWithoutSession("acquire")
  const claim = prepareClaim(state, session, requestNumber, operation.node, operation.mode)
  if (claim.kind === "refused") return claim
  const { node, lock, waiter, isHeld } = claim
  if (isHeld) return acquireAnswer(state, node, waiter)
  state.changes.nodes.add(node)
  engage(session, node)
  if (isFreeFor(lock, waiter.mode)) {
    hold(lock, [waiter])
    return acquireAnswer(state, node, waiter)
  }
  queue(lock, waiter)
  return { kind: "waits", node }
}

export function tryAcquire(state: State, caller: Caller, operation: Of<"tryAcquire">): StoredOutcome {
  const { session, requestNumber } = caller
  if (session === undefined) return refuseWithoutSession("tryAcquire")
  const claim = prepareClaim(state, session, requestNumber, operation.node, operation.mode)
  if (claim.kind === "refused") return claim
  const { node, lock, waiter, isHeld } = claim
  if (!isHeld) {
    if (!isFreeFor(lock, waiter.mode)) {
      return { kind: "tryAcquire", acquired: false, holders: holdersOf(state, lock).slice(0, limits.holdersToldMax) }
    }
    state.changes.nodes.add(node)
    engage(session, node)
    hold(lock, [waiter])
  }
  return { ...acquireAnswer(state, node, waiter), kind: "tryAcquire", acquired: true }
}

/** Everything about a claim that Acquire and TryAcquire settle in the same way. */
interface Claim {
  readonly kind: "claim"
  readonly node: Node
  readonly lock: Lock
  readonly waiter: Waiter
  /** This handle holds the lock already, in the mode it asks for. */
  readonly isHeld: boolean
}

function prepareClaim(
  state: State,
  session: Session,
  requestNumber: number,
  reference: NodeRef,
  mode: LockMode,
): Claim | Refusal {
  const target = findTarget(state, session, requestNumber, reference)
  if (target.kind === "refused") return target
  const { node, handle } = target
  const lock = (node.lock ??= newLock())
  const waiter: Waiter = { ...handle, mode, requestNumber }
  const heldMode = holderOf(lock, handle)?.mode
  if (heldMode === mode) return { kind: "claim", node, lock, waiter, isHeld: true }
  if (heldMode !== undefined) {
    return refuse("HANDLE_BUSY", `This handle holds the lock of ${pathOf(state, node)}, but in ${heldMode} mode.`)
  }
  const waiting = waiterOf(lock, handle)
  if (waiting !== undefined) {
    const sentence = `This handle waits for the lock of ${pathOf(state, node)} already (request ${waiting.requestNumber}).`
    return refuse("HANDLE_BUSY", sentence)
  }
  if (lock.holders.length + lock.waiters.length >= limits.lockQueueMax) {
    return refuse(
      "QUOTA_EXCEEDED",
      `${limits.lockQueueMax} holders and waiters crowd the lock of ${pathOf(state, node)}.`,
    )
  }
  return { kind: "claim", node, lock, waiter, isHeld: false }
}

interface Target {
  readonly kind: "target"
  readonly node: Node
  readonly handle: HandleName
}

function findTarget(state: State, session: Session, requestNumber: number, reference: NodeRef): Target | Refusal {
  const { sessionId } = session
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, "write", sessionId)
    if (found.kind === "refused") return found
    return { kind: "target", node: found.node, handle: { sessionId, handleId: found.handle.handleId } }
  }
  const place = findPlace(state, reference.path)
  if (place.kind === "refused") return place
  const plan = { nodeKind: "file", ephemeral: false, contents: noBytes } as const
  const node = place.kind === "node" ? place.node : createNode(state, place, plan)
  if (node.kind === "refused") return node
  return { kind: "target", node, handle: { sessionId, handleId: requestNumber } }
}

export function cancelAcquire(state: State, caller: Caller, { requestNumber }: Of<"cancelAcquire">): StoredOutcome {
  const { session } = caller
  if (session === undefined) return refuseWithoutSession("cancelAcquire")
  if (requestNumber < 1 || requestNumber >= caller.requestNumber) {
    return refuse("INVALID_ARGUMENT", `Request ${requestNumber} did not come before request ${caller.requestNumber}.`)
  }
  const result = session.results.get(requestNumber)
  if (result?.awaited !== undefined) {
    takeBack(state, session, result.awaited, (waiting) => waiting === requestNumber)
    return { kind: "cancelAcquire", cancelled: true }
  }
  const comesLater = result === undefined && requestNumber > session.answeredThrough
  if (!comesLater) return { kind: "cancelAcquire", cancelled: false }
  // The Acquire has been overtaken on its way. It must find itself cancelled, or it would wait with nobody listening.
  state.changes.results.add(forestall(session, requestNumber, cancelled))
  return { kind: "cancelAcquire", cancelled: true }
}

/** Ends waits of the session for the lock of `node`: those of the requests that `isMeant` names. */
export function takeBack(
  state: State,
  { sessionId }: Session,
  node: Node,
  isMeant: (requestNumber: number) => boolean,
): void {
  const leaves = (party: Party): boolean =>
    party.sessionId === sessionId && party.requestNumber !== undefined && isMeant(party.requestNumber)
  leaveLock(state, node, leaves, cancelled)
}

export function release(state: State, caller: Caller, { node: reference }: Of<"release">): StoredOutcome {
  const { session } = caller
  if (session === undefined) return refuseWithoutSession("release")
  const { sessionId } = session
  if (reference.kind === "path") {
    const node = findNode(state, reference, "write", sessionId)
    if (node.kind === "refused") return node
    return { kind: "release", released: releaseHolds(state, node, (holder) => holder.sessionId === sessionId) }
  }
  const found = findByHandle(state, reference.handle, "write", sessionId)
  if (found.kind === "refused") return found
  return { kind: "release", released: releaseHolds(state, found.node, (holder) => isSameHandle(holder, found.handle)) }
}

function releaseHolds(state: State, node: Node, whose: (holder: HandleName) => boolean): boolean {
  return leaveLock(state, node, (party) => party.requestNumber === undefined && whose(party), cancelled) > 0
}

/** The holders as introspection tells of them, the longest-standing first. */
export function holdersOf(state: State, lock: Lock): readonly LockParty[] {
  return lock.holders.map((holder) => partyOf(state, holder))
}

export function waitersOf(state: State, lock: Lock): readonly LockParty[] {
  return lock.waiters.map((waiter) => partyOf(state, waiter))
}

function partyOf(state: State, { sessionId, mode }: HandleName & { readonly mode: LockMode }): LockParty {
  return { sessionId, clientName: state.sessions.get(sessionId)?.clientName ?? "", mode }
}
