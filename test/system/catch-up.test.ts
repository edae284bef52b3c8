/** A replica that was away while more was written than the log keeps: it gets a snapshot, and nobody waits for it. */
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Session } from "../../src/client/index.ts"
import { cellForTests } from "./support/cell-for-tests.ts"
import { NumberedWriters, readNumbered } from "./support/numbered-writers.ts"
import { notYet, until } from "./support/until.ts"

const context = cellForTests()

const writeCount = 20_000
const outstanding = 64
const fileCount = 500
/** With this many bytes each, the writes outgrow the 64 MiB of log that a replica keeps. */
const contentsBytes = 4096
/** The log, the state, and room for what LMDB keeps free. Without trimming it would be twice as much. */
const diskMiBMax = 160

test("a replica that was down during 20,000 writes catches up by snapshot while the cell serves, and logs stay bounded", async () => {
  const { cell } = context
  const session = await cell.openSession()
  const { replicaId } = await cell.master()
  const absent = cell.ids.find((id) => id !== replicaId) ?? 0
  await cell.kill(absent)
  await writeMany(session)

  const writers = new NumberedWriters(session, "/ls/local/meanwhile", 4)
  writers.start()
  const restartedAt = performance.now()
  const program = await cell.restart(absent)
  await until("it is level with the master", { withinMs: 60_000 }, async () => {
    const [own, masters] = [await cell.report(absent), await cell.report(replicaId)]
    return own.appliedThrough >= masters.appliedThrough - 20
      ? true
      : notYet([own.appliedThrough, masters.appliedThrough])
  })
  console.info(`level ${(performance.now() - restartedAt).toFixed(0)} ms after its start, of which writes saw a gap of`)
  console.info(`${writers.longestGapMs.toFixed(0)} ms; the disk of each: ${cell.ids.map(diskMiB).join(", ")} MiB`)
  await writers.stop()

  expect(program.stdout).toContain("snapshot")
  expect(await writers.complaints((path) => readNumbered(session, path))).toEqual([])
  const digests = await until("all states are equal", { withinMs: 20_000 }, async () => {
    const seen = new Set((await cell.reports()).map(({ digest }) => digest))
    return seen.size === 1 ? seen : notYet([...seen])
  })
  expect(digests.size).toBe(1)
  for (const id of cell.ids) {
    expect((await cell.report(id)).firstLogSlot, `replica ${id}`).toBeGreaterThan(1)
    expect(diskMiB(id), `replica ${id}`).toBeLessThan(diskMiBMax)
  }
})

async function writeMany(session: Session): Promise<void> {
  let next = 0
  const run = async (): Promise<void> => {
    while (next < writeCount) {
      const number = next
      next += 1
      await session.set(`/ls/local/file-${number % fileCount}`, new Uint8Array(contentsBytes).fill(number))
    }
  }
  await Promise.all(Array.from({ length: outstanding }, run))
}

function diskMiB(id: number): number {
  const store = join(context.cell.replicaDirectory(id), "store")
  const blocks = readdirSync(store).reduce((sum, name) => sum + statSync(join(store, name)).blocks, 0)
  return Math.round((blocks * 512) / (1024 * 1024))
}
