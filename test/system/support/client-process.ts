/**
 * A client in a process of its own: something that can be stopped with SIGSTOP, blocked, and killed with -9, as a client
 * inside the tests' process can't. `await using` ends it, with what it has at the cell.
 */
import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { deferred, type Deferred } from "../../../src/base/deferred.ts"
import type { Answer, Answers, ClientSettings, FromClient, Order, ToClient, WokenUp } from "./client-orders.ts"
import { signalIfAlive } from "./program.ts"
import type { RunningCell } from "./running-cell.ts"

const programPath = fileURLToPath(new URL("./client-program.ts", import.meta.url))

/** With a client that is asked to go. */
const patienceMs = 5_000

const unlessSaid = { sessionCount: 1, sessionLeaseMs: 12_000, leashMs: 30_000 }

export class ClientProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #ready = deferred<readonly number[]>()
  readonly #asked = new Map<number, Deferred<Answer>>()
  #freezing = deferred<void>()
  #lastOrderId = 0
  #stderr = ""

  private constructor(settings: ClientSettings) {
    const words = [JSON.stringify(settings)]
    const child = fork(programPath, words, {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    })
    if (child.pid === undefined) throw new Error("the client process could not be started")
    this.pid = child.pid
    this.#child = child
    pids.add(child.pid)
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text
    })
    child.on("message", (message: FromClient) => {
      this.#hear(message)
    })
    child.once("exit", () => {
      pids.delete(this.pid)
      this.#failAll(new Error(`the client process has ended: ${this.#stderr}`))
    })
  }

  /** Resolves when its sessions are open. */
  static async start(cell: RunningCell, settings: Partial<ClientSettings> = {}): Promise<ClientProcess> {
    const client = new ClientProcess({ ...unlessSaid, ...settings, replicas: cell.addresses })
    await client.#ready.promise
    return client
  }

  async sessionIds(): Promise<readonly number[]> {
    return await this.#ready.promise
  }

  async ask<Kind extends Order["kind"]>(order: Order & { readonly kind: Kind }): Promise<Answers[Kind]> {
    this.#lastOrderId += 1
    const asked = deferred<Answer>()
    this.#asked.set(this.#lastOrderId, asked)
    this.#child.send({ orderId: this.#lastOrderId, order } satisfies ToClient)
    // What is asked for by one kind is answered by that kind, which the compiler can't see through the parameter.
    return (await asked.promise) as Answers[Kind]
  }

  /** Resolves when it is frozen. `forMs` undefined: until it was stopped and goes on. */
  async freeze(options: { readonly forMs?: number; readonly path: string }): Promise<{ woken: Promise<WokenUp> }> {
    this.#freezing = deferred<void>()
    const woken = this.ask({ kind: "freeze", forMs: options.forMs, path: options.path })
    // Seen by whoever waits for it; a test that fails before has another reason to tell.
    woken.catch(() => undefined)
    await Promise.race([this.#freezing.promise, woken])
    return { woken }
  }

  signal(signal: NodeJS.Signals): void {
    signalIfAlive(this.pid, signal)
  }

  /** kill -9. Resolves when it is gone. */
  async kill(): Promise<void> {
    const gone = this.#gone()
    this.signal("SIGKILL")
    await gone
  }

  /** It closes its sessions and goes, or is killed if it can't. */
  async end(): Promise<void> {
    const gone = this.#gone()
    if (this.#child.connected) this.#child.disconnect()
    const timer = setTimeout(() => this.signal("SIGKILL"), patienceMs)
    await gone
    clearTimeout(timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
  }

  async #gone(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "exit")
  }

  #hear(message: FromClient): void {
    switch (message.kind) {
      case "ready":
        this.#ready.resolve(message.sessionIds)
        break
      case "freezing":
        this.#freezing.resolve()
        break
      case "answered":
        this.#take(message.orderId).resolve(message.answer)
        break
      case "failed":
        this.#take(message.orderId).reject(new Error(message.reason))
        break
    }
  }

  #take(orderId: number): Deferred<Answer> {
    const asked = this.#asked.get(orderId)
    if (asked === undefined) throw new Error(`order ${orderId} was never given`)
    this.#asked.delete(orderId)
    return asked
  }

  /** A process that was killed on purpose owes nobody an answer. */
  #failAll(error: Error): void {
    for (const waiting of [this.#ready, ...this.#asked.values()]) {
      waiting.promise.catch(() => undefined)
      waiting.reject(error)
    }
    this.#asked.clear()
  }
}

const pids = new Set<number>()

process.once("exit", () => {
  for (const pid of pids) signalIfAlive(pid, "SIGKILL")
})
