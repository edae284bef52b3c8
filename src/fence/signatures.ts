/**
 * Ed25519 as a fence wants it. Whatever does the arithmetic, tweetnacl here or Node's own crypto by injection, is asked
 * only about signatures and keys on which all implementations agree, so that two fences never judge a text differently:
 *
 * - RFC 8032 wants the second half of a signature to be below the order of the group. tweetnacl does not look, and takes
 *   a signature with that order added to it for a second signature of the same text; OpenSSL does look.
 * - A public key of small order makes one signature good for many texts, and a key can be spelled in two ways if its
 *   number is not below the prime of the field. Both implementations accept such keys; no honest cell has one.
 */
import nacl from "tweetnacl"

/** Whether this is the Ed25519 signature (64 bytes) of these bytes under that public key (32 bytes). */
export type VerifySignature = (signature: Uint8Array, signed: Uint8Array, publicKey: Uint8Array) => boolean

export const verifyWithTweetnacl: VerifySignature = (signature, signed, publicKey) =>
  nacl.sign.detached.verify(signed, signature, publicKey)

/** 2^252 + 27742317777372353535851937790883648493, lowest byte first, as in the second half of a signature. */
const order = littleEndian("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
/** 2^255 - 19. */
const prime = littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed")

/** The points of order 1, 2, 4 and 8, by their y; with either sign of x. */
const smallOrder: readonly Uint8Array[] = [
  littleEndian("0000000000000000000000000000000000000000000000000000000000000000"),
  littleEndian("0000000000000000000000000000000000000000000000000000000000000001"),
  littleEndian("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826"),
  littleEndian("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"),
  littleEndian("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
]

/** A signature of 64 bytes, in the one spelling that RFC 8032 allows. */
export function isCanonicalSignature(signature: Uint8Array): boolean {
  return isBelow(signature.subarray(32), order)
}

/** 32 bytes that can be the public key of somebody honest. */
export function isSoundPublicKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false
  const y = publicKey.slice()
  // The highest bit is the sign of x.
  y[31] = (y[31] ?? 0) & 0x7f
  return isBelow(y, prime) && !smallOrder.some((point) => point.every((byte, at) => byte === y[at]))
}

/** Both of the same length, lowest byte first. */
function isBelow(number: Uint8Array, bound: Uint8Array): boolean {
  for (let at = bound.length - 1; at >= 0; at -= 1) {
    const difference = (number[at] ?? 0) - (bound[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function littleEndian(hexadecimal: string): Uint8Array {
  const bytes = new Uint8Array(hexadecimal.length / 2)
  return bytes.map((_, at) => Number.parseInt(hexadecimal.slice(2 * at, 2 * at + 2), 16)).reverse()
}
