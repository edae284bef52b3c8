/** `replica N`: what is asked for, checked; the replica itself is put together in `bin`. */
import { resolve } from "node:path"
import { textOption, UsageError, type Invocation } from "./arguments.ts"
import type { Services } from "./services.ts"
import type { Terminal } from "./terminal.ts"

export async function replicaCommand(invocation: Invocation, terminal: Terminal, services: Services): Promise<number> {
  const [typed = ""] = invocation.operands
  if (!/^[1-9]\d{0,2}$/.test(typed)) throw new UsageError(`"${typed}" is no number of a replica`, "replica")
  const directory = resolve(terminal.directory, textOption(invocation, "data") ?? "claviger-data")
  const isFounding = invocation.options.has("found")
  return await services.runReplica({ id: Number(typed), directory, isFounding })
}
