/** `watch PATH`: a line for every change, until the user has seen enough. */
import { constants } from "node:os"
import type { LockMode, NodeChange, Session, WatchEvent } from "../client/index.ts"
import { UsageError, type Invocation } from "./arguments.ts"
import { exitCodeOfSignal } from "./exit-codes.ts"
import { asJson } from "./json.ts"
import { withSession } from "./reach.ts"
import { clientNameShown } from "./shown.ts"
import type { Terminal } from "./terminal.ts"

export async function watchCommand(invocation: Invocation, terminal: Terminal): Promise<number> {
  if (invocation.options.has("children") && invocation.options.has("recursive")) {
    throw new UsageError("watch takes either --children or --recursive", invocation.command)
  }
  return await withSession(invocation, terminal, async (session) => await printChanges(session, invocation, terminal))
}

async function printChanges(session: Session, invocation: Invocation, terminal: Terminal): Promise<number> {
  const { operands, options } = invocation
  const [path = ""] = operands
  const scope = options.has("recursive") ? "subtree" : options.has("children") ? "children" : "node"
  const watch = session.watch(path, { scope })
  let exitCode = 0
  const stopListening = terminal.onSignals(["SIGINT", "SIGTERM", "SIGHUP"], (signal) => {
    exitCode = exitCodeOfSignal(constants.signals[signal])
    void watch.return()
  })
  try {
    for await (const event of watch) terminal.print(options.has("json") ? asJson(event) : `${inWords(event)}\n`)
    return exitCode
  } finally {
    stopListening()
  }
}

function inWords(event: WatchEvent): string {
  if (event.kind === "resync") return `${event.through} resync: changes may have been missed, look again`
  return `${event.index} ${changeInWords(event.change)}`
}

function changeInWords(change: NodeChange): string {
  switch (change.kind) {
    case "nodeCreated":
      return `created ${change.path}`
    case "nodeDeleted":
      return `deleted ${change.path}`
    case "contentsChanged":
      return `changed ${change.path} to content generation ${change.contentGeneration}`
    case "aclChanged":
      return `access changed ${change.path}`
    case "lockAcquired":
      return `locked ${change.path} by ${partyIn(change)}, lock generation ${change.lockGeneration}`
    case "lockFreed":
      return `freed ${change.path}${change.lost ? ", because its holder was lost" : ""}`
    case "lockRequested":
      return `wanted ${change.path} by ${partyIn(change)}`
  }
}

function partyIn({ clientName, mode }: { readonly clientName: string; readonly mode: LockMode }): string {
  return `${clientNameShown(clientName)}, ${mode}`
}
