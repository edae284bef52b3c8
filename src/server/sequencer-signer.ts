/**
 * Makes and checks the signatures of sequencers: Ed25519 (RFC 8032) by Node's own crypto, some hundred times as fast as
 * in plain JavaScript. Resource servers check them with any JOSE library; the key's id is its RFC 7638 thumbprint.
 */
import { sign, verify } from "node:crypto"
import { LRUCache } from "lru-cache"
import type { Refusal } from "../contract/errors.ts"
import { type SequencerStatement, assemble, signingInput, split } from "../contract/sequencer.ts"
import type { Keyring, KeyringKey } from "./keyring.ts"

export type Verification =
  | { readonly kind: "genuine"; readonly statement: SequencerStatement }
  /** Shaped like a sequencer, but this cell has not signed it. */
  | { readonly kind: "forged" }
  /** Signed by a key that this cell never had, or has given up; or that this replica has not heard of yet. */
  | { readonly kind: "unknownKey"; readonly statement: SequencerStatement }
  /** Not a sequencer at all. */
  | Refusal

export class SequencerSigner {
  readonly #keyring: Pick<Keyring, "keys">
  /** Those by which everything in `#genuine` was found genuine. */
  #keys: readonly KeyringKey[] = []
  /** Checking costs some 60 microseconds, and a resource shows the same sequencer with every request it serves. */
  readonly #genuine = new LRUCache<string, SequencerStatement>({ max: 10_000 })

  constructor(keyring: Pick<Keyring, "keys">) {
    this.#keyring = keyring
  }

  /** Undefined: this replica has not learned the keys. */
  sign(statement: SequencerStatement): string | undefined {
    const current = this.#keyring.keys.find(({ state }) => state === "current")
    if (current === undefined) return undefined
    const signed = signingInput(statement, current.jwk.kid)
    return assemble(signed, sign(null, Buffer.from(signed, "ascii"), current.privateKey))
  }

  verify(text: string): Verification {
    this.#noticeRotation()
    const known = this.#genuine.get(text)
    if (known !== undefined) return { kind: "genuine", statement: known }
    const parts = split(text)
    if (parts.kind === "refused") return parts
    const { keyId, statement, signingInput: signed, signature } = parts
    const key = this.#keys.find(({ jwk }) => jwk.kid === keyId)
    if (key === undefined) return { kind: "unknownKey", statement }
    if (!verify(null, signed, key.publicKey, signature)) return { kind: "forged" }
    this.#genuine.set(text, statement)
    return { kind: "genuine", statement }
  }

  /** What was signed by a key that has been revoked since must not stay genuine for having been seen before. */
  #noticeRotation(): void {
    const { keys } = this.#keyring
    if (keys === this.#keys) return
    this.#keys = keys
    this.#genuine.clear()
  }
}
