/**
 * The keys of the cell's sequencers as this replica's doors have them: made from what the replica knows, once, and anew
 * when that has changed. The private halves stay in here and in the signer.
 */
import type { Slot } from "../base/brand.ts"
import { type KeyState, type SequencerKey, type SigningSecret, keyBytes } from "../contract/signing-keys.ts"
import type { Entropy } from "../host/ports.ts"
import type { Cell } from "./cell.ts"
import { type PublicJwk, type SigningKey, signingKeyOf } from "./signing-key.ts"

export interface KeyringKey extends SigningKey {
  readonly state: KeyState
  readonly since: Slot
}

export class Keyring {
  readonly #cell: Pick<Cell, "signingKeys">
  #secrets: readonly SigningSecret[] = []
  #keys: readonly KeyringKey[] = []

  constructor(cell: Pick<Cell, "signingKeys">) {
    this.#cell = cell
  }

  /** In order of age. The same list until they change; empty as long as the replica has not learned them. */
  get keys(): readonly KeyringKey[] {
    const secrets = this.#cell.signingKeys()
    if (secrets !== this.#secrets) {
      this.#secrets = secrets
      this.#keys = secrets.map(({ seed, state, since }) => ({ ...signingKeyOf(seed), state, since }))
    }
    return this.#keys
  }

  /** As a JWK set has them. */
  jwks(): readonly PublicJwk[] {
    return this.keys.map(({ jwk }) => jwk)
  }

  /** As the cell's own protocol has them. */
  publicKeys(): readonly SequencerKey[] {
    return this.keys.map(({ jwk, state, since }) => {
      return { keyId: jwk.kid, state, since, publicKey: new Uint8Array(Buffer.from(jwk.x, "base64url")) }
    })
  }
}

/** What a rotation takes. */
export function freshSeeds(entropy: Entropy): readonly Uint8Array[] {
  return [entropy.bytes(keyBytes), entropy.bytes(keyBytes)]
}
