/** The processes of a cell's replicas: started, heard once, watched for their end, and stopped together. */
import { spawn, type ChildProcess } from "node:child_process"
import { closeSync, openSync } from "node:fs"
import { join } from "node:path"
import { isFounded, makeDirectory, replicaDirectory, type CellFile } from "./cell-directory.ts"
import { exitCodes } from "./exit-codes.ts"
import { Failure } from "./failure.ts"
import { isReplicaNews } from "./replica-news.ts"

/** How a replica's process came to its end, for people. */
export type OnReplicaEnd = (id: number, how: string) => void

const stopWithinMs = 5_000

export class ReplicaProcesses {
  readonly #directory: string
  readonly #program: string
  readonly #onEnd: OnReplicaEnd
  readonly #children = new Map<number, ChildProcess>()
  #isStopping = false

  /** `program`: the file of this command. */
  constructor(directory: string, program: string, onEnd: OnReplicaEnd) {
    this.#directory = directory
    this.#program = program
    this.#onEnd = onEnd
  }

  /** Resolves when all have opened their doors; rejects with what the first one says that can't. */
  async start(file: CellFile): Promise<void> {
    await Promise.all(file.replicas.map(async ({ id }) => await this.#start(id)))
  }

  /** SIGTERM to all, and SIGKILL to those that have not ended in time. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const ends = [...this.#children.values()].map(async (child) => {
      await new Promise<void>((resolve) => child.once("exit", () => resolve()))
    })
    for (const child of this.#children.values()) child.kill("SIGTERM")
    const deadline = setTimeout(() => {
      for (const child of this.#children.values()) child.kill("SIGKILL")
    }, stopWithinMs)
    await Promise.all(ends)
    clearTimeout(deadline)
  }

  async #start(id: number): Promise<void> {
    const own = replicaDirectory(this.#directory, id)
    makeDirectory(own)
    const log = openSync(join(own, "replica.log"), "a")
    const founding = isFounded(this.#directory, id) ? [] : ["--found"]
    const words = [this.#program, "replica", String(id), "--data", this.#directory, ...founding]
    // A group of its own, or Ctrl-C would reach it before this process can stop all in good order. The channel tells it
    // when this process is gone, however that came about.
    const child = spawn(process.execPath, words, { stdio: ["ignore", log, log, "ipc"], detached: true })
    closeSync(log)
    this.#children.set(id, child)
    // A process that could not be made never exits.
    child.once("error", () => {
      if (child.pid === undefined) this.#children.delete(id)
    })
    child.once("exit", (code, signal) => {
      this.#children.delete(id)
      if (!this.#isStopping) this.#onEnd(id, signal ?? reasonOf(code, join(own, "replica.log")))
    })
    await started(id, child, join(own, "replica.log"))
  }
}

function reasonOf(code: number | null, log: string): string {
  switch (code) {
    case exitCodes.ok:
      return "it was told to stop"
    case exitCodes.disk:
      return `its disk has failed, see ${log}`
    default:
      return `exit code ${String(code)}, see ${log}`
  }
}

async function started(id: number, child: ChildProcess, log: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.on("message", (message) => {
      if (!isReplicaNews(message)) return
      if (message.kind === "started") resolve()
      else reject(new Failure(message.exitCode, `replica ${id} can't start: ${message.message}`))
    })
    child.once("error", (cause) => {
      reject(new Failure(exitCodes.setup, `replica ${id} can't be started: ${cause.message}`, { cause }))
    })
    child.once("exit", () => {
      reject(new Failure(exitCodes.setup, `replica ${id} has ended at once; its last words are in ${log}`))
    })
  })
}
