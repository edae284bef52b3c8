/** The payloads of state entries. Each begins with the version of its format. */
import type { Epoch, Generation, Instance, SessionId, Slot } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import {
  type Codec,
  bool,
  bytes,
  decode,
  encodeInPassing,
  keptBytes,
  list,
  maybe,
  shape,
  text,
  uint,
  word,
} from "../base/codec.ts"
import type { KeptBytes } from "../base/kept-bytes.ts"
import type { DurationMs } from "../base/instant.ts"
import type { HandleKey } from "../contract/handle.ts"
import { lockModes } from "../contract/lock-mode.ts"
import type { NodeKind } from "../contract/requests.ts"
import { type SigningSecret, keyStates } from "../contract/signing-keys.ts"
import type { AclNames } from "../contract/acl.ts"
import type { Delay, HandleName, Holder, Lock, Waiter } from "./lock.ts"
import { type StoredOutcome, aclNames, nodeKinds, outcomeCodec } from "./outcome-codec.ts"

export interface MetaEntry {
  readonly cellName: string
  readonly appliedThrough: Slot
  readonly epoch: Epoch
  readonly lastInstance: Instance
  readonly lastSessionId: SessionId
  /** The longest session lease that a master has reason to believe in, whatever was asked for. */
  readonly leaseFloorMs: DurationMs
  readonly isReignBroken: boolean
  readonly secrets: Secrets | undefined
}

export interface Secrets {
  /** Make the check digits of handles: the last one of new handles, the others are still accepted. */
  readonly handleKeys: readonly HandleKey[]
  /** Of the keys that sign sequencers: those retired, then the current one, then the next. */
  readonly signingKeys: readonly SigningSecret[]
}

export interface NodeEntry {
  /** Zero for the root. */
  readonly parent: Instance
  readonly name: string
  readonly kind: NodeKind
  readonly ephemeral: boolean
  readonly contentGeneration: Generation
  readonly aclGeneration: Generation
  readonly acl: AclNames
  readonly changedIn: Slot
  /** Zero for a file. */
  readonly lastSequence: number
  readonly lock: Lock | undefined
  readonly opens: readonly HandleName[]
  /** Empty for a directory. */
  readonly contents: KeptBytes
}

export interface SessionEntry {
  readonly clientName: string
  readonly principal: string
  readonly host: string
  readonly processId: number
  readonly caching: boolean
  readonly sessionLeaseMs: DurationMs
  readonly nonce: string
  readonly answeredThrough: number
  readonly stillOpen: readonly number[]
}

/** A session that has ended, kept for a while so that those who ask are told why. */
export interface EndedEntry {
  readonly clientName: string
  readonly reason: string
  readonly index: Slot
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
  delay: maybe(shape<Delay>({ lockDelayMs: uint, since: uint, sessionId: uint, clientName: text, reason: text })),
  holders: list(shape<Holder>({ sessionId: uint, handleId: uint, mode, lockDelayMs: uint, since: uint })),
  waiters: list(
    shape<Waiter>({
      sessionId: uint,
      handleId: uint,
      mode,
      lockDelayMs: uint,
      since: uint,
      requestNumber: uint,
      waitMs: uint,
    }),
  ),
})

const meta: Codec<MetaEntry> = versioned(
  shape<MetaEntry>({
    cellName: text,
    appliedThrough: uint,
    epoch: uint,
    lastInstance: uint,
    lastSessionId: uint,
    leaseFloorMs: uint,
    isReignBroken: bool,
    secrets: maybe(
      shape<Secrets>({
        handleKeys: list(shape<HandleKey>({ keyId: uint, key: bytes })),
        signingKeys: list(shape<SigningSecret>({ seed: bytes, state: word(keyStates), since: uint })),
      }),
    ),
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
    acl: aclNames,
    changedIn: uint,
    lastSequence: uint,
    lock: maybe(lock),
    opens: list(shape<HandleName>({ sessionId: uint, handleId: uint })),
    contents: keptBytes,
  }),
)

const session: Codec<SessionEntry> = versioned(
  shape<SessionEntry>({
    clientName: text,
    principal: text,
    host: text,
    processId: uint,
    caching: bool,
    sessionLeaseMs: uint,
    nonce: text,
    answeredThrough: uint,
    stillOpen: list(uint),
  }),
)

const ended: Codec<EndedEntry> = versioned(shape<EndedEntry>({ clientName: text, reason: text, index: uint }))

const result: Codec<ResultEntry> = versioned(
  shape<ResultEntry>({ operationFingerprint: maybe(uint), outcome: maybe(outcomeCodec) }),
)

export const encodeMeta = (entry: MetaEntry): Uint8Array => encodeInPassing(meta, entry)
export const decodeMeta = (payload: Uint8Array): MetaEntry => decode(meta, payload)
export const encodeNode = (entry: NodeEntry): Uint8Array => encodeInPassing(node, entry)
export const decodeNode = (payload: Uint8Array): NodeEntry => decode(node, payload)
export const encodeSession = (entry: SessionEntry): Uint8Array => encodeInPassing(session, entry)
export const decodeSession = (payload: Uint8Array): SessionEntry => decode(session, payload)
export const encodeResult = (entry: ResultEntry): Uint8Array => encodeInPassing(result, entry)
export const decodeResult = (payload: Uint8Array): ResultEntry => decode(result, payload)
export const encodeEnded = (entry: EndedEntry): Uint8Array => encodeInPassing(ended, entry)
export const decodeEnded = (payload: Uint8Array): EndedEntry => decode(ended, payload)
