/** Processes that make load, as seen from the harness, which makes none itself. */
import { fork, type ChildProcess } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { ConnectOrder, LoadService, LoopOrder, LoopOutcome } from "./load-service.ts"

type Method =
  | "connect"
  | "loop"
  | "check"
  | "fill"
  | "watchGaps"
  | "takeGap"
  | "watch"
  | "untilTold"
  | "writeOnce"
  | "keepSessions"
  | "countSessions"
  | "close"
type Order<Name extends Method> = Parameters<LoadService[Name]>[0]
type Outcome<Name extends Method> = Awaited<ReturnType<LoadService[Name]>>

export interface Asked {
  readonly number: number
  readonly method: Method
  readonly order: unknown
}

export type Answered =
  | { readonly kind: "done"; readonly number: number; readonly outcome: unknown }
  | { readonly kind: "failed"; readonly number: number; readonly reason: string }

const program = fileURLToPath(new URL("load-process.ts", import.meta.url))

class LoadProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (outcome: unknown) => void; reject: (reason: Error) => void }>()
  #number = 0

  constructor() {
    // Not as JSON: times are many.
    this.#child = fork(program, { serialization: "advanced" })
    this.#child.on("message", (answered: Answered) => {
      const waiting = this.#waiting.get(answered.number)
      this.#waiting.delete(answered.number)
      if (answered.kind === "done") waiting?.resolve(answered.outcome)
      else waiting?.reject(new Error(answered.reason))
    })
    this.#child.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("a load process has ended"))
    })
  }

  async ask<Name extends Method>(method: Name, order?: Order<Name>): Promise<Outcome<Name>> {
    this.#number += 1
    const asked: Asked = { number: this.#number, method, order }
    return await new Promise<Outcome<Name>>((resolve, reject) => {
      this.#waiting.set(asked.number, { resolve: (outcome) => resolve(outcome as Outcome<Name>), reject })
      this.#child.send(asked, (error) => (error === null ? undefined : reject(error)))
    })
  }

  end(): void {
    this.#child.kill("SIGKILL")
  }
}

export interface LoadOptions extends Omit<ConnectOrder, "place" | "clientCount"> {
  /** Of each process. */
  readonly clientCount: number
  readonly processCount: number
}

/** Several processes count as one load: their calls are added up. */
export class Load {
  readonly #processes: readonly LoadProcess[]

  private constructor(processes: readonly LoadProcess[]) {
    this.#processes = processes
  }

  static async start({ processCount, ...order }: LoadOptions): Promise<Load> {
    const load = new Load(Array.from({ length: processCount }, () => new LoadProcess()))
    try {
      await load.#all((one, place) => one.ask("connect", { ...order, place: place + firstPlace }))
    } catch (error) {
      load.#end()
      throw error
    }
    firstPlace += processCount
    return load
  }

  async loop(order: LoopOrder): Promise<LoopOutcome> {
    const outstanding = order.outstanding / this.#processes.length
    const outcomes = await this.#all((one) => one.ask("loop", { ...order, outstanding }))
    const sum = (figureOf: (outcome: LoopOutcome) => number): number =>
      outcomes.reduce((total, outcome) => total + figureOf(outcome), 0)
    return {
      callCount: sum(({ callCount }) => callCount),
      callsPerSecond: sum(({ callsPerSecond }) => callsPerSecond),
      times: Float64Array.from(outcomes.flatMap(({ times }) => [...times])),
      cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    }
  }

  async check(): Promise<number> {
    const counts = await this.#all((one) => one.ask("check"))
    return counts.reduce((total, count) => total + count, 0)
  }

  async fill(count: number): Promise<void> {
    await this.#first.ask("fill", { count })
  }

  /** Of the first client, as are gaps. */
  async watchGaps(): Promise<void> {
    await this.#first.ask("watchGaps")
  }

  async takeGap(): Promise<number> {
    return await this.#first.ask("takeGap")
  }

  async keepSessions(): Promise<void> {
    await this.#all((one) => one.ask("keepSessions"))
  }

  async countSessions(): Promise<number> {
    const counts = await this.#all((one) => one.ask("countSessions"))
    return counts.reduce((total, count) => total + count, 0)
  }

  async watch(key: string): Promise<void> {
    await this.#all((one) => one.ask("watch", { key }))
  }

  async untilTold(count: number): Promise<number> {
    return Math.max(...(await this.#all((one) => one.ask("untilTold", { count }))))
  }

  async writeOnce(key: string): Promise<number> {
    return await this.#first.ask("writeOnce", { key })
  }

  async close(): Promise<void> {
    await this.#all((one) => one.ask("close"))
    this.#end()
  }

  get #first(): LoadProcess {
    const [first] = this.#processes
    if (first === undefined) throw new Error("there is no load process")
    return first
  }

  /** Whatever it is doing. */
  #end(): void {
    for (const one of this.#processes) one.end()
  }

  async #all<Result>(ask: (one: LoadProcess, place: number) => Promise<Result>): Promise<readonly Result[]> {
    return await Promise.all(this.#processes.map(ask))
  }
}

/** So that no two load processes of a run write the same files. */
let firstPlace = 0
