/**
 * What can be asked about locks: who holds and who waits, why a lock that nobody holds is not free, and what a sequencer
 * says and whether it is still true (paper, 2.4). How long something has lasted only the master can tell: here it is zero.
 */
import { present } from "../base/assert.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { LockDelay, LockParty, NodeRef, Outcome } from "../contract/requests.ts"
import type { SequencerClaims } from "../contract/sequencer.ts"
import { type Caller, sessionIdOf } from "./caller.ts"
import { type Holder, type Lock, isSameHandle } from "./lock.ts"
import type { Node } from "./node.ts"
import { findByHandle, findNode, findPlace } from "./resolve.ts"
import { type State, pathOf, refuseWithoutSession } from "./state.ts"

export function getLock(state: State, { lock }: Node): Outcome {
  if (lock === undefined) return { kind: "getLock", lockGeneration: 0, holders: [], waiters: [], delay: undefined }
  return {
    kind: "getLock",
    lockGeneration: lock.generation,
    holders: partiesOf(state, lock.holders),
    waiters: partiesOf(state, lock.waiters),
    delay: delayOf(lock),
  }
}

/** Holders or waiters as introspection tells of them, the longest-standing first. */
export function partiesOf(state: State, parties: readonly Holder[]): readonly LockParty[] {
  return parties.map(({ sessionId, mode, since }) => {
    const session = present(state.sessions.get(sessionId), "who has a part in a lock has a session")
    const { clientName, principal, host, processId } = session
    return { sessionId, clientName, principal, host, processId, mode, since, forMs: 0 }
  })
}

export function delayOf({ delay }: Lock): LockDelay | undefined {
  if (delay === undefined) return undefined
  const { lockDelayMs, sessionId, clientName, reason } = delay
  return { lockDelayMs, remainingMs: 0, sessionId, clientName, reason }
}

export function getSequencer(state: State, caller: Caller, reference: NodeRef): Outcome {
  if (caller.session === undefined) return refuseWithoutSession("getSequencer")
  const held = findHold(state, caller, reference)
  if (held.kind === "refused") return held
  const { node, holder, lock } = held
  const { mode } = holder
  const claims = { cell: state.cellName, path: pathOf(state, node), instance: node.instance, mode }
  return { kind: "getSequencer", claims: { ...claims, lockGeneration: lock.generation } }
}

interface Hold {
  readonly kind: "hold"
  readonly node: Node
  readonly lock: Lock
  readonly holder: Holder
}

/** A hold of the caller's. Whoever has one may ask about it, whatever has become of the node's ACL since. */
function findHold(state: State, caller: Caller, reference: NodeRef): Hold | Refusal {
  const sessionId = sessionIdOf(caller)
  if (reference.kind === "handle") {
    const found = findByHandle(state, reference.handle, "write", sessionId)
    if (found.kind === "refused") return found
    return holdOf(found.node, (holder) => isSameHandle(holder, found.handle)) ?? refuseUnheld(state, found.node)
  }
  const place = findPlace(state, reference.path)
  const hold = place.kind === "node" ? holdOf(place.node, (holder) => holder.sessionId === sessionId) : undefined
  if (hold !== undefined) return hold
  const node = findNode(state, reference, "write", caller)
  return node.kind === "refused" ? node : refuseUnheld(state, node)
}

function holdOf(node: Node, isMeant: (holder: Holder) => boolean): Hold | undefined {
  const holder = node.lock?.holders.find(isMeant)
  return node.lock === undefined || holder === undefined ? undefined : { kind: "hold", node, lock: node.lock, holder }
}

function refuseUnheld(state: State, node: Node): Refusal {
  return refuse("LOCK_NOT_HELD", `The caller does not hold the lock of ${pathOf(state, node)}.`)
}

export function checkSequencer(state: State, claims: SequencerClaims): Outcome {
  const reason = whyStale(state, claims)
  return { kind: "checkSequencer", valid: reason === "", reason }
}

/** For a call that is to be carried out only as long as this lock is held. */
export function refuseStale(state: State, claims: SequencerClaims | undefined): Refusal | undefined {
  const reason = claims === undefined ? "" : whyStale(state, claims)
  return reason === "" ? undefined : refuse("SEQUENCER_STALE", reason)
}

/** Empty: it isn't. Needs no right on the node: who shows a sequencer of it knows as much already. */
export function whyStale(state: State, claims: SequencerClaims): string {
  if (claims.cell !== state.cellName) return `It is a sequencer of the cell ${claims.cell}.`
  const place = findPlace(state, claims.path)
  if (place.kind === "refused") return place.detail
  if (place.kind === "vacant") return `${claims.path} was deleted.`
  const { node } = place
  if (node.instance !== claims.instance) return `${claims.path} was deleted and created again.`
  const { generation = 0, holders = [] } = node.lock ?? {}
  if (generation !== claims.lockGeneration) {
    return `The lock is at generation ${generation}, the sequencer at ${claims.lockGeneration}.`
  }
  if (holders.some((holder) => holder.mode === claims.mode)) return ""
  return `Nobody holds the lock in ${claims.mode} mode.`
}
