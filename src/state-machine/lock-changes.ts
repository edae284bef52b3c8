/** What is told of locks: taken, free again, wanted by someone else (paper, 2.5). */
import type { SessionId } from "../base/brand.ts"
import { type Holder, type Lock } from "./lock.ts"
import type { Node } from "./node.ts"
import { type State, announce, pathOf } from "./state.ts"

export function announceAcquired(state: State, node: Node, { generation }: Lock, { sessionId, mode }: Holder): void {
  const clientName = nameOf(state, sessionId)
  const { instance } = node
  const path = pathOf(state, node)
  announce(state, node, {
    kind: "lockAcquired",
    path,
    instance,
    mode,
    lockGeneration: generation,
    sessionId,
    clientName,
  })
}

export function announceFreed(state: State, node: Node, lost: boolean): void {
  announce(state, node, { kind: "lockFreed", path: pathOf(state, node), instance: node.instance, lost })
}

/** Nobody is asked to give way to itself: a lock that only `asker` holds, by another handle, is not announced. */
export function announceRequested(state: State, node: Node, { holders }: Lock, asker: Holder): void {
  const { sessionId, mode } = asker
  const others = othersThan(sessionId, sessionsOf(holders))
  if (others.length === 0) return
  const clientName = nameOf(state, sessionId)
  const { instance } = node
  const path = pathOf(state, node)
  announce(state, node, { kind: "lockRequested", path, instance, mode, sessionId, clientName, holders: others })
}

/**
 * Requests for a lock with thousands of shared holders are kept by the thousand, to be told again after a fail-over: as
 * long as the holders stay the same, all of them share one list.
 */
const sessionsByHolders = new WeakMap<readonly Holder[], readonly SessionId[]>()

function sessionsOf(holders: readonly Holder[]): readonly SessionId[] {
  const known = sessionsByHolders.get(holders)
  if (known !== undefined) return known
  const sessions = [...new Set(holders.map(({ sessionId }) => sessionId))]
  sessionsByHolders.set(holders, sessions)
  return sessions
}

function othersThan(sessionId: SessionId, sessions: readonly SessionId[]): readonly SessionId[] {
  return sessions.includes(sessionId) ? sessions.filter((other) => other !== sessionId) : sessions
}

function nameOf(state: State, sessionId: number): string {
  return state.sessions.get(sessionId)?.clientName ?? ""
}
