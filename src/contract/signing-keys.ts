/**
 * The keys by which a cell's sequencers are signed, and verified by whoever knows the public halves. One signs; the one
 * to sign next is published a rotation ahead, so that who fetched the keys since the last rotation knows it already; those
 * that have signed stay as long as a lock may be held whose sequencer they signed.
 */
import type { Slot } from "../base/brand.ts"

export type KeyState = "retired" | "current" | "next"

export const keyStates: readonly KeyState[] = ["retired", "current", "next"]

/** What an Ed25519 key is made from, and also the length of its public half. */
export const keyBytes = 32

/** In order of age: the retired ones, the current one, the next one. */
export interface SigningSecret {
  /** What RFC 8032 calls the private key. Known to replicas only: no door lets it out. */
  readonly seed: Uint8Array
  readonly state: KeyState
  /** The slot in which it became what it is. */
  readonly since: Slot
}

/** What everybody may know of a key. */
export interface SequencerKey {
  /** Its RFC 7638 thumbprint, which the headers of sequencers name. */
  readonly keyId: string
  readonly state: KeyState
  readonly since: Slot
  /** As RFC 8032 has it. */
  readonly publicKey: Uint8Array
}

/** What a door knows of them. */
export interface SequencerKeys {
  /** In order of age. */
  readonly keys: readonly SequencerKey[]
  /** The slot whose state this reflects. */
  readonly commitIndex: Slot
}
