/** A cell's life as its operator sees it: the first start, Ctrl-C, the second start, and starts that can't succeed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { freePortBlock } from "./support/free-ports.ts"
import { isAlive, runProgram } from "./support/program.ts"
import { RunningCell } from "./support/running-cell.ts"
import { until } from "./support/until.ts"

/** What the command promises to scripts: see `claviger help`. */
const exitCode = { usage: 64, setup: 78 }

const told = async (text: string, cell: RunningCell): Promise<void> => {
  await until(`the launcher says "${text}"`, { withinMs: 20_000 }, () =>
    cell.launcher.stdout.includes(text) ? true : undefined,
  )
}

describe("a cell that is started, stopped and started again", () => {
  let cell: RunningCell

  beforeAll(async () => {
    cell = await RunningCell.start()
  })
  afterAll(async () => {
    await cell.end()
  })

  test("prints every replica, what the cell can lose, and what to try next", async () => {
    await told("Ctrl-C", cell)
    const { stdout } = cell.launcher
    for (const report of await cell.reports()) {
      const row = stdout.split("\n").find((line) => line.startsWith(`${report.replicaId} `))
      expect(row).toContain(String(report.pid))
      expect(row).toContain(report.grpc)
      expect(row).toContain(report.http)
      expect(row).toContain(report.role)
    }
    expect(stdout).toContain("can lose 2 more")
    expect(stdout).toContain("npx claviger set /ls/local/hello world")
  })

  test("ends every process on Ctrl-C, and finds everything as it was when it is started again", async () => {
    expect(await cell.run(["set", "/ls/local/kept", "first"])).toMatchObject({ code: 0 })
    expect(await cell.run(["set", "/ls/local/kept", "second"])).toMatchObject({ code: 0 })
    expect(await cell.run(["lock", "/ls/local/kept", "--", "true"])).toMatchObject({ code: 0 })
    expect(await cell.run(["mkdir", "/ls/local/folder"])).toMatchObject({ code: 0 })
    const before = await cell.run(["stat", "--json", "/ls/local/kept"])
    const epochBefore = (await cell.master()).epoch
    await told("Ctrl-C", cell)

    const pids = cell.ids.map((id) => cell.pidOf(id))
    cell.launcher.signalGroup("SIGINT")
    expect(await cell.launcher.ended).toMatchObject({ code: 0, stderr: "" })
    expect(pids.filter(isAlive)).toEqual([])

    await cell.launchAll()
    await cell.untilServing()
    expect(await cell.run(["get", "/ls/local/kept"])).toEqual({ code: 0, stdout: "second", stderr: "" })
    expect(await cell.run(["stat", "--json", "/ls/local/kept"])).toEqual(before)
    expect(JSON.parse(before.stdout)).toMatchObject({ contentGeneration: 2, lockGeneration: 1 })
    expect((await cell.run(["ls"])).stdout).toBe("acl/\nfolder/\nkept\n")
    expect((await cell.master()).epoch).toBeGreaterThan(epochBefore)
  })

  test("refuses a second launcher in the same directory", async () => {
    const { code, stderr } = await runProgram(["cell", "--data", cell.directory])
    expect(code).toBe(exitCode.setup)
    expect(stderr).toContain("Stop it first")
    expect(stderr).not.toMatch(stackTrace)
  })

  test("refuses options that contradict the cell it finds", async () => {
    const { code, stderr } = await runProgram(["cell", "--data", cell.directory, "--replicas", "3"])
    expect(code).toBe(exitCode.setup)
    expect(stderr).toContain("it has 5 replicas, but --replicas says 3")
  })

  test("ends every replica when the launcher itself is killed", async () => {
    const pids = cell.launcher.children
    expect(pids).toHaveLength(5)
    cell.launcher.signal("SIGKILL")
    await until("the replicas have noticed", { withinMs: 10_000 }, () => !pids.some(isAlive) || undefined)
  })
})

describe("a start that can't succeed says why, and what to do", () => {
  const directories: string[] = []
  const newDirectory = (): string => {
    const directory = mkdtempSync(join(tmpdir(), "claviger-start-"))
    directories.push(directory)
    return directory
  }
  afterAll(() => {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  })

  test("a port that is taken", async () => {
    const base = await freePortBlock(40)
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(base + 3, "127.0.0.1", resolve))
    const { code, stderr } = await runProgram(["cell", "--data", newDirectory(), "--port", String(base)])
    other.close()
    expect(code).toBe(exitCode.setup)
    expect(stderr).toContain(`port ${base + 3} is taken`)
    expect(stderr).not.toMatch(stackTrace)
  })

  test("a directory that holds something else", async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, "diary.txt"), "dear diary")
    const { code, stderr } = await runProgram(["cell", "--data", directory])
    expect(code).toBe(exitCode.setup)
    expect(stderr).toContain("is not empty, and holds no cell")
    expect(stderr).not.toMatch(stackTrace)
  })

  test("a cell.json that is no JSON, or says nonsense", async () => {
    for (const text of ["{ not json", `{"cell":"dev","cellId":"12345678","replicas":[],"colour":"red"}`]) {
      const directory = newDirectory()
      writeFileSync(join(directory, "cell.json"), text)
      const { code, stderr } = await runProgram(["cell", "--data", directory])
      expect(code).toBe(exitCode.setup)
      expect(stderr).toContain("cell.json can't be used")
      expect(stderr).not.toMatch(stackTrace)
    }
  })

  test("an option that does not exist", async () => {
    const { code, stderr } = await runProgram(["cell", "--replcas", "3"])
    expect(code).toBe(exitCode.usage)
    expect(stderr).toContain("did you mean --replicas?")
    expect(stderr).not.toMatch(stackTrace)
  })

  test("a replica in a directory without a cell", async () => {
    const { code, stderr } = await runProgram(["replica", "1", "--data", newDirectory()])
    expect(code).toBe(exitCode.setup)
    expect(stderr).not.toMatch(stackTrace)
  })
})

const stackTrace = /\n\s+at /
