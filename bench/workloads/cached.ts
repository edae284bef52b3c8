/** Reads that the client answers by itself, while somebody else keeps changing some of the files. */
import { setImmediate } from "node:timers/promises"
import { mediansOf, type Figures } from "../measure/latencies.ts"
import type { BenchClient } from "../bench-client.ts"
import type { CachingSession } from "../system-under-test.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

const fileCount = 1_000
/** Of which another client changes these, one write after the other: one in a hundred. */
const changingCount = 10
/** Between two turns of the event loop, which a program takes now and then, and in which invalidations are heard. */
const readsPerTurn = 1_000

const keys: readonly string[] = Array.from({ length: fileCount }, (_, place) => `cached-${place}`)

export const cached: Workload = {
  name: "cached",
  meaning: "reads of 1,000 files in one process that caches them, while another client rewrites 1 % of them",
  async run(context: BenchContext): Promise<void> {
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const writer = new ChangingFiles(await running.connect())
      const fleet = await running.openSessions({ count: 1, connections: "one" })
      const [session] = fleet.sessions
      if (session === undefined) throw new Error("there is no session")
      await writer.fill()
      await Promise.all(keys.map((key) => session.read(key)))
      writer.start()
      for (const [subject, read] of [
        ["looked up", lookUp],
        ["read", readOne],
      ] as const) {
        await measure(context, { session, writer, read })
        const rounds: Figures[] = []
        for (let round = 1; round <= context.settings.roundCount; round += 1) {
          rounds.push(await measure(context, { session, writer, read }))
          context.progress(`${subject}, round ${round} of ${context.settings.roundCount}`)
        }
        context.report(subject, mediansOf(rounds))
      }
      await writer.stop()
      await fleet.close()
    })
  },
}

type Read = (session: CachingSession, key: string) => Uint8Array | Promise<Uint8Array | undefined>

/** Without a promise, as a program does that reads its settings at every step; with one, if it is not there. */
function lookUp(session: CachingSession, key: string): Uint8Array | Promise<Uint8Array | undefined> {
  return session.cached(key) ?? session.read(key)
}

async function readOne(session: CachingSession, key: string): Promise<Uint8Array | undefined> {
  return await session.read(key)
}

async function measure(
  { settings }: BenchContext,
  { session, writer, read }: { session: CachingSession; writer: ChangingFiles; read: Read },
): Promise<Figures> {
  const writesThen = writer.acknowledgedCount
  const beganAt = performance.now()
  const endsAt = beganAt + settings.seconds * 1000
  let readCount = 0
  while (performance.now() < endsAt) {
    for (let step = 0; step < readsPerTurn; step += 1) {
      const place = readCount % fileCount
      const acknowledged = writer.acknowledged(place)
      const found = read(session, keys[place] ?? "")
      const contents = found instanceof Promise ? await found : found
      readCount += 1
      if (contents === undefined || numberIn(contents) < acknowledged) {
        throw new Error(`a stale read of ${keys[place]}, which had been written as ${acknowledged}`)
      }
    }
    await setImmediate()
  }
  const seconds = (performance.now() - beganAt) / 1000
  return {
    "reads per second": readCount / seconds,
    "writes per second": (writer.acknowledgedCount - writesThen) / seconds,
    "stale reads": 0,
  }
}

/** Each write to a file says its number. */
class ChangingFiles {
  readonly #client: BenchClient
  readonly #acknowledged = new Uint32Array(fileCount)
  #count = 0
  #isStopping = false
  #loop: Promise<void> | undefined

  constructor(client: BenchClient) {
    this.#client = client
  }

  get acknowledgedCount(): number {
    return this.#count
  }

  /** The number of the latest write to the file that is known to have been done. */
  acknowledged(place: number): number {
    return this.#acknowledged[place] ?? 0
  }

  async fill(): Promise<void> {
    await Promise.all(keys.map((_, place) => this.#write(place)))
  }

  start(): void {
    this.#loop = this.#run()
    // Seen where the loop is awaited, in `stop`.
    this.#loop.catch(() => undefined)
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#loop
    await this.#client.close()
  }

  async #run(): Promise<void> {
    for (let number = 0; !this.#isStopping; number += 1) {
      await this.#write((number % changingCount) * (fileCount / changingCount))
    }
  }

  async #write(place: number): Promise<void> {
    const number = this.acknowledged(place) + 1
    const contents = new Uint8Array(contentsBytes)
    new DataView(contents.buffer).setUint32(0, number)
    await this.#client.write(keys[place] ?? "", contents)
    this.#acknowledged[place] = number
    this.#count += 1
  }
}

function numberIn(contents: Uint8Array): number {
  return new DataView(contents.buffer, contents.byteOffset).getUint32(0)
}
