/** `who PATH`: the holders of a lock, its queue, and what else keeps it from being free. */
import type { LockParty, LockState } from "../client/index.ts"
import type { Invocation } from "./arguments.ts"
import { asJson } from "./json.ts"
import { withReader } from "./reach.ts"
import { clientNameShown, processShown, secondsShown } from "./shown.ts"
import { aligned } from "./table.ts"
import type { Terminal } from "./terminal.ts"

export async function whoCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const [path = ""] = invocation.operands
  const state = await withReader(invocation, terminal, async (cell, signal) => await cell.getLock(path, { signal }))
  terminal.print(invocation.options.has("json") ? asJson(state) : `${inWords(state).join("\n")}\n`)
}

function inWords({ lockGeneration, holders, waiters, delay }: LockState): readonly string[] {
  const parties = [...holders.map(rowOf("holds")), ...waiters.map(rowOf("waits"))]
  const titles = ["", "mode", "client", "principal", "host", "process", "session", "since", "for"]
  const barred =
    delay === undefined
      ? []
      : [
          `barred for at most ${secondsShown(delay.remainingMs)} more by the lock-delay of ${clientNameShown(delay.clientName)}, ` +
            `which was lost: ${delay.reason}`,
        ]
  const isFree = holders.length === 0 && delay === undefined
  return [
    `lock generation ${lockGeneration}${isFree ? ", free" : ""}`,
    ...barred,
    ...(parties.length === 0 ? [] : [aligned([titles, ...parties])]),
  ]
}

function rowOf(what: string): (party: LockParty) => readonly string[] {
  return ({ mode, clientName, principal, host, processId, sessionId, since, forMs }) => [
    ...[what, mode, clientNameShown(clientName), principal, host, processShown(processId)],
    ...[String(sessionId), String(since), secondsShown(forMs)],
  ]
}
