/**
 * The calls about locks (paper, 2.4). A lock is held by a handle. Acquire by path makes the file if it is missing and a
 * handle of its own, so two such calls of one session exclude each other. To lock, in either mode, takes the right to
 * write: whoever holds a lock keeps others out.
 */
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import type { NodeRef } from "../contract/requests.ts"
import { type CallResult, type Caller, sessionIdOf } from "./caller.ts"
import type { MutatingOperation } from "./commands.ts"
import { type HandleName, type Lock, type Waiter, isSameHandle } from "./lock.ts"
import { holderOf, isFreeFor, newLock, queue, waiterOf } from "./lock.ts"
import { announceRequested } from "./lock-changes.ts"
import { acquireAnswer, cancelled, endWaits, grant, isHold, leaveLock } from "./lock-passing.ts"
import { delayOf, partiesOf } from "./lock-reads.ts"
import type { Node } from "./node.ts"
import { createNode, plainFile, removeForsaken } from "./node-life.ts"
import type { StoredOutcome } from "./outcome-codec.ts"
import { findByHandle, findNode, findPlace, findPlaceFor } from "./resolve.ts"
import { type Session, engage, forestall, isOpen, refuseMoreEngagements } from "./session.ts"
import { type State, pathOf, refuseWithoutSession } from "./state.ts"

type Of<K extends MutatingOperation["kind"]> = Extract<MutatingOperation, { kind: K }>

export function acquire(state: State, caller: Caller, operation: Of<"acquire">): CallResult {
  if (caller.session === undefined) return refuseWithoutSession("acquire")
  const claim = prepareClaim(state, caller, caller.session, operation)
  if (claim.kind === "refused") return claim
  const { node, asker, isHeld } = claim
  if (isHeld) return acquireAnswer(state, node, asker)
  const lock = lockFor(state, caller.session, node)
  if (isFreeFor(lock, asker.mode)) {
    grant(state, node, [asker])
    return acquireAnswer(state, node, asker)
  }
  queue(lock, asker)
  announceRequested(state, node, lock, asker)
  const { sessionId, requestNumber, waitMs } = asker
  if (waitMs > 0) state.changes.begunWaits.push({ sessionId, requestNumber, waitMs })
  return { kind: "waits", node }
}

export function tryAcquire(state: State, caller: Caller, operation: Of<"tryAcquire">): StoredOutcome {
  if (caller.session === undefined) return refuseWithoutSession("tryAcquire")
  const claim = prepareClaim(state, caller, caller.session, { ...operation, waitMs: 0 })
  if (claim.kind === "refused") return claim
  const { node, asker, isHeld } = claim
  if (!isHeld) {
    if (node.lock !== undefined && !isFreeFor(node.lock, asker.mode)) {
      announceRequested(state, node, node.lock, asker)
      return refusedTry(state, node.lock)
    }
    lockFor(state, caller.session, node)
    grant(state, node, [asker])
  }
  return { ...acquireAnswer(state, node, asker), kind: "tryAcquire", acquired: true }
}

/** Not a refusal: to learn who holds the lock is what many try it for. */
function refusedTry(state: State, lock: Lock): StoredOutcome {
  const holders = partiesOf(state, lock.holders.slice(0, limits.holdersToldMax))
  return { kind: "tryAcquire", acquired: false, holders, waiterCount: lock.waiters.length, delay: delayOf(lock) }
}

/** For a session that is about to hold it or to wait for it. */
function lockFor(state: State, session: Session, node: Node): Lock {
  engage(session, node)
  state.changes.nodes.add(node)
  return (node.lock ??= newLock())
}

/** Everything about a claim that Acquire and TryAcquire settle in the same way. */
interface Claim {
  readonly kind: "claim"
  readonly node: Node
  /** As it will hold the lock, or wait for it. */
  readonly asker: Waiter
  /** This handle holds the lock already, in the mode it asks for. */
  readonly isHeld: boolean
}

type ClaimOperation = Omit<Of<"acquire">, "kind">

function prepareClaim(state: State, caller: Caller, session: Session, operation: ClaimOperation): Claim | Refusal {
  const { mode, lockDelayMs, waitMs } = operation
  const target = findTarget(state, caller, session, operation.node)
  if (target.kind === "refused") return target
  const { node, handle } = target
  const { lock } = node
  const asker: Waiter = {
    ...handle,
    mode,
    lockDelayMs,
    since: state.slotAtHand,
    requestNumber: caller.requestNumber,
    waitMs,
  }
  const heldMode = lock === undefined ? undefined : holderOf(lock, handle)?.mode
  if (heldMode === mode) return { kind: "claim", node, asker, isHeld: true }
  if (heldMode !== undefined) {
    return refuse("HANDLE_BUSY", `This handle holds the lock of ${pathOf(state, node)}, but in ${heldMode} mode.`)
  }
  const waiting = lock === undefined ? undefined : waiterOf(lock, handle)
  if (waiting !== undefined) {
    const sentence = `This handle waits for the lock of ${pathOf(state, node)} already (request ${waiting.requestNumber}).`
    return refuse("HANDLE_BUSY", sentence)
  }
  const refusal = refuseMoreEngagements(session) ?? refuseCrowd(state, node)
  return refusal ?? { kind: "claim", node, asker, isHeld: false }
}

function refuseCrowd(state: State, node: Node): Refusal | undefined {
  const { holders = [], waiters = [] } = node.lock ?? {}
  if (holders.length + waiters.length < limits.lockQueueMax) return undefined
  return refuse(
    "QUOTA_EXCEEDED",
    `${limits.lockQueueMax} holders and waiters crowd the lock of ${pathOf(state, node)}.`,
  )
}

interface Target {
  readonly kind: "target"
  readonly node: Node
  readonly handle: HandleName
}

function findTarget(state: State, caller: Caller, session: Session, reference: NodeRef): Target | Refusal {
  const { sessionId } = session
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, "write", sessionId)
    if (found.kind === "refused") return found
    return { kind: "target", node: found.node, handle: { sessionId, handleId: found.handle.handleId } }
  }
  const node = findOrCreate(state, caller, session, reference.path)
  if (node.kind === "refused") return node
  return { kind: "target", node, handle: { sessionId, handleId: caller.requestNumber } }
}

function findOrCreate(state: State, caller: Caller, session: Session, path: string): Node | Refusal {
  const place = findPlaceFor(state, path, "write", caller)
  switch (place.kind) {
    case "refused":
      return place
    case "node":
      return place.node
    case "vacant":
      // Asked before the file is made, so that a refused call leaves nothing behind.
      return refuseMoreEngagements(session) ?? createNode(state, caller, place, plainFile)
  }
}

export function cancelAcquire(state: State, caller: Caller, { requestNumber }: Of<"cancelAcquire">): StoredOutcome {
  const { session } = caller
  if (session === undefined) return refuseWithoutSession("cancelAcquire")
  if (requestNumber < 1 || requestNumber >= caller.requestNumber) {
    return refuse("INVALID_ARGUMENT", `Request ${requestNumber} did not come before request ${caller.requestNumber}.`)
  }
  const result = session.results.get(requestNumber)
  if (result?.awaited !== undefined) {
    endWaits(state, session, result.awaited, (waiting) => waiting === requestNumber, cancelled)
    return { kind: "cancelAcquire", cancelled: true }
  }
  const comesLater = result === undefined && isOpen(session, requestNumber)
  if (!comesLater) return { kind: "cancelAcquire", cancelled: false }
  // The Acquire has been overtaken on its way. It must find itself cancelled, or it would wait with nobody listening.
  state.changes.results.add(forestall(session, requestNumber, cancelled))
  return { kind: "cancelAcquire", cancelled: true }
}

export function release(state: State, caller: Caller, { node: reference }: Of<"release">): StoredOutcome {
  if (caller.session === undefined) return refuseWithoutSession("release")
  const sessionId = sessionIdOf(caller)
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, "write", sessionId)
    if (found.kind === "refused") return found
    return releaseHolds(state, found.node, (holder) => isSameHandle(holder, found.handle))
  }
  const isOwn = (holder: HandleName): boolean => holder.sessionId === sessionId
  const place = findPlace(state, reference.path)
  // What is held can be given back, whatever has become of the node's ACL since; of other nodes nothing is told.
  if (place.kind === "node" && place.node.lock?.holders.some(isOwn) === true) {
    return releaseHolds(state, place.node, isOwn)
  }
  const node = findNode(state, reference, "write", caller)
  return node.kind === "refused" ? node : { kind: "release", released: false }
}

function releaseHolds(state: State, node: Node, isMeant: (holder: HandleName) => boolean): StoredOutcome {
  const count = leaveLock(state, node, (party) => isHold(party) && isMeant(party), cancelled)
  removeForsaken(state, node)
  return { kind: "release", released: count > 0 }
}
