/** Puts the command together: the process as a terminal, and the floors that the commands themselves don't see. */
import { fileURLToPath } from "node:url"
import { runClaviger } from "../cli/main.ts"
import type { Services } from "../cli/services.ts"
import { realTerminal } from "./real-terminal.ts"
import { version } from "../server/version.ts"

const services: Services = {
  version,
  program: fileURLToPath(new URL("./claviger.js", import.meta.url)),
  loadLaunching: async () => (await import("./launching.ts")).launching,
  runReplica: async (replica) => await (await import("./run-replica.ts")).runReplica(replica),
}

export async function run(words: readonly string[]): Promise<number> {
  return await runClaviger(words, realTerminal, services)
}
