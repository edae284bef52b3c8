/**
 * Records to sealed bytes and back. A seal is a format version and a CRC-32C over cell, replica, key and payload, so a
 * record that was damaged, put under another key, or copied from another replica or cell is found out when it is read.
 */
import { unreachable } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import { MalformedBytesError, utf8 } from "../base/bytes.ts"
import { crc32c, crc32cOfAscii } from "../base/checksum.ts"
import { bool, bytes, type Codec, encode, encodeInPassing, list, shape, text, uint } from "../base/codec.ts"
import { passingBytes } from "../base/passing-bytes.ts"
import type {
  DiskEntry,
  DiskWrite,
  Identity,
  JournalRecord,
  Progress,
  StateEntry,
  StoredAccept,
  StoredBallot,
  StoredIncarnation,
  StoredPromise,
} from "./record.ts"

const formatVersion = 1

/** Nothing is wrong with the record, but this program can't read it. */
export class UnknownFormatError extends Error {
  override readonly name = "UnknownFormatError"
}

/** Where each kind of record is kept. Log keys are of one width, so that their order is that of the slots. */
export const keys: Keys = {
  identity: "identity",
  promised: "promised",
  progress: "progress",
  log: "log/",
  state: "state/",
}

interface Keys {
  readonly identity: string
  readonly promised: string
  readonly progress: string
  readonly log: string
  readonly state: string
}

export function logKey(slot: number): string {
  return keys.log + slot.toString(16).padStart(14, "0")
}

const storedBallotCodec: Codec<StoredBallot> = shape<StoredBallot>({ round: uint, replicaId: uint })

export const identityCodec: Codec<Identity> = shape<Identity>({
  cellId: text,
  cellName: text,
  replicaId: uint,
  voting: bool,
  incarnation: uint,
})

export const promiseCodec: Codec<StoredPromise> = shape<StoredPromise>({
  ballot: storedBallotCodec,
  incarnations: list(shape<StoredIncarnation>({ replicaId: uint, round: uint })),
})

export const acceptCodec: Codec<StoredAccept> = shape<StoredAccept>({ ballot: storedBallotCodec, value: bytes })

export const progressCodec: Codec<Progress> = shape<Progress>({ appliedThrough: uint, digest: uint })

/** What every seal of one replica begins with. */
export type Seal = number

export function sealOf(cellId: string, replicaId: ReplicaId): Seal {
  return crc32c(utf8(`${cellId}/${String(replicaId)}`))
}

/** The identity is read before anybody knows whose it is, so its seal depends on nothing but itself. */
export const openSeal: Seal = 0

/** Four bytes of checksum, one of format, then the payload. The checksum covers all that follows it. */
export function sealed(seal: Seal, key: string, payload: Uint8Array): Uint8Array {
  const value = passingBytes(payload.length + 5)
  value[4] = formatVersion
  value.set(payload, 5)
  const sum = checksum(seal, key, value.subarray(4))
  value[0] = sum >>> 24
  value[1] = sum >>> 16
  value[2] = sum >>> 8
  value[3] = sum
  return value
}

/**
 * The payload, as a view. Raises `MalformedBytesError` when the seal is broken, and `UnknownFormatError` when it is whole
 * but was made by another version of this program.
 */
export function unsealed(seal: Seal, { key, value }: DiskEntry): Uint8Array {
  if (value.length < 5) throw new MalformedBytesError(`record ${key} is cut off`)
  const stored = new DataView(value.buffer, value.byteOffset).getUint32(0)
  if (stored !== checksum(seal, key, value.subarray(4))) {
    throw new MalformedBytesError(`record ${key} fails its checksum`)
  }
  if (value[4] !== formatVersion) throw new UnknownFormatError(`record ${key} has format ${String(value[4])}`)
  return value.subarray(5)
}

function checksum(seal: Seal, key: string, versioned: Uint8Array): number {
  return crc32c(versioned, crc32cOfAscii(key, seal))
}

export function unsealedState(seal: Seal, entry: DiskEntry): StateEntry {
  return { key: entry.key.slice(keys.state.length), payload: unsealed(seal, entry) }
}

/** A turn's records as writes, in the same order. */
export function journalWrites(records: readonly JournalRecord[], seal: Seal): DiskWrite[] {
  const writes: DiskWrite[] = []
  for (const record of records) appendWrites(record, seal, writes)
  return writes
}

function appendWrites(record: JournalRecord, seal: Seal, writes: DiskWrite[]): void {
  const put = (key: string, payload: Uint8Array, under = seal): void => {
    writes.push({ kind: "put", key, value: sealed(under, key, payload) })
  }
  switch (record.kind) {
    case "identity":
      return put(keys.identity, encode(identityCodec, record.identity), openSeal)
    case "promised":
      return put(keys.promised, encode(promiseCodec, record))
    case "accepted":
      return put(logKey(record.slot), encodeInPassing(acceptCodec, record))
    case "progress":
      return put(keys.progress, encodeInPassing(progressCodec, record))
    case "trimmed":
      for (let slot = record.from; slot <= record.through; slot += 1) writes.push({ kind: "remove", key: logKey(slot) })
      return
    case "state": {
      const key = keys.state + record.key
      if (record.payload === undefined) writes.push({ kind: "remove", key })
      else put(key, record.payload)
      return
    }
    case "stateCleared":
      writes.push({ kind: "removeAll", prefix: keys.state })
      return
    case "logCleared":
      writes.push({ kind: "removeAll", prefix: keys.log })
      return
    default:
      return unreachable(record)
  }
}
