/** What clients have and hear when the master is killed with -9: sessions, locks, events and what they have cached. */
import { expect, onTestFinished, test } from "vitest"
import type { NodeChange, Watch } from "../../src/client/index.ts"
import type { Holding } from "./support/client-orders.ts"
import { cellForTests } from "./support/cell-for-tests.ts"
import { ClientProcess } from "./support/client-process.ts"
import { NumberedWriters } from "./support/numbered-writers.ts"
import { notYet, until } from "./support/until.ts"

const context = cellForTests()

/** kill -9; resolves when another is master. After the test the killed one is brought back. */
async function killMaster(): Promise<void> {
  const { cell } = context
  const { replicaId, epoch } = await cell.master()
  await cell.kill(replicaId)
  onTestFinished(async () => {
    await cell.restart(replicaId)
    await cell.untilServing()
  })
  await until("another is master", { withinMs: 15_000 }, async () => (await cell.master()).epoch > epoch || undefined)
}

test("1,000 sessions with 1,000 locks lose none of either", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const clients = await Promise.all([1, 2].map(() => ClientProcess.start(cell, { sessionCount: 500 })))
  for (const client of clients) onTestFinished(() => client.end())
  const taken = await Promise.all(
    clients.map((client, place) => client.ask({ kind: "acquire", path: `/ls/local/lock-${place}`, lockDelayMs: 0 })),
  )
  const before = taken.flat()
  expect(before).toHaveLength(1_000)

  await killMaster()

  // The new master has heard from every one of them: each lease reaches beyond what the old one could have granted.
  const leaseMs = 12_000
  const killedAt = performance.now()
  const lookAll = async (): Promise<readonly Holding[]> =>
    (await Promise.all(clients.map((client) => client.ask({ kind: "look" })))).flat()
  const after = await until("all leases are renewed", { withinMs: leaseMs, everyMs: 200 }, async () => {
    const holdings = await lookAll()
    const sinceMs = performance.now() - killedAt
    return holdings.every(({ validForMs }) => validForMs + sinceMs > leaseMs) ? holdings : undefined
  })
  const lasting = ({ sessionId, path, lockGeneration, isHeld, standing }: Holding): Partial<Holding> => {
    return { sessionId, path, lockGeneration, isHeld, standing }
  }
  expect(after.map(lasting)).toEqual(before.map(lasting))
  expect(after.every(({ isHeld, standing }) => isHeld && standing === "safe")).toBe(true)

  const { sessions, ended } = await session.listSessions()
  expect(ended).toEqual([])
  const known = new Set(sessions.map(({ sessionId }) => sessionId))
  expect(before.filter(({ sessionId }) => !known.has(sessionId))).toEqual([])
  const atTheCell = await Promise.all(before.map(({ path }) => session.getLock(path)))
  expect(
    atTheCell.map(({ lockGeneration, holders }) => [lockGeneration, holders.map((held) => held.sessionId)]),
  ).toEqual(before.map(({ lockGeneration, sessionId }) => [lockGeneration, [sessionId]]))
})

test("a watcher hears of every write, once and in order", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const watcher = await cell.openSession()
  const folder = "/ls/local/heard-of"
  await session.makeDirectory(folder)
  const watch = watcher.watch(folder, { scope: "subtree", kinds: ["nodeCreated", "contentsChanged"] })
  await watch.ready
  const heard = new HeardChanges(watch)
  const writers = new NumberedWriters(session, `${folder}/file`, 4)
  writers.start()
  await until("events come", { withinMs: 10_000 }, () => heard.count > 400 || undefined)

  await killMaster()
  const countThen = heard.count
  await until("events come again", { withinMs: 15_000 }, () => {
    return (
      heard.count > countThen + 400 || notYet({ heard: heard.count - countThen, written: writers.acknowledgedCount })
    )
  })
  await writers.stop()
  const written = new Map(writers.acknowledged().map(({ path, number }) => [path.split("/").at(-1) ?? "", number]))
  const sum = [...written.values()].reduce((left, right) => left + right, 0)
  await until("all is told", { withinMs: 5_000 }, () => heard.count >= sum || undefined)

  expect(heard.complaints).toEqual([])
  expect(heard.latest).toEqual(written)
  await watch.return()
})

test("no read from a cache shows an older value than one that was acknowledged", async () => {
  const { cell } = context
  const writer = await cell.openSession()
  await using reader = await ClientProcess.start(cell)
  const complaints: string[] = []
  let roundCount = 0
  let hitCount = 0
  let isRunning = true
  const readsAtLeast = async (path: string, number: number): Promise<void> => {
    const { cached, contents } = await reader.ask({ kind: "read", path })
    if (cached !== undefined) hitCount += 1
    for (const text of [cached, contents]) {
      if (text !== undefined && Number(text) !== number)
        complaints.push(`${path} is ${number}, and was read as ${text}`)
    }
  }
  const run = async (path: string): Promise<void> => {
    for (let number = 1; isRunning; number += 1) {
      await writer.set(path, String(number))
      // The first one brings it back into the cache, the second finds it there.
      await readsAtLeast(path, number)
      await readsAtLeast(path, number)
      roundCount += 1
    }
  }
  const runs = Promise.all(Array.from({ length: 16 }, (_, place) => run(`/ls/local/current-${place}`)))
  runs.catch(() => undefined)
  const untilRound = async (count: number): Promise<true> =>
    await until(`round ${count}`, { withinMs: 60_000 }, () => roundCount >= count || undefined)

  await untilRound(1_000)
  await killMaster()
  await untilRound(roundCount + 2_000)
  isRunning = false
  await runs
  console.info(`${roundCount} rounds, ${hitCount} of ${2 * roundCount} reads found the file in the cache`)
  expect(complaints).toEqual([])
  expect(hitCount).toBeGreaterThan(0.9 * roundCount)
})

/** Checks the events of writes: in each file the generations go 1, 2, 3, ... and the commit index never goes back. */
class HeardChanges {
  readonly complaints: string[] = []
  /** By name of file. */
  readonly latest = new Map<string, number>()
  #count = 0
  #index = 0

  constructor(watch: Watch) {
    void this.#hear(watch)
  }

  get count(): number {
    return this.#count
  }

  async #hear(watch: Watch): Promise<void> {
    for await (const event of watch) {
      const contentGeneration = event.kind === "change" ? generationAfter(event.change) : undefined
      if (event.kind === "resync" || contentGeneration === undefined) {
        this.complaints.push(`something else: ${JSON.stringify(event)}`)
        continue
      }
      const { path } = event.change
      const name = path.split("/").at(-1) ?? ""
      if (contentGeneration !== (this.latest.get(name) ?? 0) + 1) {
        this.complaints.push(`${name}: ${contentGeneration} after ${this.latest.get(name) ?? "nothing"}`)
      }
      if (event.index < this.#index) this.complaints.push(`${event.index} after ${this.#index}`)
      this.#index = event.index
      this.latest.set(name, contentGeneration)
      this.#count += 1
    }
  }
}

/** A file is created with contents, its first generation. */
function generationAfter(change: NodeChange): number | undefined {
  if (change.kind === "nodeCreated") return 1
  return change.kind === "contentsChanged" ? change.contentGeneration : undefined
}
