import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Prng } from "../../../src/base/prng.ts"
import type { DiskWrite } from "../../../src/host/ports.ts"
import { DiskDamagedError } from "../../../src/host/disk-errors.ts"
import { UnknownFormatError } from "../../../src/journal/codec.ts"
import { findDamage } from "../../../src/host/lmdb-check.ts"
import { LmdbStore } from "../../../src/host/lmdb-store.ts"

const pageBytes = 4_096
let directory: string
let soundFile: string

beforeAll(async () => {
  directory = mkdtempSync(`${tmpdir()}/claviger-`)
  await writeMuch(`${directory}/sound`, new Prng(1), 12)
  soundFile = `${directory}/sound/data.mdb`
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe("the check of an LMDB file", () => {
  test("finds nothing wrong with what LMDB has written, whatever was written", async () => {
    expect(findDamage(soundFile)).toBeUndefined()
    for (let seed = 2; seed <= 4; seed += 1) {
      const path = `${directory}/sound-${seed}`
      for (let life = 1; life <= 3; life += 1) {
        await writeMuch(path, new Prng(seed * 100 + life), 15)
        expect(findDamage(`${path}/data.mdb`)).toBeUndefined()
      }
    }
  })

  test("finds nothing wrong with a store in which nothing was written yet", async () => {
    await LmdbStore.open(`${directory}/fresh`).close()
    expect(findDamage(`${directory}/fresh/data.mdb`)).toBeUndefined()
  })

  test("finds a file that was cut short, wherever it was cut", () => {
    const { length } = readFileSync(soundFile)
    // The last pages may be free ones, which nobody misses.
    for (const size of [1, 100, pageBytes, pageBytes + 50, 2 * pageBytes, Math.floor(length / 2)]) {
      const path = damagedCopy(`cut-${size}`, () => {})
      truncateSync(`${path}/data.mdb`, size)
      expect(findDamage(`${path}/data.mdb`), `cut to ${size} bytes`).toBeDefined()
    }
  })

  test("finds a header that calls itself older or newer than it is", () => {
    for (const [page, bit] of [0, 1].flatMap((number) => [0n, 2n, 3n, 8n, 31n].map((at) => [number, at] as const))) {
      const path = damagedCopy("aged", (bytes) => {
        const at = page * pageBytes + 152
        bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) ^ (1n << bit), at)
      })
      expect(findDamage(`${path}/data.mdb`)).toMatch(/can't be the latest two|from the future/)
    }
  })

  test("tells a store of another version of LMDB from a damaged one", () => {
    const path = damagedCopy("older", (bytes) => bytes.writeUInt32LE(1, 28))
    expect(() => findDamage(`${path}/data.mdb`)).toThrow(UnknownFormatError)
  })

  test("leaves nothing that LMDB dies of: flipped bits, zeroed pages, pages in the wrong place", async () => {
    const dice = new Prng(7)
    const pageCount = readFileSync(soundFile).length / pageBytes
    let foundCount = 0
    for (let attempt = 0; attempt < 80; attempt += 1) {
      const path = damagedCopy("damaged", (bytes) => damage(bytes, dice, pageCount))
      try {
        // Values may differ: their seals are looked at elsewhere. But all must be read, and LMDB must go on writing.
        const disk = LmdbStore.open(path)
        for (const { value } of disk.load()) expect(value).toBeInstanceOf(Uint8Array)
        await disk.commit([{ kind: "put", key: "state/new", value: new Uint8Array(9_000) }])
        await disk.close()
      } catch (error) {
        expect(error).toBeInstanceOf(DiskDamagedError)
        foundCount += 1
      }
    }
    expect(foundCount).toBeGreaterThan(15)
  })
})

async function writeMuch(path: string, dice: Prng, commitCount: number): Promise<void> {
  const disk = LmdbStore.open(path)
  for (let count = 0; count < commitCount; count += 1) {
    const writes = Array.from({ length: dice.between(1, 60) }, (): DiskWrite => {
      const key = `${dice.pick(["state", "log"])}/${dice.below(700)}`
      if (dice.chance(1, 4)) return { kind: "remove", key }
      return { kind: "put", key, value: new Uint8Array(dice.chance(1, 15) ? dice.below(40_000) : dice.below(500)) }
    })
    if (dice.chance(1, 30)) writes.push({ kind: "removeAll", prefix: "log/" })
    await disk.commit(writes)
  }
  await disk.close()
}

function damagedCopy(name: string, change: (bytes: Buffer) => void): string {
  const path = `${directory}/${name}`
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  copyFileSync(soundFile, `${path}/data.mdb`)
  const bytes = readFileSync(soundFile)
  change(bytes)
  writeFileSync(`${path}/data.mdb`, bytes)
  return path
}

function damage(bytes: Buffer, dice: Prng, pageCount: number): void {
  const start = dice.below(pageCount) * pageBytes
  const flip = (at: number): void => void (bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8)))
  switch (dice.below(4)) {
    case 0:
      return flip(dice.below(bytes.length))
    case 1:
      // In a page's header or among its pointers, where it hurts most.
      return flip(start + dice.below(64))
    case 2:
      return void bytes.fill(0, start, start + pageBytes)
    default:
      return void bytes.copyWithin(start, ...pageAt(dice.below(pageCount)))
  }
}

function pageAt(number: number): [start: number, end: number] {
  return [number * pageBytes, (number + 1) * pageBytes]
}
