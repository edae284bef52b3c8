/** Replicas that have lost their records, in whole or in part, and one that was given somebody else's. */
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { NumberedWriters, readNumbered } from "./support/numbered-writers.ts"
import { RunningCell } from "./support/running-cell.ts"
import { notYet, until } from "./support/until.ts"

const context = cellForTests()
let writers: NumberedWriters

beforeEach(async () => {
  writers = new NumberedWriters(
    await context.cell.openSession(),
    `/ls/local/under-load-${Math.floor(performance.now())}`,
    8,
  )
  writers.start()
  await until("writes go on", { withinMs: 10_000 }, () => writers.acknowledgedCount > 500 || undefined)
})

afterEach(async () => {
  await writers.stop()
  const reader = await context.cell.connect()
  expect(await writers.complaints((path) => readNumbered(reader, path))).toEqual([])
})

/** The replica votes again, and its state is that of the master. */
async function untilRebuilt(cell: RunningCell, id: number): Promise<void> {
  await until(`replica ${id} votes again`, { withinMs: 30_000 }, async () => {
    const report = await cell.report(id)
    return report.role === "replica" ? report : notYet(report)
  })
  await writers.stop()
  await until(`replica ${id} is level`, { withinMs: 10_000 }, async () => {
    const digests = (await cell.reports()).map(({ digest }) => digest)
    return digests.length === 5 && new Set(digests).size === 1 ? true : notYet(digests)
  })
}

async function follower(cell: RunningCell): Promise<number> {
  const { replicaId } = await cell.master()
  return cell.ids.find((id) => id !== replicaId) ?? 0
}

test("a replica whose directory is lost comes back as a learner, and votes again while writes go on", async () => {
  const { cell } = context
  const id = await follower(cell)
  await cell.kill(id)
  rmSync(cell.replicaDirectory(id), { recursive: true })
  const program = await cell.restart(id)
  await untilRebuilt(cell, id)
  expect(program.stdout).toContain("this replica votes once it has learned from the others")
})

test("a replica whose store is damaged sets it aside, and is rebuilt from the others while writes go on", async () => {
  const { cell } = context
  const id = await follower(cell)
  await cell.kill(id)
  overwriteMiddle(largestFileIn(join(cell.replicaDirectory(id), "store")))
  const program = await cell.restart(id)
  await untilRebuilt(cell, id)
  expect(program.stdout).toContain("the store is damaged")
  expect(readdirSync(cell.replicaDirectory(id))).toContain("store.damaged-1")
})

test("a replica that finds records of another cell refuses to start, and leaves them alone", async () => {
  const { cell } = context
  const id = await follower(cell)
  const other = await RunningCell.start({ replicaCount: 3 })
  other.launcher.signal("SIGINT")
  await other.launcher.ended

  await cell.kill(id)
  const own = join(cell.replicaDirectory(id), "store")
  const keptAside = `${own}.kept-aside`
  renameSync(own, keptAside)
  cpSync(join(other.replicaDirectory(1), "store"), own, { recursive: true })
  const before = readFileSync(join(own, "data.mdb"))

  const { code, stderr } = await cell.run(["replica", String(id), "--data", cell.directory])
  expect(code).toBe(78)
  expect(stderr).toContain(other.cellId)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(readFileSync(join(own, "data.mdb")).equals(before)).toBe(true)
  await other.end()

  rmSync(own, { recursive: true })
  renameSync(keptAside, own)
  await cell.restart(id)
  await untilRebuilt(cell, id)
})

/** The journal, or LMDB's file: whichever has most of the records. */
function largestFileIn(directory: string): string {
  const files = ["data.mdb", "journal-0", "journal-1"].map((name) => join(directory, name))
  return files.reduce((largest, file) => (statSync(file).size > statSync(largest).size ? file : largest))
}

/** Every other page, as a failing disk would do it. */
function overwriteMiddle(path: string): void {
  const pageBytes = 4096
  const pageCount = Math.floor(statSync(path).size / pageBytes)
  const file = openSync(path, "r+")
  try {
    const garbage = Buffer.alloc(pageBytes, 0xa5)
    for (let page = 2; page < pageCount; page += 2) writeSync(file, garbage, 0, pageBytes, page * pageBytes)
  } finally {
    closeSync(file)
  }
}
