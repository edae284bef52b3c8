/** The programs in `examples/`, as users run them, against one cell. */
import { execFile } from "node:child_process"
import { readdirSync } from "node:fs"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { cellForTests } from "./support/cell-for-tests.ts"

const context = cellForTests({ replicaCount: 3 })

async function run(example: string, ...args: readonly string[]): Promise<readonly string[]> {
  const words = ["--import", "tsx", `examples/${example}.ts`, ...args]
  const env = { ...process.env, CLAVIGER_CELL: context.cell.addresses.join(",") }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { env, timeout: 30_000 })
  expect(stderr).toBe("")
  return stdout.trim().split("\n")
}

const tested = [
  "01-hold-a-lock",
  "02-primary-election-with-fencing",
  "04-config-with-cache",
  "05-membership",
  "06-survive-a-fail-over",
]

test("every example is tested", () => {
  expect(readdirSync("examples").sort()).toEqual(tested.map((name) => `${name}.ts`))
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

test("06 keeps lock and session when the master is killed", async () => {
  const lines = await run("06-survive-a-fail-over")
  expect(lines.join("\n")).toMatch(/^killing replica \d, the master$/m)
  expect(lines).toContain("session: failOver")
  expect(lines.join("\n")).toMatch(/^wrote again after \d+ ms, content generation \d+$/m)
  expect(lines.join("\n")).toMatch(/^lock held: true, generation \d+$/m)
  expect(lines.filter((line) => /jeopardy|expired/.test(line))).toEqual([])
})
