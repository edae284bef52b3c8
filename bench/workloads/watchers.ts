/**
 * Many who watch one name at one member, each over an event stream of their own: how long it takes from a write until the
 * last of them has been told, and what they cost the member while they watch.
 */
import { connect, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import { Latencies } from "../measure/latencies.ts"
import { cpuSecondsOf, memoryOf } from "../measure/processes.ts"
import { withSystem, type BenchContext, type Workload } from "../workload.ts"

const key = "watched"
const writesPerRound = 10
/** Opened at a time, so that the member's queue of new connections is never full. */
const openedAtATime = 100
const quietMs = 10_000

export const watchers: Workload = {
  name: "watchers",
  meaning:
    "one write to a name that N event streams of one member tell of; time from the write's beginning to its acknowledgement, and to the first and the last told",
  async run(context: BenchContext): Promise<void> {
    const { watcherCount, roundCount } = context.settings
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const client = await running.connect()
      const leader = await running.leader()
      const member = (await running.members()).find(({ id }) => id !== leader.id) ?? leader
      const url = new URL(await running.lookUpUrl(member.id, key))
      await client.write(key, contentsOf(0))
      const first = await Watcher.open(url)
      const before = await leastMemory(member.pid)

      const all = [first]
      while (all.length < watcherCount) {
        const more = Math.min(openedAtATime, watcherCount - all.length)
        all.push(...(await Promise.all(Array.from({ length: more }, () => Watcher.open(url)))))
      }
      context.progress(`${all.length} watchers`)
      const idle = await leastMemory(member.pid)

      const [acknowledged, firstTold, lastTold] = [new Latencies(), new Latencies(), new Latencies()]
      const cpuThen = cpuSecondsOf([member.pid])
      const writeCount = writesPerRound * roundCount
      for (let write = 1; write <= writeCount; write += 1) {
        const told = all.map((watcher) => watcher.until(write))
        const askedAt = performance.now()
        const since = (times: Latencies) => (): void => times.add(performance.now() - askedAt)
        await Promise.all([
          client.write(key, contentsOf(write)).then(since(acknowledged)),
          Promise.race(told).then(since(firstTold)),
          Promise.all(told).then(since(lastTold)),
        ])
      }
      const cpu = cpuSecondsOf([member.pid]) - cpuThen
      const after = await leastMemory(member.pid)
      context.report(`${all.length} watchers of one name`, {
        "write, median ms": acknowledged.median,
        "first told, median ms": firstTold.median,
        "last told, median ms": lastTold.median,
        "last told, max ms": lastTold.max,
        "bytes per watcher, idle": ((idle - before) * 1024 * 1024) / all.length,
        "bytes per watcher, after writes": ((after - before) * 1024 * 1024) / all.length,
        "CPU us per message": (cpu * 1e6) / (writeCount * all.length),
        lost: all.filter(({ isOpen }) => !isOpen).length,
      })
      for (const watcher of all) watcher.close()
      await client.close()
    })
  },
}

/** The number of the write, at a fixed width. */
function contentsOf(write: number): Uint8Array {
  return new TextEncoder().encode(`write ${String(write).padStart(6, "0")}`)
}

/** Reads no more of HTTP than it needs: five thousand clients are in one process with the writer. */
class Watcher {
  isOpen = true
  readonly #socket: Socket
  #awaited:
    { readonly mark: string; readonly resolve: () => void; readonly reject: (reason: Error) => void } | undefined
  /** The end of what was read, in which a mark may have begun. */
  #tail = ""

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on("data", (bytes: Buffer) => this.#read(bytes.toString("latin1")))
    // What went wrong is told when it is closed.
    socket.on("error", () => undefined)
    socket.on("close", () => {
      this.isOpen = false
      this.#awaited?.reject(new Error("an event stream has ended"))
    })
  }

  /** Resolves once the present value has been told. */
  static async open({ hostname, port, pathname, host }: URL): Promise<Watcher> {
    const watcher = new Watcher(connect(Number(port), hostname))
    watcher.#socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`)
    await watcher.until(0)
    return watcher
  }

  /** Resolves when that write is told of, and rejects if the stream ends before. */
  async until(write: number): Promise<void> {
    const mark = `write ${String(write).padStart(6, "0")}`
    await new Promise<void>((resolve, reject) => {
      this.#awaited = { mark, resolve, reject }
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    const all = this.#tail + text
    this.#tail = all.slice(-20)
    const awaited = this.#awaited
    if (awaited === undefined || !all.includes(awaited.mark)) return
    this.#awaited = undefined
    awaited.resolve()
  }
}

/** In MiB: what is above the least that is seen waits to be collected. */
async function leastMemory(pid: number): Promise<number> {
  let least = Infinity
  const beganAt = performance.now()
  while (performance.now() - beganAt < quietMs) {
    least = Math.min(least, memoryOf(pid).anonymousMiB)
    await pause(500)
  }
  return least
}
