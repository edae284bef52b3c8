/**
 * An Ed25519 key (RFC 8032) as Node has it, from the 32 bytes of which it consists, and its public half as the world
 * gets it: a JSON Web Key (RFC 8037), named by its RFC 7638 thumbprint.
 */
import { type KeyObject, createHash, createPrivateKey, createPublicKey } from "node:crypto"
import { assert, present } from "../base/assert.ts"

export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: PublicJwk
}

/** A member of a JWK set. `kid` is what the headers of sequencers name. */
export interface PublicJwk {
  readonly kty: "OKP"
  readonly crv: "Ed25519"
  readonly alg: "EdDSA"
  readonly use: "sig"
  readonly kid: string
  readonly x: string
}

/** `seed`: what RFC 8032 calls the private key. */
export function signingKeyOf(seed: Uint8Array): SigningKey {
  assert(seed.length === 32, "an Ed25519 seed has 32 bytes")
  const pkcs8 = Buffer.concat([pkcs8Prefix, seed])
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" })
  const publicKey = createPublicKey(privateKey)
  const x = present(publicKey.export({ format: "jwk" }).x, "the public key of Ed25519 is a point")
  const jwk = { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig", kid: thumbprint(x), x } as const
  return { privateKey, publicKey, jwk }
}

/** What stands before the seed in a PKCS #8 private key for Ed25519 (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex")

/** RFC 7638: the members that make the key, in order of their names, and no space. */
function thumbprint(x: string): string {
  return createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url")
}
