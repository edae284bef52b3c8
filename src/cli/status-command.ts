/** `status`: the replicas in a table, and in words what is wrong and what to do about it. */
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import type { CellStatus } from "../contract/cell-status.ts"
import type { Invocation } from "./arguments.ts"
import { complaints, headline, tableOf } from "./cell-picture.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { asJson } from "./json.ts"
import { addressesFor } from "./reach.ts"
import { discover } from "./survey.ts"
import type { Terminal } from "./terminal.ts"

export async function statusCommand(invocation: Invocation, terminal: Terminal): Promise<number> {
  const addresses = addressesFor(invocation, terminal)
  const survey = await discover(addresses)
  if (survey === undefined) {
    throw new Failure(
      exitCodes.unavailable,
      `no replica answers at ${addresses.join(", ")}. Start a cell with: claviger cell; or name one with --cell`,
    )
  }
  try {
    const picture = await survey.take()
    terminal.print(invocation.options.has("json") ? asJson(picture) : inWords(picture, terminal))
    return picture.master === 0 ? exitCodes.unavailable : exitCodes.ok
  } finally {
    survey.close()
  }
}

function inWords(picture: CellStatus, terminal: Terminal): string {
  const { cell, epoch, master } = picture
  const reign = master === 0 ? "no master" : `master: replica ${master}`
  const lines = [
    `cell ${cell}, epoch ${epoch}, ${reign}`,
    "",
    tableOf(picture),
    "",
    headline(picture),
    ...complaints(picture, (id) => `npx claviger replica ${id}${directoryOption(terminal)}`),
  ]
  return `${lines.join("\n")}\n`
}

/** Where the cell is kept is known only if this is the machine, and the directory, that it was started on. */
function directoryOption(terminal: Terminal): string {
  return existsSync(resolve(terminal.directory, "claviger-data", "cell.json")) ? "" : " --data DIR"
}
