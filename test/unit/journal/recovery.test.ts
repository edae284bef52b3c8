import { describe, expect, test } from "vitest"
import { utf8 } from "../../../src/base/bytes.ts"
import { crc32c } from "../../../src/base/checksum.ts"
import { keys, logKey, openSeal } from "../../../src/journal/codec.ts"
import type { JournalRecord, StateEntry } from "../../../src/journal/record.ts"
import { birthRecords, type Expected, type Recovered, recover } from "../../../src/journal/recovery.ts"
import { DiskMap } from "../../support/disk-map.ts"

const expected: Expected = { cellId: "cell-1", cellName: "local", replicaId: 3 }
const ballot = { round: 4, replicaId: 2 }

function accepted(slot: number): JournalRecord {
  return { kind: "accepted", slot, ballot, value: utf8(`v${String(slot)}`) }
}

/** Slots 3 to 5 are chosen and kept, 6 and 8 accepted. */
function lived(): DiskMap {
  return new DiskMap(expected)
    .write(birthRecords(expected, true))
    .write([
      { kind: "promised", ballot, incarnations: [{ replicaId: 5, round: 3 }] },
      ...[1, 2, 3, 4, 5, 6, 8].map(accepted),
      { kind: "trimmed", from: 1, through: 2 },
      { kind: "state", key: "meta", payload: utf8("m") },
      { kind: "state", key: "node/1", payload: utf8("n") },
      { kind: "progress", appliedThrough: 5, digest: 77 },
    ])
}

function recovered(disk: DiskMap): Recovered & { readonly state: readonly StateEntry[] } {
  const state: StateEntry[] = []
  const recovery = recover(disk.entries, expected, (entry) => state.push(entry))
  if (recovery.kind !== "sound") throw new Error(`it is ${recovery.kind}`)
  return { ...recovery.recovered, state }
}

function damage(disk: DiskMap): string {
  const recovery = recover(disk.entries, expected, () => {})
  return recovery.kind === "damaged" ? recovery.reason : `it is ${recovery.kind}`
}

describe("a disk", () => {
  test("with nothing on it is empty, and nothing else", () => {
    expect(recover([], expected, () => {})).toEqual({ kind: "empty" })
  })

  test("that was just born remembers nothing, and whether it votes", () => {
    for (const voting of [true, false]) {
      const {
        identity,
        promise,
        progress,
        accepted: log,
      } = recovered(new DiskMap(expected).write(birthRecords(expected, voting)))
      expect(identity).toEqual({ ...expected, voting, incarnation: 0 })
      expect(promise).toEqual({ ballot: { round: 0, replicaId: 0 }, incarnations: [] })
      expect([progress.appliedThrough, log.length]).toEqual([0, 0])
    }
  })

  test("that is sound gives back everything that was recorded, in order", () => {
    const { promise, progress, accepted: log, state } = recovered(lived())
    expect(promise).toEqual({ ballot, incarnations: [{ replicaId: 5, round: 3 }] })
    expect(progress).toEqual({ appliedThrough: 5, digest: 77 })
    expect(log.map(({ slot }) => slot)).toEqual([3, 4, 5, 6, 8])
    expect(state.map(({ key }) => key)).toEqual(["meta", "node/1"])
  })

  test("whose log was trimmed away up to a snapshot is sound", () => {
    const disk = lived().write([{ kind: "trimmed", from: 3, through: 5 }])
    expect(recovered(disk).accepted.map(({ slot }) => slot)).toEqual([6, 8])
  })
})

describe("a disk is damaged", () => {
  test.each([
    [keys.identity, "identity record is missing"],
    [keys.promised, "promise record is missing"],
    [keys.progress, "progress record is missing"],
    [logKey(4), "gap"],
    [logKey(5), "gap"],
  ])("when %s is missing", (key, reason) => {
    const disk = lived()
    disk.lose(key)
    expect(damage(disk)).toContain(reason)
  })

  test.each(lived().entries.map(({ key }) => key))("when any bit of %s has flipped", (key) => {
    const size = lived().value(key).length * 8
    for (let bit = 0; bit < size; bit += 1) {
      const disk = lived()
      const value = disk.value(key)
      value[bit >> 3] = (value[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(damage(disk)).not.toContain("it is")
    }
  })

  test.each(["nonsense", "log/xyz", "log/5", "log/", logKey(1 << 20).toUpperCase(), "promised2"])(
    "when there is a record %s, that nobody writes",
    (key) => {
      const disk = lived()
      disk.apply({ kind: "put", key, value: disk.value(logKey(6)) })
      expect(damage(disk)).not.toContain("it is")
    },
  )

  test("when a record stands under the key of another", () => {
    const disk = lived()
    disk.apply({ kind: "put", key: logKey(8), value: disk.value(logKey(6)) })
    expect(damage(disk)).toContain("checksum")
  })

  test.each([
    ["a slot that was accepted", { round: 4, replicaId: 1 }],
    ["a slot of a round that was accepted", { round: 3, replicaId: 5 }],
  ])("when an older promise has come back, below %s", (_, older) => {
    expect(damage(lived().write([{ kind: "promised", ballot: older, incarnations: [] }]))).toContain("older")
  })

  test("when an older promise has come back, below the ballot that admitted the replica", () => {
    const identity = { ...expected, voting: true, incarnation: 5 }
    expect(damage(lived().write([{ kind: "identity", identity }]))).toContain("older")
  })

  test("when a record was copied from another replica's disk", () => {
    const other = new DiskMap({ ...expected, replicaId: 2 }).write(birthRecords({ ...expected, replicaId: 2 }, true))
    const disk = lived()
    disk.apply({ kind: "put", key: keys.promised, value: other.value(keys.promised) })
    expect(damage(disk)).toContain("checksum")
  })
})

describe("a disk is foreign", () => {
  test.each([
    ["cell", { ...expected, cellId: "cell-2" }],
    ["cell name", { ...expected, cellName: "global" }],
    ["replica", { ...expected, replicaId: 1 }],
  ])("when it is that of another %s: refused, not repaired", (_, other) => {
    expect(recover(lived().entries, other, () => {}).kind).toBe("foreign")
  })

  test("when another version of this program wrote it", () => {
    const disk = lived()
    const value = disk.value(keys.identity)
    value[4] = 2
    new DataView(value.buffer, value.byteOffset).setUint32(
      0,
      crc32c(value.subarray(4), crc32c(utf8(keys.identity), openSeal)),
    )
    expect(recover(disk.entries, expected, () => {}).kind).toBe("foreign")
  })
})
