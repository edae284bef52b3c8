/** `sessions`: who has a session with the cell, what it has, and who delays writes; and which ended of late, and why. */
import type { SessionFacts } from "../client/index.ts"
import type { Invocation } from "./arguments.ts"
import { asJson } from "./json.ts"
import { withReader } from "./reach.ts"
import { clientNameShown, processShown, secondsShown } from "./shown.ts"
import { aligned } from "./table.ts"
import type { Terminal } from "./terminal.ts"

export async function sessionsCommand(invocation: Invocation, terminal: Terminal): Promise<void> {
  const listed = await withReader(invocation, terminal, async (cell, signal) => await cell.listSessions({ signal }))
  if (invocation.options.has("json")) {
    terminal.print(asJson(listed))
    return
  }
  const { sessions, ended } = listed
  const titles = ["session", "client", "principal", "host", "process", "lease", "left"]
  const more = ["engaged", "cached", "watches", "delays writes"]
  const lines = [aligned([[...titles, ...more], ...sessions.map(rowOf)])]
  if (ended.length > 0) {
    const rows = ended.map(({ sessionId, clientName, reason }) => [
      ...[String(sessionId), clientNameShown(clientName), reason],
    ])
    lines.push("", aligned([["ended", "client", "why"], ...rows]))
  }
  terminal.print(`${lines.join("\n")}\n`)
}

function rowOf(session: SessionFacts): readonly string[] {
  const { sessionId, clientName, principal, host, processId, sessionLeaseMs, remainingMs } = session
  const { engagementCount, cachedKeyCount, subscriptionCount, delaysWritesForMs } = session
  return [
    ...[String(sessionId), clientNameShown(clientName), principal, host, processShown(processId)],
    ...[secondsShown(sessionLeaseMs), secondsShown(remainingMs)],
    ...[engagementCount, cachedKeyCount, subscriptionCount].map(String),
    delaysWritesForMs === 0 ? "" : `for ${delaysWritesForMs} ms`,
  ]
}
