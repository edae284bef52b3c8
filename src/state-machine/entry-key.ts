/**
 * The state as a set of stored entries: one for each node, session and remembered result, and `meta` for the rest.
 * Numbers in keys have a fixed width, so that the order of keys is the order of numbers.
 */
import type { Instance, SessionId } from "../base/brand.ts"
import { fingerprint } from "../base/checksum.ts"

export interface StateEntry {
  readonly key: string
  readonly payload: Uint8Array
}

/** A part of the state that is stored as one entry. */
export interface Fingerprinted {
  /** Of its entry as last stored, or `notStored`. Keeps the sum over all entries right without a second table. */
  fingerprint: number
}

export const notStored = 0

export const metaKey = "meta"

export function nodeKey(instance: Instance): string {
  return `node/${fixedWidth(instance)}`
}

export function resultKey(sessionId: SessionId, requestNumber: number): string {
  return `result/${fixedWidth(sessionId)}/${fixedWidth(requestNumber)}`
}

export function sessionKey(sessionId: SessionId): string {
  return `session/${fixedWidth(sessionId)}`
}

export function endedKey(sessionId: SessionId): string {
  return `ended/${fixedWidth(sessionId)}`
}

export type ParsedKey =
  | { readonly kind: "ended"; readonly sessionId: SessionId }
  | { readonly kind: "meta" }
  | { readonly kind: "node"; readonly instance: Instance }
  | { readonly kind: "result"; readonly sessionId: SessionId; readonly requestNumber: number }
  | { readonly kind: "session"; readonly sessionId: SessionId }

const keySyntax = /^(ended|node|result|session)\/([0-9a-f]{14})(?:\/([0-9a-f]{14}))?$/

/** Undefined for what is no key of a state entry. */
export function parseKey(key: string): ParsedKey | undefined {
  if (key === metaKey) return { kind: "meta" }
  const match = keySyntax.exec(key)
  if (match === null) return undefined
  const first = Number.parseInt(match[2] as string, 16)
  const second = match[3] === undefined ? undefined : Number.parseInt(match[3], 16)
  if (match[1] === "result") {
    return second === undefined ? undefined : { kind: "result", sessionId: first, requestNumber: second }
  }
  if (second !== undefined) return undefined
  if (match[1] === "ended") return { kind: "ended", sessionId: first }
  return match[1] === "node" ? { kind: "node", instance: first } : { kind: "session", sessionId: first }
}

/** Of key and payload together: the same payload under another key is another entry. Never `notStored`. */
export function entryFingerprint(key: string, payload: Uint8Array): number {
  let seed = 0x811c9dc5
  for (let at = 0; at < key.length; at += 1) seed = Math.imul(seed ^ key.charCodeAt(at), 0x01000193)
  return fingerprint(payload, seed) || 1
}

/** 14 digits hold every safe integer. */
function fixedWidth(counter: number): string {
  return counter.toString(16).padStart(14, "0")
}
