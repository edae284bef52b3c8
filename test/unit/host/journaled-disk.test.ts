import { spawn } from "node:child_process"
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import { DiskDamagedError } from "../../../src/host/disk-errors.ts"
import { JournaledDisk } from "../../../src/host/journaled-disk.ts"
import { LmdbStore } from "../../../src/host/lmdb-store.ts"
import type { DiskWrite } from "../../../src/host/ports.ts"
import { describeDiskContract } from "../../contracts/disk.ts"
import { scratchDirectory } from "./scratch.ts"

const childScript = fileURLToPath(new URL("commit-until-killed.ts", import.meta.url))

describe("a journaled disk keeps the contract of disks:", () => {
  describeDiskContract(() => {
    const path = `${scratchDirectory()}/store`
    return { open: () => JournaledDisk.open(path) }
  })
})

describe("a journaled disk that stores after each commit keeps the contract of disks:", () => {
  describeDiskContract(() => {
    const path = `${scratchDirectory()}/store`
    return { open: () => JournaledDisk.open(path, 1) }
  })
})

describe("a journaled disk", () => {
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

  test("is, after any crash, what the commits up to some moment have made of it", async () => {
    const dice = new Prng(31)
    const path = `${scratchDirectory()}/store`
    const disk = await JournaledDisk.open(path, 3_000)
    const model = new Map<string, number>()
    for (let life = 0; life < 60; life += 1) {
      for (let count = dice.below(12); count > 0; count -= 1) {
        const writes = randomWrites(dice)
        await disk.commit(writes)
        for (const write of writes) applyTo(model, write)
      }
      // What kill -9 leaves: the files as they are, with a storing under way or not.
      const copy = copied(path, String(life))
      const found = await JournaledDisk.open(copy)
      expect(new Map([...found.load()].map(({ key, value }) => [key, value.length]))).toEqual(sorted(model))
      await found.close()
      rmSync(copy, { recursive: true })
    }
    await disk.close()
  })

  test("leaves an empty journal when it is closed", async () => {
    const path = `${scratchDirectory()}/store`
    const disk = await JournaledDisk.open(path)
    await disk.commit([{ kind: "put", key: "a", value: new Uint8Array(10) }])
    expect(statSync(`${path}/journal-0`).size).toBeGreaterThan(0)
    await disk.close()
    for (const name of ["journal-0", "journal-1"])
      expect(readFileSync(`${path}/${name}`).every((byte) => byte === 0)).toBe(true)
  })

  test("keeps a commit that is larger than a file of the journal out of it", async () => {
    const path = `${scratchDirectory()}/store`
    const disk = await JournaledDisk.open(path, 1_000)
    await disk.commit([{ kind: "put", key: "state/a", value: new Uint8Array(300) }])
    await disk.commit([
      { kind: "removeAll", prefix: "state/" },
      { kind: "put", key: "state/b", value: new Uint8Array(100_000) },
    ])
    await disk.commit([{ kind: "put", key: "state/c", value: new Uint8Array(300) }])
    expect(statSync(`${path}/journal-0`).size + statSync(`${path}/journal-1`).size).toBeLessThan(2_000)
    const copy = copied(path, "copy")
    await disk.close()
    const found = await JournaledDisk.open(copy)
    expect([...found.load()].map(({ key, value }) => [key, value.length])).toEqual([
      ["state/b", 100_000],
      ["state/c", 300],
    ])
    await found.close()
  })

  test("is sound when the last frame is torn, and the start after that is killed while it empties the journal", async () => {
    const path = `${scratchDirectory()}/store`
    const disk = await JournaledDisk.open(path)
    for (const key of ["a", "b", "c"]) await disk.commit([{ kind: "put", key, value: new Uint8Array(2_000).fill(1) }])
    const torn = copied(path, "torn")
    await disk.close()
    const bytes = readFileSync(`${torn}/journal-0`)
    bytes.fill(0, bytes.length - 600, bytes.length)
    writeFileSync(`${torn}/journal-0`, bytes)
    const again = await JournaledDisk.open(torn)
    expect([...again.load()].map(({ key }) => key)).toEqual(["a", "b"])
    await again.close()
    writeFileSync(`${torn}/journal-0`, bytes.fill(0, 0, 1_024))
    const third = await JournaledDisk.open(torn)
    expect([...third.load()].map(({ key }) => key)).toEqual(["a", "b"])
    await third.commit([{ kind: "put", key: "d", value: new Uint8Array(2_000).fill(1) }])
    const killed = copied(torn, "killed")
    await third.close()
    const last = await JournaledDisk.open(killed)
    expect([...last.load()].map(({ key }) => key)).toEqual(["a", "b", "d"])
    await last.close()
  })

  test("that was LMDB alone before misses its journal from the first start on", async () => {
    const path = `${scratchDirectory()}/store`
    const store = LmdbStore.open(path)
    await store.commit([{ kind: "put", key: "a", value: new Uint8Array(10) }])
    await store.close()
    const disk = await JournaledDisk.open(path)
    await disk.commit([{ kind: "put", key: "a", value: new Uint8Array(20) }])
    const copy = copied(path, "copy")
    await disk.close()
    rmSync(`${copy}/journal-0`)
    await expect(JournaledDisk.open(copy)).rejects.toThrow(DiskDamagedError)
  })

  test("is damaged when a file of its journal is gone, or has a flipped bit", async () => {
    for (const harm of [(file: string) => rmSync(file), (file: string) => flipBit(file, 40)]) {
      const path = `${scratchDirectory()}/store`
      const first = await JournaledDisk.open(path)
      await first.commit([{ kind: "put", key: "a", value: new Uint8Array(10) }])
      await first.close()
      const disk = await JournaledDisk.open(path)
      await disk.commit([{ kind: "put", key: "a", value: new Uint8Array(20).fill(1) }])
      await disk.commit([{ kind: "put", key: "b", value: new Uint8Array(20).fill(1) }])
      const copy = copied(path, "copy")
      await disk.close()
      harm(`${copy}/journal-0`)
      await expect(JournaledDisk.open(copy)).rejects.toThrow(DiskDamagedError)
    }
  })
})

function copied(path: string, name: string): string {
  const copy = `${path}-${name}`
  mkdirSync(copy)
  for (const file of readdirSync(path)) copyFileSync(`${path}/${file}`, `${copy}/${file}`)
  return copy
}

function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 4
  writeFileSync(file, bytes)
}

function randomWrites(dice: Prng): DiskWrite[] {
  return Array.from({ length: dice.between(1, 8) }, (): DiskWrite => {
    const key = `${dice.pick(["state", "log"])}/${dice.below(40)}`
    if (dice.chance(1, 20)) return { kind: "removeAll", prefix: "log/" }
    if (dice.chance(1, 4)) return { kind: "remove", key }
    return { kind: "put", key, value: new Uint8Array(dice.below(400)) }
  })
}

function applyTo(model: Map<string, number>, write: DiskWrite): void {
  if (write.kind === "put") model.set(write.key, write.value.length)
  else if (write.kind === "remove") model.delete(write.key)
  else for (const key of [...model.keys()]) if (key.startsWith(write.prefix)) model.delete(key)
}

function sorted(model: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...model].sort(([left], [right]) => (left < right ? -1 : 1)))
}

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

interface Found {
  readonly latest: number
  readonly left: ReadonlySet<string>
  readonly right: ReadonlySet<string>
}

async function readBack(path: string): Promise<Found> {
  const disk = await JournaledDisk.open(path)
  const entries = [...disk.load()]
  await disk.close()
  const side = (prefix: string): Set<string> =>
    new Set(entries.filter(({ key }) => key.startsWith(prefix)).map(({ key }) => key.slice(prefix.length)))
  const latest = entries.find(({ key }) => key === "latest")?.value
  return { latest: Number(new TextDecoder().decode(latest)), left: side("left/"), right: side("right/") }
}
