/** What a cached file takes of memory: in the client that caches it, and in the leader that knows who does. */
import { writeMany } from "../measure/fill.ts"
import { heapBytes, memoryOf } from "../measure/processes.ts"
import type { CachingSession } from "../system-under-test.ts"
import { contentsBytes, withSystem, type BenchContext, type Workload } from "../workload.ts"

/** Systems bound what one session may cache. */
const filesPerSession = 25_000
const cacheBytesMax = 256 * 1024 * 1024
const outstanding = 256

export const cacheMemory: Workload = {
  name: "cache-memory",
  meaning: "bytes that a client's heap and the leader's resident memory grow by for each cached file of 256 bytes",
  async run(context: BenchContext): Promise<void> {
    const { manyCount } = context.settings
    await withSystem(context, async (running) => {
      await running.untilLevel()
      const keys = Array.from({ length: manyCount }, (_, place) => `file-${place}`)
      const client = await running.connect()
      const onThousands = (done: number): void => context.progress(`${done} files written`)
      await writeMany(client, manyCount, { keyOf: (number) => keys[number] ?? "", onThousands })
      await client.close()
      const count = Math.ceil(manyCount / filesPerSession)
      const fleet = await running.openSessions({ count, connections: "one", cacheBytesMax })
      const { pid } = await running.leader()

      const before = { heap: heapBytes(), leaderMiB: memoryOf(pid).residentMiB }
      const shares = fleet.sessions.map((session, place) => ({
        session,
        keys: keys.slice(place * filesPerSession, (place + 1) * filesPerSession),
      }))
      for (const share of shares) await readAll(share)
      const missing = shares.flatMap((share) => share.keys.filter((key) => share.session.cached(key) === undefined))
      if (missing.length > 0) throw new Error(`${missing.length} files were read and are not cached`)
      const heapGrowth = heapBytes() - before.heap
      const leaderGrowth = (memoryOf(pid).residentMiB - before.leaderMiB) * 1024 * 1024
      context.report(`${manyCount} files, ${count} sessions`, {
        "client, bytes per file": heapGrowth / manyCount,
        "of it contents": contentsBytes,
        "leader, bytes per file": leaderGrowth / manyCount,
      })
      await fleet.close()
    })
  },
}

async function readAll({ session, keys }: { session: CachingSession; keys: readonly string[] }): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    for (let key = keys[next]; key !== undefined; key = keys[next]) {
      next += 1
      await session.read(key)
    }
  }
  await Promise.all(Array.from({ length: outstanding }, run))
}
