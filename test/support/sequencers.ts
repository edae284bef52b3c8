/** Cells' keys and sequencers for tests, made without anything of the code that verifies them. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"
import { toBase64Url } from "../../src/contract/base64url.ts"
import { type SequencerStatement, assemble, signingInput } from "../../src/contract/sequencer.ts"

export const statement: SequencerStatement = {
  cell: "test",
  cellId: "cell-for-tests",
  path: "/ls/test/job",
  instance: 7,
  mode: "exclusive",
  lockGeneration: 12,
  epoch: 3,
  principal: "CN=alice",
  issuedAt: 1_700_000_000,
}

/** What stands before the seed in a PKCS #8 private key for Ed25519 (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex")

export interface Jwk {
  readonly kty: string
  readonly crv: string
  readonly alg: string
  readonly use: string
  readonly kid: string
  readonly x: string
}

export class TestKey {
  readonly jwk: Jwk
  readonly publicKey: Uint8Array
  readonly #privateKey: KeyObject

  /** Equal numbers make equal keys. */
  constructor(number: number) {
    const seed = Buffer.alloc(32, number)
    this.#privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" })
    const { x = "" } = createPublicKey(this.#privateKey).export({ format: "jwk" })
    this.publicKey = new Uint8Array(Buffer.from(x, "base64url"))
    const made = { crv: "Ed25519", kty: "OKP", x }
    const kid = createHash("sha256").update(JSON.stringify(made)).digest("base64url")
    this.jwk = { ...made, alg: "EdDSA", use: "sig", kid }
  }

  sign(changes: Partial<SequencerStatement> = {}, keyId = this.jwk.kid): string {
    return this.signText(signingInput({ ...statement, ...changes }, keyId))
  }

  /** Header and claims, as they shall stand in the text. */
  signText(signed: string): string {
    return assemble(signed, sign(null, Buffer.from(signed), this.#privateKey))
  }
}

export function jwkSet(...keys: readonly TestKey[]): { readonly keys: readonly Jwk[] } {
  return { keys: keys.map(({ jwk }) => jwk) }
}

/** What one part of a compact JWS holds. */
export function encoded(value: unknown): string {
  return toBase64Url(Buffer.from(JSON.stringify(value)))
}
