/** Starts the cell under fuzz in a process of its own: what it costs can be measured, and it can crash. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { CellUnderFuzz, Look } from "./cell-under-fuzz.ts"

const program = fileURLToPath(new URL("cell-process.ts", import.meta.url))

export async function startCellProcess(): Promise<CellUnderFuzz> {
  const child = fork(program, {
    execArgv: ["--expose-gc", "--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  const [addresses] = (await once(child, "message")) as [Pick<CellUnderFuzz, "grpc" | "http">]
  return {
    ...addresses,
    look: () => lookAt(child),
    stop: async () => {
      if (!child.connected) return
      const ended = once(child, "exit")
      child.send("stop")
      await ended
    },
  }
}

function lookAt(child: ChildProcess): Promise<Look | undefined> {
  if (!child.connected) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const gone = (): void => resolve(undefined)
    child.once("disconnect", gone)
    child.once("message", (look) => {
      child.off("disconnect", gone)
      resolve(look as Look)
    })
    child.send("look")
  })
}
