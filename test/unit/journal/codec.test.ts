import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { MalformedBytesError, utf8 } from "../../../src/base/bytes.ts"
import { decode } from "../../../src/base/codec.ts"
import {
  acceptCodec,
  identityCodec,
  journalWrites,
  keys,
  logKey,
  openSeal,
  progressCodec,
  promiseCodec,
  sealed,
  sealOf,
  UnknownFormatError,
  unsealed,
  unsealedState,
} from "../../../src/journal/codec.ts"
import { crc32c } from "../../../src/base/checksum.ts"
import type { JournalRecord } from "../../../src/journal/record.ts"

const seal = sealOf("cell-1", 3)

describe("a seal", () => {
  test("gives back what was sealed", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 100 }), (key, payload) => {
        expect(unsealed(seal, { key, value: sealed(seal, key, payload) })).toEqual(payload)
      }),
    )
  })

  test("finds any single flipped bit", () => {
    const value = sealed(seal, "promised", utf8("a payload of some length"))
    for (let bit = 0; bit < value.length * 8; bit += 1) {
      const damaged = value.slice()
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => unsealed(seal, { key: "promised", value: damaged })).toThrow(MalformedBytesError)
    }
  })

  test("finds a record that is cut off or has grown", () => {
    const value = sealed(seal, "promised", utf8("payload"))
    for (let length = 0; length < value.length; length += 1) {
      expect(() => unsealed(seal, { key: "promised", value: value.subarray(0, length) })).toThrow(MalformedBytesError)
    }
    const longer = new Uint8Array([...value, 0])
    expect(() => unsealed(seal, { key: "promised", value: longer })).toThrow(MalformedBytesError)
  })

  test.each([
    ["under another key", seal, "progress"],
    ["of another replica", sealOf("cell-1", 2), "promised"],
    ["of another cell", sealOf("cell-2", 3), "promised"],
  ])("finds a record %s", (_, otherSeal, otherKey) => {
    const value = sealed(seal, "promised", utf8("payload"))
    expect(() => unsealed(otherSeal, { key: otherKey, value })).toThrow(MalformedBytesError)
  })

  test("tells a record of another format, which is whole, from a damaged one", () => {
    const value = sealed(seal, "promised", utf8("payload"))
    value[4] = 9
    const checksum = crc32c(value.subarray(4), crc32c(utf8("promised"), seal))
    new DataView(value.buffer, value.byteOffset).setUint32(0, checksum)
    expect(() => unsealed(seal, { key: "promised", value })).toThrow(UnknownFormatError)
  })

  test("reads a value that lies in the middle of a larger buffer", () => {
    const value = sealed(seal, "promised", utf8("payload"))
    const buffer = new Uint8Array([1, 2, 3, ...value, 4, 5])
    const entry = { key: "promised", value: buffer.subarray(3, 3 + value.length) }
    expect(unsealed(seal, entry)).toEqual(utf8("payload"))
  })
})

describe("keys of log records", () => {
  test("are in the order of their slots", () => {
    const slots = [1, 9, 10, 15, 16, 255, 256, 4096, 2 ** 32, Number.MAX_SAFE_INTEGER]
    expect(slots.map(logKey).sort()).toEqual(slots.map(logKey))
  })
})

describe("records", () => {
  function writesOf(record: JournalRecord): ReturnType<typeof journalWrites> {
    return journalWrites([record], seal)
  }

  /** The key and payload of the one write that `record` becomes. */
  function putOf(record: JournalRecord, under = seal): { key: string; payload: Uint8Array } {
    const [write] = writesOf(record)
    if (write?.kind !== "put") throw new Error("one put was expected")
    return { key: write.key, payload: unsealed(under, write) }
  }

  test("of the identity are readable by whoever does not know yet whose they are", () => {
    const identity = { cellId: "cell-1", cellName: "local", replicaId: 3, voting: true, incarnation: 7 }
    const { key, payload } = putOf({ kind: "identity", identity }, openSeal)
    expect(key).toBe(keys.identity)
    expect(decode(identityCodec, payload)).toEqual(identity)
  })

  test("of a promise, of an accepted slot and of progress come back as they were", () => {
    const ballot = { round: 4, replicaId: 2 }
    const promised = { ballot, incarnations: [{ replicaId: 5, round: 3 }] }
    expect(decode(promiseCodec, putOf({ kind: "promised", ...promised }).payload)).toEqual(promised)
    const accepted = { ballot, value: utf8("v") }
    const put = putOf({ kind: "accepted", slot: 9, ...accepted })
    expect(put.key).toBe(logKey(9))
    expect(decode(acceptCodec, put.payload)).toEqual(accepted)
    const progress = { appliedThrough: 9, digest: 2 ** 52 - 1 }
    expect(decode(progressCodec, putOf({ kind: "progress", ...progress }).payload)).toEqual(progress)
  })

  test("of the state are put, or removed when they have no payload", () => {
    const [put] = writesOf({ kind: "state", key: "node/1", payload: utf8("x") })
    if (put?.kind !== "put") throw new Error("a put was expected")
    expect(unsealedState(seal, put)).toEqual({ key: "node/1", payload: utf8("x") })
    expect(writesOf({ kind: "state", key: "node/1", payload: undefined })).toEqual([
      { kind: "remove", key: "state/node/1" },
    ])
  })

  test("of a trim remove exactly the slots named", () => {
    expect(writesOf({ kind: "trimmed", from: 4, through: 6 })).toEqual(
      [4, 5, 6].map((slot) => ({ kind: "remove", key: logKey(slot) })),
    )
  })

  test("that clear the state leave the log alone, and the other way round", () => {
    expect(writesOf({ kind: "stateCleared" })).toEqual([{ kind: "removeAll", prefix: "state/" }])
    expect(writesOf({ kind: "logCleared" })).toEqual([{ kind: "removeAll", prefix: "log/" }])
  })

  test("of one turn become writes in the same order", () => {
    const records: JournalRecord[] = [
      { kind: "stateCleared" },
      { kind: "state", key: "a", payload: utf8("1") },
      { kind: "progress", appliedThrough: 1, digest: 1 },
    ]
    expect(journalWrites(records, seal).map((write) => write.kind)).toEqual(["removeAll", "put", "put"])
  })
})
