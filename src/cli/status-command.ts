/** `status`: the replicas in a table, and in words what is wrong and what to do about it. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { Invocation } from "./arguments.ts"
import { complaints, headline, tableOf } from "./cell-picture.ts"
import { clientTlsFor } from "./client-tls.ts"
import { exitCodes } from "./exit-codes.ts"
import { asJson } from "./json.ts"
import { addressesFor, patienceMsOf } from "./reach.ts"
import { discover, type Surveyed } from "./survey.ts"
import type { Terminal } from "./terminal.ts"

export async function statusCommand(invocation: Invocation, terminal: Terminal): Promise<number> {
  const addresses = addressesFor(invocation, terminal)
  const survey = await discover(addresses, patienceMsOf(invocation), clientTlsFor(invocation, terminal))
  try {
    const surveyed = await survey.take()
    terminal.print(invocation.options.has("json") ? asJson(surveyed.picture) : inWords(surveyed, terminal))
    return surveyed.picture.master === 0 ? exitCodes.unavailable : exitCodes.ok
  } finally {
    survey.close()
  }
}

function inWords(surveyed: Surveyed, terminal: Terminal): string {
  const { picture, silent } = surveyed
  const { cell, epoch, master } = picture
  const reign = master === 0 ? "no master" : `master: replica ${master}`
  const lines = [
    `cell ${cell}, epoch ${epoch}, ${reign}`,
    "",
    tableOf(picture),
    "",
    headline(picture),
    ...complaints(surveyed, (id) => `npx claviger replica ${id}`),
    ...(picture.replicas.some(({ id, role }) => role === "down" && !silent.has(id)) ? directoryHint(terminal) : []),
  ]
  return `${lines.join("\n")}\n`
}

/** Where the cell is kept is known only if this is the machine, and the directory, that it was started on. */
function directoryHint(terminal: Terminal): readonly string[] {
  const isKeptHere = existsSync(resolve(terminal.directory, "claviger-data", "cell.json"))
  return isKeptHere ? [] : ["(add --data DIR if the cell is not kept in ./claviger-data)"]
}
