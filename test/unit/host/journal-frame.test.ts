import { crc32 } from "node:zlib"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { UnknownFormatError } from "../../../src/host/disk-errors.ts"
import { decodeFrames, encodeFrame, type Frame, framesAfter } from "../../../src/host/journal-frame.ts"

const frames: readonly Frame[] = [1, 2, 3].map((number) => ({
  number,
  writes: [
    { kind: "put", key: `log/${number}`, value: new Uint8Array(400 * number).fill(7) },
    { kind: "remove", key: "state/a" },
    { kind: "removeAll", prefix: "state/" },
  ],
}))
const encoded = frames.map((frame) => Buffer.from(encodeFrame(frame)))
const file = Buffer.concat(encoded)
const lastFrameAt = file.length - (encoded[2]?.length ?? 0)

describe("the frames of a journal", () => {
  test("come back as they were", () => {
    const { frames: found, isTorn } = decodeFrames(file)
    expect(isTorn).toBe(false)
    expect(found.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(found.map(({ writes }) => writes.map((write) => write.kind))).toEqual(
      Array(3).fill(["put", "remove", "removeAll"]),
    )
    expect(found[2]?.writes[0]).toMatchObject({ key: "log/3" })
  })

  test("count up to where the file was cut, wherever that was", () => {
    const ends = [0, encoded[0]?.length ?? 0, lastFrameAt, file.length]
    for (let size = 0; size <= file.length; size += 1) {
      const found = decodeFrames(file.subarray(0, size))
      expect(found.frames.length).toBe(ends.findLastIndex((end) => end <= size))
      expect(found.isTorn).toBe(!ends.includes(size))
    }
  })

  test("count without the last, if that lacks a sector: the power failed while it was written", () => {
    for (let sector = Math.ceil(lastFrameAt / 512) - 1; sector < Math.ceil(file.length / 512); sector += 1) {
      const spoiled = Buffer.from(file).fill(
        0,
        Math.max(sector * 512, lastFrameAt),
        Math.min((sector + 1) * 512, file.length),
      )
      expect(decodeFrames(spoiled)).toMatchObject({ frames: [{ number: 1 }, { number: 2 }], isTorn: true })
    }
  })

  test("are damaged by any flipped bit, and by a lost sector with frames behind it", () => {
    for (let at = 0; at < file.length; at += 7) {
      const spoiled = Buffer.from(file)
      spoiled[at] = (spoiled[at] ?? 0) ^ (1 << (at % 8))
      expect(() => decodeFrames(spoiled), `byte ${at}`).toThrow(MalformedBytesError)
    }
    for (const at of [0, 512]) {
      expect(() => decodeFrames(Buffer.from(file).fill(0, at, at + 512))).toThrow(MalformedBytesError)
    }
  })

  test("of another format are not taken for damage", () => {
    const other = Buffer.from(encodeFrame({ number: 1, writes: [] }))
    other.writeUInt32LE(9, 20)
    other.writeUInt32LE(crc32(other.subarray(4, 24)), 0)
    expect(() => decodeFrames(other)).toThrow(UnknownFormatError)
  })
})

describe("the frames that a store lacks", () => {
  const numbered = (from: number, through: number, isTorn = false): Parameters<typeof framesAfter>[1][number] => {
    const all = Array.from({ length: through - from + 1 }, (_, place) => ({ number: from + place, writes: [] }))
    return { frames: all, isTorn }
  }
  const none = { frames: [], isTorn: false }
  const after = (...given: Parameters<typeof framesAfter>): number[] =>
    framesAfter(...given).map(({ number }) => number)

  test("are those of both files, in order, but for those that it has", () => {
    expect(after(0, [none, none])).toEqual([])
    expect(after(3, [numbered(4, 5), none])).toEqual([4, 5])
    expect(after(3, [numbered(6, 7, true), numbered(2, 5)])).toEqual([4, 5, 6, 7])
    expect(after(9, [numbered(2, 5), none])).toEqual([])
    expect(after(5, [numbered(2, 5), { frames: [], isTorn: true }])).toEqual([])
  })

  test("are damaged when numbers are missing, or a file before the last is torn", () => {
    const damaged = [
      () => framesAfter(3, [numbered(5, 6), none]),
      () => framesAfter(3, [numbered(4, 6), numbered(8, 9)]),
      () => framesAfter(3, [numbered(4, 6, true), numbered(7, 9)]),
      () => framesAfter(3, [numbered(4, 6, true), { frames: [], isTorn: true }]),
    ]
    for (const read of damaged) expect(read).toThrow(MalformedBytesError)
  })
})
