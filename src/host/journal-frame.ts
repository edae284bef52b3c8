/**
 * What one commit looks like in a file of the journal: a header, then the writes.
 *
 *     0   4  CRC-32 of the header's other bytes
 *     4   4  length of the writes in bytes
 *     8   8  number of the frame, from 1, one more for each
 *     16  4  CRC-32 of the writes
 *     20  4  format of the frame
 *
 * Little-endian. Frames are written one after the other, each only when the one before is on stable storage. So a crash
 * can spoil the last one and no other, and whatever else is wrong with a file is damage: records that were acknowledged
 * are gone.
 */
import { crc32 } from "node:zlib"
import { MalformedBytesError } from "../base/bytes.ts"
import { bytes, type Codec, decode, encode, list, shape, text, union } from "../base/codec.ts"
import type { DiskWrite } from "../journal/record.ts"
import { UnknownFormatError } from "./disk-errors.ts"

const frameFormat = 1
const headerBytes = 24

/** What a disk writes whole or, when the power fails, not at all. */
const sectorBytes = 512

const writesCodec: Codec<readonly DiskWrite[]> = list(
  union<DiskWrite>({
    put: { tag: 1, codec: shape({ key: text, value: bytes }) },
    remove: { tag: 2, codec: shape({ key: text }) },
    removeAll: { tag: 3, codec: shape({ prefix: text }) },
  }),
)

export interface Frame {
  readonly number: number
  readonly writes: readonly DiskWrite[]
}

/** What a file holds. Torn: one more frame was being written when the machine stopped, which doesn't count. */
export interface FramesFound {
  readonly frames: readonly Frame[]
  readonly isTorn: boolean
}

export function encodeFrame({ number, writes }: Frame): Uint8Array {
  const payload = encode(writesCodec, writes)
  const frame = Buffer.allocUnsafe(headerBytes + payload.length)
  frame.writeUInt32LE(payload.length, 4)
  frame.writeDoubleLE(number, 8)
  frame.writeUInt32LE(crc32(payload), 16)
  frame.writeUInt32LE(frameFormat, 20)
  frame.writeUInt32LE(crc32(frame.subarray(4, headerBytes)), 0)
  frame.set(payload, headerBytes)
  return frame
}

/** Raises `MalformedBytesError` for damage. Values are views into `file`. */
export function decodeFrames(file: Buffer): FramesFound {
  const frames: Frame[] = []
  for (let at = 0; at < file.length;) {
    const found = frameAt(file, at)
    if (found === "torn") return { frames, isTorn: true }
    frames.push(found.frame)
    at = found.end
  }
  return { frames, isTorn: false }
}

function frameAt(file: Buffer, at: number): { readonly frame: Frame; readonly end: number } | "torn" {
  const start = at + headerBytes
  if (start > file.length) return "torn"
  if (!isHeader(file, at)) return tornOrDamaged(file, at, start)
  const format = file.readUInt32LE(at + 20)
  if (format !== frameFormat) {
    throw new UnknownFormatError(`the journal has format ${format}: run the version of this program that wrote it`)
  }
  const end = start + file.readUInt32LE(at + 4)
  if (end > file.length) return "torn"
  const payload = file.subarray(start, end)
  if (file.readUInt32LE(at + 16) !== crc32(payload)) return tornOrDamaged(file, start, end)
  return { frame: { number: file.readDoubleLE(at + 8), writes: decode(writesCodec, payload) }, end }
}

function isHeader(file: Buffer, at: number): boolean {
  return file.readUInt32LE(at) === crc32(file.subarray(at + 4, at + headerBytes))
}

/**
 * A frame that a power failure spoiled is the last, and lacks whole sectors: they read as zeros, since the file was empty
 * before. Anything else is not the work of a crash.
 */
function tornOrDamaged(file: Buffer, from: number, to: number): "torn" {
  if (!lacksSector(file, from, to) || hasFrameAfter(file, from)) {
    throw new MalformedBytesError(`a frame of the journal fails its checksum at byte ${from}`)
  }
  return "torn"
}

/** Whether the part of some sector that lies between `from` and `to` is all zeros. */
function lacksSector(file: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to;) {
    const next = Math.min((Math.floor(at / sectorBytes) + 1) * sectorBytes, to)
    if (file.subarray(at, next).every((byte) => byte === 0)) return true
    at = next
  }
  return false
}

/** Where the length can't be believed, the next frame may begin anywhere. The format is looked at first, which is quick. */
function hasFrameAfter(file: Buffer, from: number): boolean {
  for (let at = from + 1; at + headerBytes <= file.length; at += 1) {
    if (file.readUInt32LE(at + 20) === frameFormat && isHeader(file, at)) return true
  }
  return false
}

/**
 * The frames after number `through`, which a store has, from all files of a journal. Raises `MalformedBytesError` when some
 * are missing.
 */
export function framesAfter(through: number, files: readonly FramesFound[]): readonly Frame[] {
  const inOrder = [...files].sort((left, right) => orderOf(left) - orderOf(right))
  if (inOrder.slice(0, -1).some(({ isTorn }) => isTorn))
    throw new MalformedBytesError("the journal has a torn frame inside")
  const frames = inOrder.flatMap((file) => file.frames)
  const first = frames[0]?.number ?? through + 1
  const hasGap = first > through + 1 || frames.some(({ number }, place) => number !== first + place)
  if (hasGap) throw new MalformedBytesError(`frames of the journal are missing after number ${through}`)
  return frames.filter(({ number }) => number > through)
}

/** Files are written in turns, and only the one that was written last can be torn. */
function orderOf({ frames, isTorn }: FramesFound): number {
  return frames[0]?.number ?? (isTorn ? Number.POSITIVE_INFINITY : 0)
}
