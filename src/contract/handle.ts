/**
 * Handles: what Open gives out (paper, 2.4). To clients an opaque text; to the cell the node's instance, the mode and
 * the session it was opened in, with check digits that nobody without the cell's key can make. So a master knows a
 * handle that an earlier master gave out, and needs no table of them.
 */
import type { Instance, SessionId } from "../base/brand.ts"
import { utf8 } from "../base/bytes.ts"
import { siphash } from "../base/siphash.ts"
import type { HandleMode } from "./requests.ts"

export interface Handle {
  readonly instance: Instance
  readonly mode: HandleMode
  /** Zero: opened outside any session. */
  readonly sessionId: SessionId
  /** The number of the request that made it: unique within the session. */
  readonly handleId: number
}

/** Of the key that makes the check digits, so that keys can be changed while handles of the old one are about. */
export interface HandleKey {
  readonly keyId: number
  readonly key: Uint8Array
}

const modeLetters: { readonly [Mode in HandleMode]: string } = { read: "r", write: "w", changeAcl: "a" }
const modesByLetter: ReadonlyMap<string, HandleMode> = new Map([
  ["r", "read"],
  ["w", "write"],
  ["a", "changeAcl"],
])

/** Longer than any that is written as below. */
export const handleLengthMax = 80

const syntax = /^(\d{1,8})\.(\d{1,16})\.([rwa])\.(\d{1,16})\.(\d{1,16})\.[0-9a-f]{16}$/

export function mintHandle(handle: Handle, { keyId, key }: HandleKey): string {
  const { instance, mode, sessionId, handleId } = handle
  const body = `${keyId}.${instance}.${modeLetters[mode]}.${sessionId}.${handleId}`
  return `${body}.${siphash(key, utf8(body))}`
}

/** Undefined for everything that `mintHandle` did not write under one of these keys, to the letter. */
export function parseHandle(text: string, keys: readonly HandleKey[]): Handle | undefined {
  const match = syntax.exec(text)
  if (match === null) return undefined
  const [, keyId, instance, letter, sessionId, handleId] = match
  const handleKey = keys.find((key) => key.keyId === Number(keyId))
  const mode = modesByLetter.get(letter ?? "")
  if (handleKey === undefined || mode === undefined) return undefined
  const handle: Handle = {
    instance: Number(instance),
    mode,
    sessionId: Number(sessionId),
    handleId: Number(handleId),
  }
  // Minting it again checks the digits, and also that no number is spelled in a second way.
  return mintHandle(handle, handleKey) === text ? handle : undefined
}

/** Whether `text` could be a handle, as far as one can tell without the key. */
export function looksLikeHandle(text: string): boolean {
  return syntax.test(text)
}
