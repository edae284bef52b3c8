/**
 * What the master's timers do to locks, by way of the log: a lock-delay is over, an Acquire has waited long enough. Void
 * under any later master: that one has begun to count again, and its clock is the only one that knows.
 */
import { refuse } from "../contract/errors.ts"
import type { TimedWait } from "./changes.ts"
import type { Command } from "./commands.ts"
import { liftDelay } from "./lock-delay.ts"
import { endWaits, grantOn } from "./lock-passing.ts"
import type { Node } from "./node.ts"
import { removeForsaken } from "./node-life.ts"
import { type State, pathOf } from "./state.ts"

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>

export function endLockDelay(state: State, { instance, since, epoch }: Of<"endLockDelay">): undefined {
  const node = state.namespace.byInstance(instance)
  if (epoch !== state.epoch || node?.lock?.delay?.since !== since) return
  liftDelay(state, node, node.lock)
  grantOn(state, node)
  removeForsaken(state, node)
}

export function endWait(state: State, { sessionId, requestNumber, epoch }: Of<"endWait">): undefined {
  if (epoch !== state.epoch) return
  const session = state.sessions.get(sessionId)
  const awaited = session?.results.get(requestNumber)?.awaited
  if (session === undefined || awaited === undefined) return
  const sentence = `The lock of ${pathOf(state, awaited)} did not come free in time; the Acquire waits no longer.`
  endWaits(state, session, awaited, (waiting) => waiting === requestNumber, refuse("DEADLINE_EXCEEDED", sentence))
}

/** Every wait that asked to last no longer than some time. */
export function* timedWaits(state: State): Generator<TimedWait> {
  const awaited = new Set<Node>()
  for (const session of state.sessions.all()) {
    for (const node of session.engagements.keys()) if (node.lock !== undefined) awaited.add(node)
  }
  for (const { lock } of awaited) {
    for (const { sessionId, requestNumber, waitMs } of lock?.waiters ?? []) {
      if (waitMs > 0) yield { sessionId, requestNumber, waitMs }
    }
  }
}
