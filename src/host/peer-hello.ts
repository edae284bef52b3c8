/**
 * The first words between two replicas. They exist because of the field's most silent failure: a replica that was given
 * a wrong address, a wrong id or another cell's configuration, and that nobody noticed ("Paxos Made Live", 6: a
 * misspelled name). Whoever doesn't belong is turned away with a sentence that says what to correct.
 */
import type { ReplicaId } from "../base/brand.ts"
import { MalformedBytesError } from "../base/bytes.ts"
import { type Codec, decode, encode, shape, text, uint } from "../base/codec.ts"

/** Raised with every change to frames or messages that an older program would misread. */
const peerFormatVersion = 2

/** Who this replica is, and whom it talks to. */
export interface PeerIdentity {
  readonly cellId: string
  readonly self: ReplicaId
  /** All replicas of the cell, this one included. */
  readonly members: readonly ReplicaId[]
  /** Over the configuration that all replicas must share. */
  readonly configDigest: string
}

/** Who somebody says it is. */
interface Claims {
  /** Of frames and messages. Replicas of different versions don't talk. */
  readonly formatVersion: number
  /** Drawn when the cell was founded. */
  readonly cellId: string
  readonly replicaId: ReplicaId
}

/** What it expects of the other one. */
interface Expectations {
  /** Whom the sender believes to be talking to. */
  readonly recipientId: ReplicaId
  readonly configDigest: string
}

export type Hello = Claims & Expectations

/** These stand first in all formats, so that replicas of different versions can say that this is what they are. */
const claimsCodec: Codec<Claims> = shape<Claims>({ formatVersion: uint, cellId: text, replicaId: uint })
const expectationsCodec: Codec<Expectations> = shape<Expectations>({ recipientId: uint, configDigest: text })

const helloCodec: Codec<Hello> = {
  write: (writer, hello) => {
    claimsCodec.write(writer, hello)
    expectationsCodec.write(writer, hello)
  },
  read: (reader) => {
    const claims = claimsCodec.read(reader)
    if (claims.formatVersion === peerFormatVersion) return { ...claims, ...expectationsCodec.read(reader) }
    reader.raw(reader.remaining)
    return { ...claims, recipientId: 0, configDigest: "" }
  },
}

export function helloTo(recipient: ReplicaId, identity: PeerIdentity): Uint8Array {
  return encode(helloCodec, {
    formatVersion: peerFormatVersion,
    cellId: identity.cellId,
    replicaId: identity.self,
    recipientId: recipient,
    configDigest: identity.configDigest,
  })
}

/** Undefined for bytes that are no hello. Of one in another format only the claims are known. */
export function readHello(bytes: Uint8Array): Hello | undefined {
  try {
    return decode(helloCodec, bytes)
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined
    throw error
  }
}

/** Why the sender of `hello` is turned away; undefined if it is welcome. */
export function objectionTo(hello: Hello, identity: PeerIdentity): string | undefined {
  const { self, members } = identity
  if (hello.formatVersion !== peerFormatVersion) {
    return `replicas speak format ${peerFormatVersion} here, not ${hello.formatVersion}: run the same version everywhere`
  }
  if (hello.cellId !== identity.cellId)
    return "this replica belongs to another cell: check addresses and data directory"
  if (hello.recipientId !== self) {
    return `this is replica ${self}, not replica ${hello.recipientId}: check the addresses in the configuration`
  }
  if (hello.replicaId === self) return `replica ${self} is running here already: give every replica its own id`
  if (!members.includes(hello.replicaId)) {
    return `there is no replica ${hello.replicaId} in this cell, which has ${members.join(", ")}`
  }
  if (hello.configDigest !== identity.configDigest)
    return "the cell's configuration differs: make it the same everywhere"
  return undefined
}
