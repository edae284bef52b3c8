import { crc32 } from "node:zlib"
import { describe, expect, test } from "vitest"
import { MalformedBytesError } from "../../../src/base/bytes.ts"
import { UnknownFormatError } from "../../../src/journal/codec.ts"
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
  test("come back as they were, whatever zeros follow", () => {
    for (const zeros of [0, 1, 30, 5_000]) {
      const found = decodeFrames(Buffer.concat([file, Buffer.alloc(zeros)]), 0)
      expect(numbersOf(found)).toEqual([1, 2, 3])
      expect(found.map(({ writes }) => writes.map(({ kind }) => kind))).toEqual(
        Array(3).fill(["put", "remove", "removeAll"]),
      )
      expect(found[2]?.writes[0]).toMatchObject({ key: "log/3" })
    }
  })

  test("count up to where the file was cut, wherever that was", () => {
    const ends = [0, encoded[0]?.length ?? 0, lastFrameAt, file.length]
    for (let size = 0; size <= file.length; size += 1) {
      expect(decodeFrames(file.subarray(0, size), 0).length).toBe(ends.findLastIndex((end) => end <= size))
    }
  })

  test("count without the last, if that lacks a sector: the power failed while it was written", () => {
    for (let sector = Math.ceil(lastFrameAt / 512) - 1; sector < Math.ceil(file.length / 512); sector += 1) {
      const to = Math.min((sector + 1) * 512, file.length)
      const spoiled = Buffer.from(file).fill(0, Math.max(sector * 512, lastFrameAt), to)
      expect(numbersOf(decodeFrames(spoiled, 0))).toEqual([1, 2])
      expect(numbersOf(decodeFrames(Buffer.concat([spoiled, Buffer.alloc(700)]), 0))).toEqual([1, 2])
    }
  })

  test("count without the last, whatever its own contents look like", () => {
    const contents = Buffer.concat([encodeFrame({ number: 2, writes: [] }), Buffer.alloc(2_000, 7)])
    const last = Buffer.from(encodeFrame({ number: 1, writes: [{ kind: "put", key: "a", value: contents }] }))
    expect(decodeFrames(last.fill(0, 1_024, 1_536), 0)).toEqual([])
  })

  test("are damaged by any flipped bit, and by a lost sector with frames behind it", () => {
    for (let at = 0; at < file.length; at += 7) {
      const spoiled = Buffer.concat([file, Buffer.alloc(300)])
      spoiled[at] = (spoiled[at] ?? 0) ^ (1 << (at % 8))
      expect(() => decodeFrames(spoiled, 0), `byte ${at}`).toThrow(MalformedBytesError)
    }
    for (const at of [0, 512]) {
      expect(() => decodeFrames(Buffer.from(file).fill(0, at, at + 512), 0)).toThrow(MalformedBytesError)
    }
  })

  test("that are stored may be damaged, or half overwritten with zeros", () => {
    for (let zeros = 0; zeros <= file.length; zeros += 100) {
      const found = decodeFrames(Buffer.from(file).fill(0, 0, zeros), 3)
      expect(numbersOf(found)).toEqual(zeros === 0 ? [1, 2, 3] : [])
    }
    const spoiled = Buffer.from(file).fill(255, lastFrameAt - 100, lastFrameAt - 50)
    expect(numbersOf(decodeFrames(spoiled, 3))).toEqual([1])
    expect(() => decodeFrames(spoiled, 2)).toThrow(MalformedBytesError)
  })

  test("of another format are not taken for damage", () => {
    const other = Buffer.from(encodeFrame({ number: 1, writes: [] }))
    other.writeUInt32LE(9, 20)
    other.writeUInt32LE(crc32(other.subarray(4, 24)), 0)
    expect(() => decodeFrames(other, 0)).toThrow(UnknownFormatError)
  })
})

describe("the frames that a store lacks", () => {
  const numbered = (from: number, to: number): readonly Frame[] =>
    Array.from({ length: to - from + 1 }, (_, place) => ({ number: from + place, writes: [] }))

  test("are those of both files, in order, but for those that it has", () => {
    const lacking = (...given: Parameters<typeof framesAfter>): number[] => numbersOf(framesAfter(...given))
    expect(lacking(0, [[], []])).toEqual([])
    expect(lacking(3, [numbered(4, 5), []])).toEqual([4, 5])
    expect(lacking(3, [numbered(6, 7), numbered(2, 5)])).toEqual([4, 5, 6, 7])
    expect(lacking(9, [numbered(2, 5), []])).toEqual([])
  })

  test("are damaged when numbers are missing", () => {
    expect(() => framesAfter(3, [numbered(5, 6), []])).toThrow(MalformedBytesError)
    expect(() => framesAfter(3, [numbered(4, 6), numbered(8, 9)])).toThrow(MalformedBytesError)
  })
})

function numbersOf(found: readonly Frame[]): number[] {
  return found.map(({ number }) => number)
}
