/** One of the processes around a counter, as the test sees it. `await using` ends it. */
import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { CounterClientSettings, CounterOrder, FromCounterProcess, ServiceSettings } from "./counter-messages.ts"
import { isStopped, signalIfAlive } from "./program.ts"
import { HopelessError, until } from "./until.ts"

type Message<Kind extends FromCounterProcess["kind"]> = FromCounterProcess & { readonly kind: Kind }

export class CounterProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #heard: FromCounterProcess[] = []
  #stderr = ""

  private constructor(program: URL, settings: object) {
    this.#child = fork(fileURLToPath(program), [JSON.stringify(settings)], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    })
    if (this.#child.pid === undefined) throw new Error(`${program.pathname} could not be started`)
    this.pid = this.#child.pid
    pids.add(this.pid)
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text
    })
    this.#child.on("message", (message: FromCounterProcess) => {
      this.#heard.push(message)
    })
    this.#child.once("exit", () => pids.delete(this.pid))
  }

  static async startService(settings: ServiceSettings): Promise<CounterProcess> {
    const service = new CounterProcess(new URL("./counter-service.ts", import.meta.url), settings)
    await service.hear("ready")
    return service
  }

  static async startClient(settings: CounterClientSettings): Promise<CounterProcess> {
    const client = new CounterProcess(new URL("./counter-client.ts", import.meta.url), settings)
    await client.hear("ready")
    return client
  }

  give(order: CounterOrder): void {
    this.#child.send(order)
  }

  /** The next thing it says, which must be of that kind. */
  async hear<Kind extends FromCounterProcess["kind"]>(kind: Kind, withinMs = 20_000): Promise<Message<Kind>> {
    const message = await until(`process ${this.pid} says "${kind}"`, { withinMs, everyMs: 10 }, () => {
      if (this.#isOver && this.#heard.length === 0) throw new HopelessError(`it has ended: ${this.#stderr}`)
      return this.#heard.shift()
    })
    if (message.kind !== kind) throw new Error(`it says "${message.kind}" instead of "${kind}"`)
    return message as Message<Kind>
  }

  /** Resolves when none of its threads runs any more. */
  async stop(): Promise<void> {
    signalIfAlive(this.pid, "SIGSTOP")
    await until(
      `process ${this.pid} is stopped`,
      { withinMs: 5_000, everyMs: 5 },
      () => isStopped(this.pid) || undefined,
    )
  }

  wake(): void {
    signalIfAlive(this.pid, "SIGCONT")
  }

  /** kill -9. */
  async kill(): Promise<void> {
    signalIfAlive(this.pid, "SIGKILL")
    if (!this.#isOver) await once(this.#child, "exit")
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}

const pids = new Set<number>()

process.once("exit", () => {
  for (const pid of pids) signalIfAlive(pid, "SIGKILL")
})
