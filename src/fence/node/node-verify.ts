/** Ed25519 by Node's own crypto (OpenSSL), for resources that run in Node and see many different sequencers. */
import { type KeyObject, createPublicKey, verify } from "node:crypto"
import type { VerifySignature } from "../signatures.ts"

export const nodeVerify: VerifySignature = (signature, signed, publicKey) =>
  verify(null, signed, keyObjectOf(publicKey), signature)

/** To make one takes about as long as a verification. Key sources hand out the same array for the same key. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>()

function keyObjectOf(publicKey: Uint8Array): KeyObject {
  const known = keyObjects.get(publicKey)
  if (known !== undefined) return known
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" })
  keyObjects.set(publicKey, key)
  return key
}

/** What stands before the key in an X.509 public key of Ed25519 (RFC 8410, section 4). */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")
