/** The payloads of state entries. Each begins with the version of its format. */
import type { Epoch, Generation, Instance, SessionId, Slot } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import { type Codec, bool, bytes, decode, encode, list, maybe, shape, text, uint, word } from "../base/codec.ts"
import type { DurationMs } from "../base/instant.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { NodeKind } from "../contract/requests.ts"
import type { HandleName, Holder, Lock, Waiter } from "./lock.ts"
import { type StoredOutcome, nodeKinds, outcomeCodec } from "./outcome-codec.ts"

export interface MetaEntry {
  readonly cellName: string
  readonly appliedThrough: Slot
  readonly epoch: Epoch
  readonly lastInstance: Instance
  readonly lastSessionId: SessionId
  readonly secrets: Secrets | undefined
}

export interface Secrets {
  /** Makes the check digits of handles. */
  readonly handleKey: Uint8Array
  /** Of the key that signs sequencers. */
  readonly signingSeed: Uint8Array
}

export interface NodeEntry {
  /** Zero for the root. */
  readonly parent: Instance
  readonly name: string
  readonly kind: NodeKind
  readonly ephemeral: boolean
  readonly contentGeneration: Generation
  readonly aclGeneration: Generation
  readonly lock: Lock | undefined
  readonly opens: readonly HandleName[]
  /** Empty for a directory. */
  readonly contents: Uint8Array
}

export interface SessionEntry {
  readonly clientName: string
  readonly sessionLeaseMs: DurationMs
  readonly nonce: string
  readonly answeredThrough: number
}

export interface ResultEntry {
  readonly operationFingerprint: number | undefined
  readonly outcome: StoredOutcome | undefined
}

const formatVersion = 1

function versioned<T>(inner: Codec<T>): Codec<T> {
  return {
    write: (writer, value) => {
      writer.byte(formatVersion)
      inner.write(writer, value)
    },
    read: (reader) => {
      const found = reader.byte()
      if (found !== formatVersion) throw new MalformedBytesError(`an entry of format ${String(found)}`)
      return inner.read(reader)
    },
  }
}

const mode = word(lockModes)

const lock: Codec<Lock> = shape<Lock>({
  generation: uint,
  holders: list(shape<Holder>({ sessionId: uint, handleId: uint, mode })),
  waiters: list(shape<Waiter>({ sessionId: uint, handleId: uint, mode, requestNumber: uint })),
})

const meta: Codec<MetaEntry> = versioned(
  shape<MetaEntry>({
    cellName: text,
    appliedThrough: uint,
    epoch: uint,
    lastInstance: uint,
    lastSessionId: uint,
    secrets: maybe(shape<Secrets>({ handleKey: bytes, signingSeed: bytes })),
  }),
)

const node: Codec<NodeEntry> = versioned(
  shape<NodeEntry>({
    parent: uint,
    name: text,
    kind: word(nodeKinds),
    ephemeral: bool,
    contentGeneration: uint,
    aclGeneration: uint,
    lock: maybe(lock),
    opens: list(shape<HandleName>({ sessionId: uint, handleId: uint })),
    contents: bytes,
  }),
)

const session: Codec<SessionEntry> = versioned(
  shape<SessionEntry>({ clientName: text, sessionLeaseMs: uint, nonce: text, answeredThrough: uint }),
)

const result: Codec<ResultEntry> = versioned(
  shape<ResultEntry>({ operationFingerprint: maybe(uint), outcome: maybe(outcomeCodec) }),
)

export const encodeMeta = (entry: MetaEntry): Uint8Array => encode(meta, entry)
export const decodeMeta = (payload: Uint8Array): MetaEntry => decode(meta, payload)
export const encodeNode = (entry: NodeEntry): Uint8Array => encode(node, entry)
export const decodeNode = (payload: Uint8Array): NodeEntry => decode(node, payload)
export const encodeSession = (entry: SessionEntry): Uint8Array => encode(session, entry)
export const decodeSession = (payload: Uint8Array): SessionEntry => decode(session, payload)
export const encodeResult = (entry: ResultEntry): Uint8Array => encode(result, entry)
export const decodeResult = (payload: Uint8Array): ResultEntry => decode(result, payload)
