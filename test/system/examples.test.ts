/** The programs in `examples/`, as users run them, against one cell. */
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync } from "node:fs"
import { createInterface } from "node:readline"
import { promisify } from "node:util"
import { expect, onTestFinished, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"
import { RunningPostgres } from "./support/running-postgres.ts"
import { until } from "./support/until.ts"

const context = cellForTests({ replicaCount: 3 })
/** Where the examples find PostgreSQL. */
let database: Readonly<Record<string, string>> = {}

const httpDoors = (): string => context.cell.httpAddresses.map((address) => `http://${address}`).join(" ")

async function run(example: string, ...args: readonly string[]): Promise<readonly string[]> {
  const words = ["--import", "tsx", `examples/${example}.ts`, ...args]
  const reach = { CLAVIGER_CELL: context.cell.addresses.join(","), CLAVIGER_HTTP: httpDoors() }
  const env = { ...process.env, ...reach, ...database }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { env, timeout: 30_000 })
  expect(stderr).toBe("")
  return stdout.trim().split("\n")
}

const tested = [
  "01-hold-a-lock",
  "02-primary-election-with-fencing",
  "03-fenced-file-server",
  "04-config-with-cache",
  "05-membership",
  "06-survive-a-fail-over",
  "08-lost-update",
  "09-fastify-guard",
  "10-grpc-guard",
  "11-fenced-table",
]

const shellScript = "07-lock-with-curl.sh"

test("every example is tested", () => {
  expect(readdirSync("examples").sort()).toEqual([...tested.map((name) => `${name}.ts`), shellScript].sort())
})

test("01 holds the lock, works under it and ends", async () => {
  const lines = await run("01-hold-a-lock", "2")
  expect(lines[0]).toBe("waiting for the lock")
  expect(lines[1]).toMatch(/^got it, generation \d+$/)
  expect(lines.filter((line) => line.startsWith("round"))).toHaveLength(2)
  expect(lines.at(-1)).toBe("done")
})

test("02 elects one after the other, and refuses what the first one writes too late", async () => {
  const lines = await run("02-primary-election-with-fencing")
  expect(lines[0]).toMatch(/^alice is primary, generation \d+$/)
  expect(lines[1]).toMatch(/^bob is primary, generation \d+$/)
  expect(lines[2]).toMatch(/^alice is refused: /)
  expect(lines[3]).toBe("written by alice, written by bob")
})

test("03 lets the holder of a file's lock write it, and nobody else", async () => {
  const lines = await run("03-fenced-file-server")
  expect(lines).toEqual([
    "alice, who holds the lock: written",
    "bob, who holds it now: written",
    "alice, too late: refused, 409 staleGeneration",
    "carol, without any: refused, 428 missing",
    "bob, under another name: refused, 403 otherPath",
    "the report is by bob, who holds it now",
  ])
})

test("04 reads the new value as soon as the change is acknowledged", async () => {
  const lines = await run("04-config-with-cache")
  expect(lines[0]).toBe("colour is green")
  expect(lines[1]).toMatch(/^10000 reads took \d+ ms$/)
  expect(lines.slice(2)).toEqual(["colour is blue", "told of contentsChanged"])
})

test("05 tells who joins and who leaves", async () => {
  const lines = await run("05-membership")
  expect(lines).toEqual(["there are []", "joined alice", "joined bob", "left alice", "there are [ 'bob' ]"])
})

test("08 loses an update without a guard", async () => {
  const lines = await run("08-lost-update", "unguarded")
  expect(lines).toEqual([
    expect.stringMatching(/^alice reads 0, at generation \d+$/),
    expect.stringMatching(/^bob reads 0, at generation \d+$/),
    "bob writes 1",
    "alice wakes up",
    "alice writes 1",
    "both have counted, and the counter stands at 1",
  ])
})

test("08 loses none with one, and tells whom it refuses by whom he was superseded", async () => {
  const lines = await run("08-lost-update", "guarded")
  expect(lines.slice(4)).toEqual([
    expect.stringMatching(/^alice is refused: 409 staleGeneration, superseded by anonymous at generation \d+$/),
    expect.stringMatching(/^alice reads 1, at generation \d+$/),
    "alice writes 2",
    "both have counted, and the counter stands at 2",
  ])
})

test("09 changes the order whose lock is held", async () => {
  expect(await run("09-fastify-guard")).toEqual([
    "order 7: written",
    expect.stringMatching(/^order 8: refused, 403 /),
    "order 7: refused, 428 The request carries no sequencer.",
    "order 7 is { cups: 2 }",
  ])
})

test("10 appends rows for the holder", async () => {
  const lines = await run("10-grpc-guard")
  expect(lines[0]).toMatch(/^appended under generation \d+$/)
  expect(lines.slice(2)).toEqual(["refused: ABORTED, staleGeneration", "rows: alice's, bob's"])
})

test("11 keeps a former holder out of the table", async ({ skip }) => {
  const postgres = await RunningPostgres.start()
  if (postgres === undefined) return skip("PostgreSQL is not installed: apt-get install postgresql")
  onTestFinished(() => postgres.end())
  const { host, user } = postgres.reach
  database = { PGHOST: host, PGUSER: user, PGDATABASE: postgres.reach.database }
  const lines = await run("11-fenced-table")
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^generation \d+ has added 100$/),
    expect.stringMatching(/^generation \d+ has added 20$/),
  ])
  expect(lines[2]).toMatch(/^refused: .* has held the lock /)
  expect(lines[3]).toBe("the balance is 120")
})

// Before 06, which leaves a replica dead.
test("07 holds a lock with nothing but curl, and writes under it while the master is killed", async () => {
  const env = { ...process.env, CLAVIGER_HTTP: httpDoors() }
  const script = spawn("sh", [`examples/${shellScript}`, "4"], { env })
  const lines: string[] = []
  createInterface(script.stdout).on("line", (line) => lines.push(line))
  const ended = once(script, "close")
  await until("it has written", { withinMs: 20_000 }, () => lines.find((line) => line.startsWith("wrote")))
  const { replicaId } = await context.cell.master()
  await context.cell.kill(replicaId)
  expect(await ended).toEqual([0, null])
  const written = [1, 2, 3, 4].map((round) => `wrote: round ${round} of 4`)
  expect(lines).toEqual(["waiting for the lock", "got it", ...written, "released", "session closed"])
  await context.cell.restart(replicaId)
  await context.cell.untilServing()
})

test("06 keeps lock and session when the master is killed", async () => {
  const lines = await run("06-survive-a-fail-over")
  expect(lines.join("\n")).toMatch(/^killing replica \d, the master$/m)
  expect(lines).toContain("session: failOver")
  expect(lines.join("\n")).toMatch(/^wrote again after \d+ ms, content generation \d+$/m)
  expect(lines.join("\n")).toMatch(/^lock held: true, generation \d+$/m)
  expect(lines.filter((line) => /jeopardy|expired/.test(line))).toEqual([])
})
