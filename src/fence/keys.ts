/**
 * The public keys of a cell, as verifiers get at them: a JWK set (RFC 7517) of Ed25519 keys (RFC 8037), which the cell
 * publishes. It may hold keys of other kinds too, which are passed over.
 */
import { fromBase64Url } from "../contract/base64url.ts"
import { isSoundPublicKey } from "./signatures.ts"

/** How far what a source of keys knows can be trusted to be all that there is. */
export type Freshness = "current" | "recent" | "unreachable"

export interface KeySource {
  /** The 32 bytes of the public key of that name, if it is at hand. The same array as long as it is the same key. */
  find(keyId: string): Uint8Array | undefined
  /**
   * Asked for when `find` doesn't know a key. "current": what `find` says now is what the cell says. "recent": it is what
   * the cell said a moment before this was asked, and it is too soon to ask the cell again. "unreachable": the cell could
   * not be asked. Absent: `find` knows all that there is. Never rejects.
   */
  refresh?(): Promise<Freshness>
  /** Why the latest `refresh` said "unreachable", for a log: an address that is none, a certificate nobody trusts. */
  readonly problem?: unknown
}

/** A set with more keys than any cell has is no cell's. */
const keysMax = 100

/** Keys that were handed over by other means: from a file, say. Throws a `TypeError` if that is no set of keys. */
export function fixedKeys(jwkSet: unknown): KeySource {
  const keys = readKeys(jwkSet)
  if (keys.size === 0) throw new TypeError("The set holds no Ed25519 key that could verify a sequencer.")
  return { find: (keyId) => keys.get(keyId) }
}

/** By their ids. Throws a `TypeError` for anything but a JWK set. */
export function readKeys(jwkSet: unknown): ReadonlyMap<string, Uint8Array> {
  const listed = memberOf(jwkSet, "keys")
  if (!Array.isArray(listed)) throw new TypeError('This is not a JWK set: it has no list of "keys".')
  if (listed.length > keysMax) throw new TypeError(`This is no cell's set of keys: it has ${listed.length} of them.`)
  const keys = new Map<string, Uint8Array>()
  for (const jwk of listed as readonly unknown[]) {
    const keyId = memberOf(jwk, "kid")
    const publicKey = publicKeyOf(jwk)
    if (typeof keyId === "string" && publicKey !== undefined) keys.set(keyId, publicKey)
  }
  return keys
}

function publicKeyOf(jwk: unknown): Uint8Array | undefined {
  if (memberOf(jwk, "kty") !== "OKP" || memberOf(jwk, "crv") !== "Ed25519") return undefined
  if ((memberOf(jwk, "use") ?? "sig") !== "sig" || (memberOf(jwk, "alg") ?? "EdDSA") !== "EdDSA") return undefined
  const x = memberOf(jwk, "x")
  const publicKey = typeof x === "string" ? fromBase64Url(x) : undefined
  return publicKey !== undefined && isSoundPublicKey(publicKey) ? publicKey : undefined
}

/** Of its own, so that nothing is read off a prototype. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, unknown>>)[name]
}
