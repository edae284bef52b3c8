/**
 * What a sequencer says (paper, 2.4): "this lock, in this mode, at this generation", and how it is spelled: a compact
 * JWS (RFC 7515) signed with Ed25519 (RFC 8037), so that any JOSE library can verify it. A resource server refuses a
 * sequencer whose generation is lower than one it has seen. No signature is made or checked here.
 */
import type { Generation, Instance } from "../base/brand.ts"
import { utf8 } from "../base/bytes.ts"
import { fromBase64Url, toBase64Url } from "./base64url.ts"
import { type Refusal, refuse } from "./errors.ts"
import { type LockMode, lockModes } from "./lock-mode.ts"
import { formatPath, splitPath } from "./node-path.ts"

export interface SequencerClaims {
  readonly cell: string
  /** With the cell's own name. */
  readonly path: string
  readonly instance: Instance
  readonly mode: LockMode
  readonly lockGeneration: Generation
}

/** A sequencer taken apart. Nothing in it is true until `signature` over `signingInput` has been verified. */
export interface UnverifiedSequencer {
  readonly kind: "sequencer"
  /** Which of the cell's keys is said to have signed. */
  readonly keyId: string
  readonly claims: SequencerClaims
  readonly signingInput: Uint8Array
  readonly signature: Uint8Array
}

const algorithm = "EdDSA"
const sequencerType = "claviger-sequencer"
const signatureBytes = 64
/** Far above what the limits on paths allow; keeps a hostile one from costing much. */
const sequencerLengthMax = 8192

/** What is signed, as the bytes of this ASCII text. */
export function signingInput(claims: SequencerClaims, keyId: string): string {
  const header = { alg: algorithm, kid: keyId, typ: sequencerType }
  const { cell, path, instance, mode, lockGeneration } = claims
  return `${encodeJson(header)}.${encodeJson({ cell, path, instance, mode, lockGeneration })}`
}

export function assemble(signed: string, signature: Uint8Array): string {
  return `${signed}.${toBase64Url(signature)}`
}

export function split(sequencer: string): UnverifiedSequencer | Refusal {
  if (sequencer.length > sequencerLengthMax) return malformed("it is too long")
  const parts = sequencer.split(".")
  if (parts.length !== 3) return malformed("it does not have three parts")
  const [headerPart, claimsPart, signaturePart] = parts as [string, string, string]
  const keyId = readHeader(decodeJson(headerPart))
  if (keyId === undefined) return malformed("its header is not that of a sequencer")
  const claims = readClaims(decodeJson(claimsPart))
  if (claims === undefined) return malformed("its claims are not those of a sequencer")
  const signature = fromBase64Url(signaturePart)
  if (signature?.length !== signatureBytes) return malformed("its signature is not one of Ed25519")
  return { kind: "sequencer", keyId, claims, signingInput: utf8(`${headerPart}.${claimsPart}`), signature }
}

function malformed(problem: string): Refusal {
  return refuse("SEQUENCER_MALFORMED", `This is not a sequencer: ${problem}.`)
}

function encodeJson(value: object): string {
  return toBase64Url(utf8(JSON.stringify(value)))
}

/** The object in there, as a map, so that no name can reach a prototype; undefined if there is none. */
function decodeJson(part: string): ReadonlyMap<string, unknown> | undefined {
  const bytes = fromBase64Url(part)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(strictDecoder.decode(bytes))
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
    return new Map(Object.entries(value))
  } catch {
    // Not UTF-8, or not JSON: the caller says so in its own words.
    return undefined
  }
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

function readHeader(header: ReadonlyMap<string, unknown> | undefined): string | undefined {
  // An unknown parameter might change what the signature means ("crit", "b64"), so none is tolerated.
  if (header?.size !== 3 || header.get("alg") !== algorithm || header.get("typ") !== sequencerType) return undefined
  const keyId = header.get("kid")
  return typeof keyId === "string" && keyId !== "" ? keyId : undefined
}

function readClaims(claims: ReadonlyMap<string, unknown> | undefined): SequencerClaims | undefined {
  if (claims?.size !== 5) return undefined
  const cell = claims.get("cell")
  const path = claims.get("path")
  const instance = claims.get("instance")
  const mode = lockModes.find((known) => known === claims.get("mode"))
  const lockGeneration = claims.get("lockGeneration")
  if (typeof cell !== "string" || typeof path !== "string" || mode === undefined) return undefined
  if (!isCounter(instance) || !isCounter(lockGeneration)) return undefined
  const place = splitPath(path, cell)
  if (cell === "" || place.kind === "refused" || formatPath(cell, place.parts) !== path) return undefined
  return { cell, path, instance, mode, lockGeneration }
}

/** A counter of something that exists begins with one. */
function isCounter(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1
}
