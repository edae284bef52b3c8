import { describe, expect, test } from "vitest"
import { MalformedBytesError, utf8 } from "../../../src/base/bytes.ts"
import { SnapshotReader } from "../../../src/host/snapshot-reader.ts"
import { journalWrites } from "../../../src/journal/codec.ts"
import type { JournalRecord } from "../../../src/journal/record.ts"
import { progress, ScriptedDisk, ScriptedTime, seal } from "./scripted-world.ts"

function state(key: string, payload = "x"): JournalRecord {
  return { kind: "state", key, payload: utf8(payload) }
}

function readerOver(records: readonly JournalRecord[]): {
  reader: SnapshotReader
  disk: ScriptedDisk
  time: ScriptedTime
} {
  const disk = new ScriptedDisk()
  const time = new ScriptedTime()
  fill(disk, records)
  return { reader: new SnapshotReader({ disk, seal, clock: time, timers: time }), disk, time }
}

function fill(disk: ScriptedDisk, records: readonly JournalRecord[]): void {
  disk.entries = journalWrites(records, seal)
    .filter((write) => write.kind === "put")
    .sort((left, right) => (left.key < right.key ? -1 : 1))
}

/** The scripted disk gives as many entries as it is asked for bytes. */
function ask(to: number, cursor = "", transfer = to, bytesMax = 2) {
  return { to, transfer, cursor, bytesMax }
}

describe("the reader of snapshots", () => {
  test("reads all pieces of a transfer from the state of its beginning", () => {
    const { reader, disk } = readerOver([state("a"), state("b"), state("c"), progress(5)])
    const first = reader.read(ask(2))
    fill(disk, [state("a", "new"), state("c", "new"), state("d", "new"), progress(9)])
    const second = reader.read(ask(2, first?.cursor))
    expect(first).toMatchObject({ after: "", cursor: "b", last: false, appliedThrough: 5 })
    expect(second).toMatchObject({ after: "b", cursor: "c", last: true, appliedThrough: 5 })
    expect([...(first?.entries ?? []), ...(second?.entries ?? [])]).toEqual(
      ["a", "b", "c"].map((key) => ({ key, payload: utf8("x") })),
    )
  })

  test("closes the snapshot after the last piece, even if that is the first", () => {
    const { reader, disk, time } = readerOver([state("a"), progress(5)])
    expect(reader.read(ask(2))).toMatchObject({ last: true })
    expect([disk.openSnapshotCount, time.timerCount]).toEqual([0, 0])
  })

  test("closes the snapshot of a fetcher that has gone silent, and then serves that transfer no more", () => {
    const { reader, disk, time } = readerOver([state("a"), state("b"), state("c"), progress(5)])
    reader.read(ask(2))
    time.advanceTo(time.instant + 29_999)
    expect(disk.openSnapshotCount).toBe(1)
    time.advanceTo(time.instant + 1)
    expect(disk.openSnapshotCount).toBe(0)
    expect(reader.read(ask(2, "b"))).toBeUndefined()
  })

  test("serves two transfers at once, and a third when one of them is over", () => {
    const { reader, disk } = readerOver([state("a"), state("b"), state("c"), progress(5)])
    expect([2, 3, 4].map((to) => reader.read(ask(to)) !== undefined)).toEqual([true, true, false])
    reader.read(ask(2, "b"))
    expect(reader.read(ask(4))).toBeDefined()
    expect(disk.openSnapshotCount).toBe(2)
  })

  test("drops the transfer of a replica that begins another", () => {
    const { reader, disk } = readerOver([state("a"), state("b"), state("c"), progress(5)])
    reader.read(ask(2, "", 10))
    reader.read(ask(2, "", 11))
    expect(disk.openSnapshotCount).toBe(1)
    expect(reader.read(ask(2, "b", 10))).toBeUndefined()
    expect(reader.read(ask(2, "b", 11))).toMatchObject({ last: true })
  })

  test("passes nothing on that fails its checksum", () => {
    const { reader, disk } = readerOver([state("a"), progress(5)])
    disk.entries = disk.entries.map((entry) => ({
      ...entry,
      value: entry.value.map((byte, at) => (at === 5 ? byte ^ 1 : byte)),
    }))
    expect(() => reader.read(ask(2))).toThrow(MalformedBytesError)
  })

  test("closes what is open", () => {
    const { reader, disk, time } = readerOver([state("a"), state("b"), state("c"), progress(5)])
    reader.read(ask(2))
    reader.close()
    expect([disk.openSnapshotCount, time.timerCount]).toEqual([0, 0])
  })
})
