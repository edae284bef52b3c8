/**
 * What one commit looks like in a file of the journal: a header, then the writes.
 *
 *     0   4  CRC-32 of the header's other bytes
 *     4   4  length of the writes in bytes
 *     8   8  number of the frame, from 1, one more for each
 *     16  4  CRC-32 of the writes
 *     20  4  format of the frame
 *
 * Little-endian. Behind the last frame there are zeros. Frames are written one after the other, each only when the one
 * before is on stable storage. So a crash can spoil the last one and no other, and whatever else is wrong with a file is
 * damage: records that were acknowledged are gone.
 */
import { crc32 } from "node:zlib"
import { MalformedBytesError } from "../base/bytes.ts"
import { bytes, type Codec, decode, encode, list, shape, text, union } from "../base/codec.ts"
import { UnknownFormatError } from "../journal/codec.ts"
import type { DiskWrite } from "../journal/record.ts"

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

/**
 * The frames of a file, as far as it has any. Numbers up to `through` are in the store: damage to those does no harm, and
 * they may be being overwritten. Raises `MalformedBytesError` for other damage. Values are views into `file`.
 */
export function decodeFrames(file: Buffer, through: number): readonly Frame[] {
  const frames: Frame[] = []
  for (let at = 0; ;) {
    const found = frameAt(file, at)
    if ("spoiled" in found) {
      if (!isZero(file.subarray(at)) && !mayBeSpoiled(file, found.spoiled, through, frames.at(-1)?.number)) {
        throw new MalformedBytesError(`a frame of the journal fails its checksum at byte ${found.spoiled.from}`)
      }
      return frames
    }
    frames.push(found.frame)
    at = found.end
  }
}

/** The frames after number `through`, from what the files of a journal hold. Raises `MalformedBytesError` if any are missing. */
export function framesAfter(through: number, files: readonly (readonly Frame[])[]): readonly Frame[] {
  const frames = files
    .flat()
    .filter(({ number }) => number > through)
    .sort((left, right) => left.number - right.number)
  if (frames.some(({ number }, place) => number !== through + 1 + place)) {
    throw new MalformedBytesError(`frames of the journal are missing after number ${through}`)
  }
  return frames
}

export function isZero(bytes: Buffer): boolean {
  return bytes.equals(Buffer.alloc(bytes.length))
}

/** What fails its checksum: a header, or the writes behind a header that is whole. */
interface Piece {
  readonly from: number
  readonly to: number
  readonly isHeader: boolean
}

type Found = { readonly frame: Frame; readonly end: number } | { readonly spoiled: Piece }

function frameAt(file: Buffer, at: number): Found {
  const start = at + headerBytes
  if (!isHeader(file, at)) return { spoiled: { from: at, to: start, isHeader: true } }
  const format = file.readUInt32LE(at + 20)
  if (format !== frameFormat) {
    throw new UnknownFormatError(`the journal has format ${format}: run the version of this program that wrote it`)
  }
  const end = start + file.readUInt32LE(at + 4)
  const payload = file.subarray(start, end)
  if (end > file.length || file.readUInt32LE(at + 16) !== crc32(payload))
    return { spoiled: { from: start, to: end, isHeader: false } }
  return { frame: { number: file.readDoubleLE(at + 8), writes: decode(writesCodec, payload) }, end }
}

function isHeader(file: Buffer, at: number): boolean {
  return at + headerBytes <= file.length && file.readUInt32LE(at) === crc32(file.subarray(at + 4, at + headerBytes))
}

/**
 * A frame that a power failure spoiled is the last, and lacks whole sectors: they read as zeros, as they were before, or
 * the file ends. And so does the place where the next frame would be. Anything else is not the work of a crash.
 */
function mayBeSpoiled(file: Buffer, piece: Piece, through: number, numberBefore: number | undefined): boolean {
  // Where a header is lost, its frame's length is, and the next frame may begin anywhere.
  if (hasFrameFrom(file, piece.isHeader ? piece.from + 1 : piece.to, through)) return false
  const isStored = numberBefore !== undefined && numberBefore < through
  return isStored || piece.to > file.length || lacksSector(file, piece)
}

/** Whether the part of some sector that lies in `piece` is all zeros. */
function lacksSector(file: Buffer, { from, to }: Piece): boolean {
  for (let at = from; at < to;) {
    const next = Math.min((Math.floor(at / sectorBytes) + 1) * sectorBytes, to)
    if (isZero(file.subarray(at, next))) return true
    at = next
  }
  return false
}

/** Whether a frame that counts begins at `from` or behind it. The format is looked at first, which is quick. */
function hasFrameFrom(file: Buffer, from: number, through: number): boolean {
  const numberMax = through + file.length / headerBytes
  for (let at = from; at + headerBytes <= file.length; at += 1) {
    if (file.readUInt32LE(at + 20) !== frameFormat || !isHeader(file, at)) continue
    const number = file.readDoubleLE(at + 8)
    if (number > through && number <= numberMax) return true
  }
  return false
}
