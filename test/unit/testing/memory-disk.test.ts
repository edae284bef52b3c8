/** What the disk in memory promises, and what it does not. */
import { expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import type { DiskWrite } from "../../../src/host/ports.ts"
import { MemoryDisk } from "../../../src/testing/memory-disk.ts"
import { Timeline } from "../../../src/testing/time.ts"

function put(key: string): DiskWrite {
  return { kind: "put", key, value: utf8(key) }
}

function keysOf(disk: MemoryDisk): string[] {
  return disk.load().map(({ key }) => key)
}

test("a crash takes back what is not durable, but for the oldest commits that it spares", () => {
  const timeline = new Timeline()
  const disk = new MemoryDisk(timeline, () => 10)
  const synced: string[] = []
  const durable: string[] = []
  const commit = (key: string): void => {
    disk.commit(
      [put(key)],
      () => durable.push(key),
      () => synced.push(key),
    )
  }
  commit("a")
  timeline.runUntil(10)
  for (const key of ["b", "c", "d"]) commit(key)
  disk.crash(2)
  timeline.runUntil(1000)
  expect(keysOf(disk)).toEqual(["a", "b", "c"])
  expect(durable).toEqual(["a", "b", "c"])
  expect(synced).toEqual(["a"])
})

test("commits that come while a sync is under way share the next one", () => {
  const timeline = new Timeline()
  let syncCount = 0
  const disk = new MemoryDisk(timeline, () => {
    syncCount += 1
    return 10
  })
  for (const key of ["a", "b", "c"]) {
    disk.commit(
      [put(key)],
      () => undefined,
      () => undefined,
    )
  }
  timeline.runUntil(100)
  expect(syncCount).toBe(2)
  expect(keysOf(disk)).toEqual(["a", "b", "c"])
})
