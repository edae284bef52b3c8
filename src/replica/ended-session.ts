/** What is said to whoever comes back to a session that is gone. */
import type { SessionId } from "../base/brand.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import type { StateMachine } from "../state-machine/state-machine.ts"

export function refuseUnknownSession(machine: StateMachine, sessionId: SessionId): Refusal {
  const ended = machine.endedSession(sessionId)
  if (ended === undefined) return refuse("SESSION_EXPIRED", `There is no session ${sessionId}.`)
  return refuse("SESSION_EXPIRED", `Session ${sessionId} has ended: ${ended.reason}.`)
}
