import { spawn } from "node:child_process"
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { DiskDamagedError, LmdbDisk } from "../../../src/host/lmdb-disk.ts"
import { describeDiskContract } from "../../contracts/disk.ts"
import { scratchDirectory } from "./scratch.ts"

const childScript = fileURLToPath(new URL("commit-until-killed.ts", import.meta.url))

describe("an LMDB disk keeps the contract of disks:", () => {
  describeDiskContract(() => {
    const path = `${scratchDirectory()}/store`
    return { open: () => LmdbDisk.open(path) }
  })
})

describe("an LMDB disk", () => {
  test("has every durable commit, whole, after its process was killed in the midst of writing", async () => {
    const path = `${scratchDirectory()}/store`
    for (let life = 1; life <= 3; life += 1) {
      const durable = await commitInChild(path, "", 50 * life)
      const found = await readBack(path)
      expect(found.latest).toBeGreaterThanOrEqual(durable)
      expect(found.left).toEqual(found.right)
      expect(found.left.size).toBeGreaterThan(found.latest)
    }
  })

  test("rejects a commit that can't be written, and all later ones, and keeps those before", async () => {
    const path = `${scratchDirectory()}/store`
    const lines: string[] = []
    // No file may grow beyond a megabyte: a disk that is full, as far as LMDB can tell.
    const durable = await commitInChild(path, "ulimit -f 2048;", Number.POSITIVE_INFINITY, lines)
    expect(lines.at(-1)).toBe("failed DiskFailedError for good")
    const found = await readBack(path)
    expect(found.latest).toBe(durable)
    expect(found.left).toEqual(found.right)
  })

  test("refuses a file that LMDB did not write, instead of dying of it", () => {
    const path = `${scratchDirectory()}/store`
    mkdirSync(path)
    writeFileSync(`${path}/data.mdb`, "This is no database.".repeat(1_000))
    expect(() => LmdbDisk.open(path)).toThrow(DiskDamagedError)
    expect(() => LmdbDisk.open(path)).toThrow("this is no LMDB file")
  })

  test("takes an empty file for a store that was never written", async () => {
    const path = `${scratchDirectory()}/store`
    mkdirSync(path)
    writeFileSync(`${path}/data.mdb`, "")
    const disk = LmdbDisk.open(path)
    expect([...disk.load()]).toEqual([])
    await disk.close()
  })

  test("uses the pages of closed snapshots again, so that rewriting does not make it grow", async () => {
    const path = `${scratchDirectory()}/store`
    const disk = LmdbDisk.open(path)
    const value = new Uint8Array(2_000)
    const rewrite = async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        const snapshot = disk.openSnapshot()
        await disk.commit(Array.from({ length: 50 }, (_, number) => ({ kind: "put", key: `state/${number}`, value })))
        snapshot.close()
      }
    }
    await rewrite()
    const before = sizeOf(path)
    await rewrite()
    await rewrite()
    expect(sizeOf(path)).toBeLessThan(before * 1.5)
    await disk.close()
    expect(readdirSync(path).sort()).toEqual(["data.mdb", "lock.mdb"])
  })
})

/** Returns the number of the last commit that the child called durable before it was killed or gave up. */
async function commitInChild(path: string, limit: string, killAfter: number, lines: string[] = []): Promise<number> {
  const command = `${limit} exec "$0" "$@"`
  const child = spawn("sh", ["-c", command, process.execPath, "--import", "tsx", childScript, path], {
    stdio: ["ignore", "pipe", "ignore"],
  })
  let text = ""
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString()
    if (text.split("\n").length > killAfter) child.kill("SIGKILL")
  })
  await new Promise((resolve) => child.once("close", resolve))
  // The last line may have been cut off by the kill.
  lines.push(...text.split("\n").slice(0, -1))
  return Number(lines.findLast((line) => line.startsWith("durable"))?.split(" ")[1])
}

function sizeOf(path: string): number {
  return statSync(`${path}/data.mdb`).size
}

interface Found {
  readonly latest: number
  readonly left: ReadonlySet<string>
  readonly right: ReadonlySet<string>
}

async function readBack(path: string): Promise<Found> {
  const disk = LmdbDisk.open(path)
  const entries = [...disk.load()]
  await disk.close()
  const side = (prefix: string): Set<string> =>
    new Set(entries.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key.slice(prefix.length)))
  const latest = entries.find(({ key }) => key === "latest")?.value
  return { latest: Number(new TextDecoder().decode(latest)), left: side("left/"), right: side("right/") }
}
