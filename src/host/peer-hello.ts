/**
 * The first words between two replicas. They exist because of the field's most silent failure: a replica that was given
 * a wrong address, a wrong id or another cell's configuration, and that nobody noticed ("Paxos Made Live", 6: a
 * misspelled name). Whoever doesn't belong is turned away with a sentence that says what to correct.
 */
import type { ReplicaId } from "../base/brand.ts"
import { type HelloReceived, type HelloSent, peerFormatVersion } from "./peer-codec.ts"

/** Who this replica is, and whom it talks to. */
export interface PeerIdentity {
  readonly cellId: string
  readonly self: ReplicaId
  /** All replicas of the cell, this one included. */
  readonly members: readonly ReplicaId[]
  /** Over the configuration that all replicas must share. */
  readonly configDigest: string
}

export function helloTo(recipient: ReplicaId, identity: PeerIdentity): HelloSent {
  return {
    formatVersion: peerFormatVersion,
    cellId: identity.cellId,
    replicaId: identity.self,
    recipientId: recipient,
    configDigest: identity.configDigest,
  }
}

/** Why the sender of `hello` is turned away; undefined if it is welcome. */
export function objectionTo(hello: HelloReceived, identity: PeerIdentity): string | undefined {
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
