/** What the callers of a closed loop do, again and again, and what is checked about it. */
import { setImmediate } from "node:timers/promises"
import type { BenchClient } from "../bench-client.ts"
import { contentsBytes } from "../workload.ts"

/** Each caller goes round its own files, so that no two writes meet at one file. */
const filesPerCaller = 100
/** Files that are there to be read. */
const readFileCount = 1_000
const outstandingMax = 64

export type WorkName = "write" | "read" | "lock" | "handOff"

export interface Work {
  /** What has to be there before. */
  prepare?(client: BenchClient): Promise<void>
  call(client: BenchClient, caller: number): Promise<void>
  /** Times that are no whole calls, in milliseconds, since they were taken last; undefined: calls are what is timed. */
  takeTimes?(): readonly number[]
  /** Rejects if something that was acknowledged is not there. Resolves to how much was looked at. */
  check(client: BenchClient): Promise<number>
}

/** `place` tells load processes apart that share a system. */
export function workOf(name: WorkName, place: number): Work {
  switch (name) {
    case "write":
      return new Writes(`write-${place}`)
    case "read":
      return new Reads(`read-${place}`)
    case "lock":
      return new Locks(`lock-${place}`)
    case "handOff":
      return new HandOffs(`hand-off-${place}`)
  }
}

class Writes implements Work {
  readonly #prefix: string
  readonly #written = new Map<string, number>()
  #count = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  async call(client: BenchClient, caller: number): Promise<void> {
    this.#count += 1
    const number = this.#count
    const key = `${this.#prefix}-${caller}-${number % filesPerCaller}`
    await client.write(key, numbered(number))
    this.#written.set(key, number)
  }

  async check(client: BenchClient): Promise<number> {
    await forEach([...this.#written], async ([key, number]) => {
      const found = numberIn(await client.read(key))
      if (found !== number) throw new Error(`${key} should hold ${number}, and holds ${String(found)}`)
    })
    return this.#written.size
  }
}

class Reads implements Work {
  readonly #keys: readonly string[]
  #count = 0

  constructor(prefix: string) {
    this.#keys = Array.from({ length: readFileCount }, (_, place) => `${prefix}-${place}`)
  }

  async prepare(client: BenchClient): Promise<void> {
    await forEach([...this.#keys.entries()], ([place, key]) => client.write(key, numbered(place)))
  }

  async call(client: BenchClient): Promise<void> {
    const place = this.#count % readFileCount
    this.#count += 1
    const found = numberIn(await client.read(this.#keys[place] ?? ""))
    if (found !== place) throw new Error(`file ${place} should hold its number, and holds ${String(found)}`)
  }

  /** Every single read was. */
  async check(): Promise<number> {
    return this.#count
  }
}

class Locks implements Work {
  readonly #prefix: string
  #count = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  async call(client: BenchClient, caller: number): Promise<void> {
    const release = await client.acquire(`${this.#prefix}-${caller}`)
    await release()
    this.#count += 1
  }

  /** Whoever did not really release could not have acquired again. */
  async check(): Promise<number> {
    return this.#count
  }
}

/** One lock that everybody waits for: what is timed is from the call that releases it to the next that has it. */
class HandOffs implements Work {
  readonly #key: string
  #holderCount = 0
  #releasedAt: number | undefined
  #times: number[] = []
  #count = 0

  constructor(key: string) {
    this.#key = key
  }

  async call(client: BenchClient): Promise<void> {
    const release = await client.acquire(this.#key)
    if (this.#releasedAt !== undefined) this.#times.push(performance.now() - this.#releasedAt)
    this.#holderCount += 1
    if (this.#holderCount > 1) throw new Error("two hold the lock at a time")
    this.#count += 1
    // Long enough for a second holder to be seen.
    await setImmediate()
    this.#holderCount -= 1
    this.#releasedAt = performance.now()
    await release()
  }

  takeTimes(): readonly number[] {
    const times = this.#times
    this.#times = []
    // What was released last in one loop is acquired in another.
    this.#releasedAt = undefined
    return times
  }

  /** That nobody else held it, every call has seen. */
  async check(): Promise<number> {
    return this.#count
  }
}

function numbered(number: number): Uint8Array {
  const contents = new Uint8Array(contentsBytes)
  new DataView(contents.buffer).setFloat64(0, number)
  return contents
}

function numberIn(contents: Uint8Array | undefined): number | undefined {
  if (contents?.length !== contentsBytes) return undefined
  return new DataView(contents.buffer, contents.byteOffset).getFloat64(0)
}

async function forEach<One>(all: readonly One[], visit: (one: One) => Promise<unknown>): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    for (let one = all[next]; one !== undefined; one = all[next]) {
      next += 1
      await visit(one)
    }
  }
  await Promise.all(Array.from({ length: outstandingMax }, run))
}
