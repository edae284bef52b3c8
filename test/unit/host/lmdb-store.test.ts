import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { DiskDamagedError } from "../../../src/host/disk-errors.ts"
import { LmdbStore } from "../../../src/host/lmdb-store.ts"
import { scratchDirectory } from "./scratch.ts"

describe("an LMDB store", () => {
  test("refuses a file that LMDB did not write, instead of dying of it", () => {
    const path = `${scratchDirectory()}/store`
    mkdirSync(path)
    writeFileSync(`${path}/data.mdb`, "This is no database.".repeat(1_000))
    expect(() => LmdbStore.open(path)).toThrow(DiskDamagedError)
    expect(() => LmdbStore.open(path)).toThrow("this is no LMDB file")
  })

  test("takes an empty file for a store that was never written", async () => {
    const path = `${scratchDirectory()}/store`
    mkdirSync(path)
    writeFileSync(`${path}/data.mdb`, "")
    const store = LmdbStore.open(path)
    expect([...store.load()]).toEqual([])
    await store.close()
  })

  test("uses the pages of closed snapshots again, so that rewriting does not make it grow", async () => {
    const path = `${scratchDirectory()}/store`
    const store = LmdbStore.open(path)
    const value = new Uint8Array(2_000)
    const rewrite = async (): Promise<void> => {
      for (let round = 0; round < 20; round += 1) {
        const snapshot = store.openSnapshot()
        await store.commit(Array.from({ length: 50 }, (_, number) => ({ kind: "put", key: `state/${number}`, value })))
        snapshot.close()
      }
    }
    await rewrite()
    const before = sizeOf(path)
    await rewrite()
    await rewrite()
    expect(sizeOf(path)).toBeLessThan(before * 1.5)
    await store.close()
    expect(readdirSync(path).sort()).toEqual(["data.mdb", "lock.mdb"])
  })
})

function sizeOf(path: string): number {
  return statSync(`${path}/data.mdb`).size
}
