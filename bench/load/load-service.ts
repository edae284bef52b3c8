/** What a load process can be asked to do. Arguments and answers travel between processes: they are plain values. */
import type { BenchClient, ClientOptions } from "../bench-client.ts"
import { clientOf } from "../clients/clients.ts"
import { closedLoop } from "../measure/closed-loop.ts"
import { writeMany } from "../measure/fill.ts"
import { GapWatch } from "../measure/gap-watch.ts"
import { contentsBytes } from "../workload.ts"
import { machineMs, Telling } from "./telling.ts"
import { workOf, type Work, type WorkName } from "./works.ts"

export interface ConnectOrder {
  readonly system: string
  readonly client: string
  readonly addresses: readonly string[]
  readonly clientCount: number
  /** Of its closed loops, if it makes any. */
  readonly work?: WorkName
  /** Tells load processes apart that share a system. */
  readonly place: number
}

export interface LoopOrder {
  readonly outstanding: number
  readonly countedMs: number
  readonly callCountMax?: number
}

export interface LoopOutcome {
  readonly callCount: number
  readonly callsPerSecond: number
  /** In milliseconds; in no order. */
  readonly times: Float64Array
  readonly cpuSeconds: number
}

const filesLookedAt = 1_000
const openedAtATime = 100

export class LoadService {
  #clients: readonly BenchClient[] = []
  #work: Work | undefined
  #gaps: GapWatch | undefined
  #tellings: readonly Telling[] = []

  async connect({ system, client, addresses, clientCount, work, place }: ConnectOrder): Promise<void> {
    const open = await clientOf(system, client)
    const isOneOfMany = clientCount > 1
    const optionsOf = (number: number): ClientOptions => ({ addresses: rotated(addresses, number), isOneOfMany })
    while (this.#clients.length < clientCount) {
      const more = Math.min(openedAtATime, clientCount - this.#clients.length)
      const opening = Array.from({ length: more }, (_, step) => open(optionsOf(this.#clients.length + step)))
      this.#clients = [...this.#clients, ...(await Promise.all(opening))]
    }
    if (work === undefined) return
    this.#work = workOf(work, place)
    await this.#work.prepare?.(this.#clientOf(0))
  }

  async loop(order: LoopOrder): Promise<LoopOutcome> {
    const work = this.#worked
    work.takeTimes?.()
    const cpuThen = process.cpuUsage()
    const { callCount, callsPerSecond, latencies } = await closedLoop(order, (caller) =>
      work.call(this.#clientOf(caller), caller),
    )
    const { user, system } = process.cpuUsage(cpuThen)
    const times = work.takeTimes === undefined ? latencies.all() : Float64Array.from(work.takeTimes())
    return { callCount, callsPerSecond, times, cpuSeconds: (user + system) / 1e6 }
  }

  /** Rejects if something that was acknowledged is not there. */
  async check(): Promise<number> {
    return await this.#worked.check(this.#clientOf(0))
  }

  /** Writes that many files of 256 bytes, and looks whether some of them are there. */
  async fill({ count }: { readonly count: number }): Promise<void> {
    const client = this.#clientOf(0)
    const keyOf = (number: number): string => `file-${number}`
    await writeMany(client, count, { keyOf })
    for (let number = 0; number < count; number += Math.ceil(count / filesLookedAt)) {
      if ((await client.read(keyOf(number))) === undefined)
        throw new Error(`${keyOf(number)} was written and is not there`)
    }
  }

  /** Writes from now on, without pause. */
  async watchGaps(): Promise<void> {
    this.#gaps = new GapWatch(this.#clientOf(0))
    this.#gaps.start()
    await this.#gaps.longestGapAfter()
    this.#gaps.forget()
  }

  /** In milliseconds: the longest time without an acknowledged write, once they go on; then nobody watches any more. */
  async takeGap(): Promise<number> {
    if (this.#gaps === undefined) throw new Error("nobody watches for gaps")
    const longest = await this.#gaps.longestGapAfter()
    await this.#gaps.stop()
    return longest
  }

  /** Every client has a session from now on. */
  async keepSessions(): Promise<void> {
    await this.#inTurns((client) => client.keepSession())
  }

  async countSessions(): Promise<number> {
    return (await this.#inTurns((client) => client.hasSession())).filter((isThere) => isThere).length
  }

  /** Every client watches. */
  async watch({ key }: { readonly key: string }): Promise<void> {
    this.#tellings = this.#clients.map(() => new Telling())
    await this.#inTurns((client, place) => client.watch(key, () => this.#tellings[place]?.tell()))
  }

  /** When the last of the clients was told for the `count`th time, on the clock of the machine. */
  async untilTold({ count }: { readonly count: number }): Promise<number> {
    return Math.max(...(await Promise.all(this.#tellings.map((telling) => telling.until(count)))))
  }

  /** When it was asked for, on the clock of the machine. */
  async writeOnce({ key }: { readonly key: string }): Promise<number> {
    const askedAt = machineMs()
    await this.#clientOf(0).write(key, new Uint8Array(contentsBytes))
    return askedAt
  }

  async close(): Promise<void> {
    await this.#inTurns((client) => client.close())
  }

  /** With every client, not too many at a time. */
  async #inTurns<Result>(use: (client: BenchClient, place: number) => Promise<Result>): Promise<readonly Result[]> {
    const results: Result[] = []
    for (let from = 0; from < this.#clients.length; from += openedAtATime) {
      const some = this.#clients.slice(from, from + openedAtATime)
      results.push(...(await Promise.all(some.map((client, step) => use(client, from + step)))))
    }
    return results
  }

  get #worked(): Work {
    if (this.#work === undefined) throw new Error("it is not connected")
    return this.#work
  }

  #clientOf(caller: number): BenchClient {
    const client = this.#clients[caller % this.#clients.length]
    if (client === undefined) throw new Error("it is not connected")
    return client
  }
}

/** So that clients begin with different members. */
function rotated(addresses: readonly string[], number: number): readonly string[] {
  const first = number % addresses.length
  return [...addresses.slice(first), ...addresses.slice(0, first)]
}
