/**
 * What a sequencer says (paper, 2.4): "this lock, in this mode, at this generation", and how it is spelled: a compact
 * JWS (RFC 7515) signed with Ed25519 (RFC 8037), so that any JOSE library can verify it. A resource server refuses a
 * sequencer whose generation is lower than one it has seen. No signature is made or checked here.
 */
import type { Epoch, Generation, Instance } from "../base/brand.ts"
import { utf8, utf8Length } from "../base/bytes.ts"
import { fromBase64Url, toBase64Url } from "./base64url.ts"
import { cellIdPattern } from "./cell-rules.ts"
import { type Refusal, refuse } from "./errors.ts"
import { limits } from "./limits.ts"
import { type LockMode, lockModes } from "./lock-mode.ts"
import { formatPath, splitPath } from "./node-path.ts"

/** What the cell itself compares with its locks. */
export interface SequencerClaims {
  readonly cell: string
  /** With the cell's own name. */
  readonly path: string
  readonly instance: Instance
  readonly mode: LockMode
  readonly lockGeneration: Generation
}

/** All that is signed: the claims, and what a resource wants to know besides. */
export interface SequencerStatement extends SequencerClaims {
  /** Tells cells of one name apart: one that is founded anew begins to count its instances at one again. */
  readonly cellId: string
  /** The reign in which it was signed. */
  readonly epoch: Epoch
  /** Who was told it, and so who holds the lock. */
  readonly principal: string
  /** Whole seconds since 1970, by the wall clock of whoever signed. For people and audits: nothing is decided by it. */
  readonly issuedAt: number
}

/** A sequencer taken apart. Nothing in it is true until `signature` over `signingInput` has been verified. */
export interface UnverifiedSequencer {
  readonly kind: "sequencer"
  /** Which of the cell's keys is said to have signed. */
  readonly keyId: string
  readonly statement: SequencerStatement
  readonly signingInput: Uint8Array
  readonly signature: Uint8Array
}

/** What is wrong with a text that can't be a sequencer, whoever signed it. */
type SequencerFlaw = "malformed" | "tooLong" | "otherAlgorithm"

export interface SequencerMalformed extends Refusal {
  readonly code: "SEQUENCER_MALFORMED"
  readonly flaw: SequencerFlaw
}

const algorithm = "EdDSA"
const sequencerType = "claviger-sequencer"
const signatureBytes = 64
/** Above what the limits on paths and principals allow; keeps a hostile one from costing much. */
const sequencerLengthMax = 8192

/** What is signed, as the bytes of this ASCII text. */
export function signingInput(statement: SequencerStatement, keyId: string): string {
  const header = { alg: algorithm, kid: keyId, typ: sequencerType }
  const { cell, cellId, path, instance, mode, lockGeneration, epoch, principal, issuedAt } = statement
  const claims = { cell, cellId, path, instance, mode, lockGeneration, epoch, principal, iat: issuedAt }
  return `${encodeJson(header)}.${encodeJson(claims)}`
}

export function assemble(signed: string, signature: Uint8Array): string {
  return `${signed}.${toBase64Url(signature)}`
}

/** What of it the cell compares with its locks, and nothing else. */
export function claimsOf({ cell, path, instance, mode, lockGeneration }: SequencerStatement): SequencerClaims {
  return { cell, path, instance, mode, lockGeneration }
}

export function split(sequencer: string): UnverifiedSequencer | SequencerMalformed {
  if (sequencer.length > sequencerLengthMax) return flawed("it is too long", "tooLong")
  const parts = sequencer.split(".")
  if (parts.length !== 3) return flawed("it does not have three parts")
  const [headerPart, claimsPart, signaturePart] = parts as [string, string, string]
  const header = decodeJson(headerPart)
  if (namesOtherAlgorithm(header)) return flawed("it is not signed with Ed25519", "otherAlgorithm")
  const keyId = readHeader(header)
  if (keyId === undefined) return flawed("its header is not that of a sequencer")
  const statement = readStatement(decodeJson(claimsPart))
  if (statement === undefined) return flawed("its claims are not those of a sequencer")
  const signature = fromBase64Url(signaturePart)
  if (signature?.length !== signatureBytes) return flawed("its signature is not one of Ed25519")
  return { kind: "sequencer", keyId, statement, signingInput: utf8(`${headerPart}.${claimsPart}`), signature }
}

function flawed(problem: string, flaw: SequencerFlaw = "malformed"): SequencerMalformed {
  const { kind, detail } = refuse("SEQUENCER_MALFORMED", `This is not a sequencer: ${problem}.`)
  return { kind, code: "SEQUENCER_MALFORMED", detail, flaw }
}

function encodeJson(value: object): string {
  return toBase64Url(utf8(JSON.stringify(value)))
}

/** The members of a JSON object, as a map, so that no name can reach a prototype. */
type Members = ReadonlyMap<string, unknown>

/** Undefined if there is no object in there. */
function decodeJson(part: string): Members | undefined {
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

/**
 * The algorithm is a constant and never taken from the text: whoever may choose it chooses `none`, or has the public key
 * used as the secret of an HMAC. Such a try has a name of its own, for it is nobody's slip.
 */
function namesOtherAlgorithm(header: Members | undefined): boolean {
  const named = header?.get("alg")
  return typeof named === "string" && named !== algorithm
}

function readHeader(header: Members | undefined): string | undefined {
  // An unknown parameter might change what the signature means ("crit", "b64"), so none is tolerated.
  if (header?.size !== 3 || header.get("alg") !== algorithm || header.get("typ") !== sequencerType) return undefined
  const keyId = header.get("kid")
  return typeof keyId === "string" && keyId !== "" ? keyId : undefined
}

function readStatement(members: Members | undefined): SequencerStatement | undefined {
  if (members?.size !== 9) return undefined
  const claims = readClaims(members)
  const cellId = members.get("cellId")
  const epoch = members.get("epoch")
  const principal = members.get("principal")
  const issuedAt = members.get("iat")
  if (claims === undefined || typeof cellId !== "string" || !cellIdPattern.test(cellId)) return undefined
  if (typeof principal !== "string" || principal === "") return undefined
  if (utf8Length(principal) > limits.principalBytesMax) return undefined
  if (!isCounter(epoch) || !isWhole(issuedAt)) return undefined
  return { ...claims, cellId, epoch, principal, issuedAt }
}

function readClaims(members: Members): SequencerClaims | undefined {
  const cell = members.get("cell")
  const path = members.get("path")
  const instance = members.get("instance")
  const mode = lockModes.find((known) => known === members.get("mode"))
  const lockGeneration = members.get("lockGeneration")
  if (typeof cell !== "string" || typeof path !== "string" || mode === undefined) return undefined
  if (!isCounter(instance) || !isCounter(lockGeneration)) return undefined
  const place = splitPath(path, cell)
  if (cell === "" || place.kind === "refused" || formatPath(cell, place.parts) !== path) return undefined
  return { cell, path, instance, mode, lockGeneration }
}

/** A counter of something that exists begins with one. */
function isCounter(value: unknown): value is number {
  return isWhole(value) && value >= 1
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
}
