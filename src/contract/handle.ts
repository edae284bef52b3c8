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

const syntax = /^(\d{1,16})\.([rw])\.(\d{1,16})\.(\d{1,16})\.[0-9a-f]{16}$/

export function mintHandle(handle: Handle, handleKey: Uint8Array): string {
  const { instance, mode, sessionId, handleId } = handle
  const body = `${instance}.${mode === "read" ? "r" : "w"}.${sessionId}.${handleId}`
  return `${body}.${siphash(handleKey, utf8(body))}`
}

/** Undefined for everything that `mintHandle` did not write under this key, to the letter. */
export function parseHandle(text: string, handleKey: Uint8Array): Handle | undefined {
  const match = syntax.exec(text)
  if (match === null) return undefined
  const [, instance, mode, sessionId, handleId] = match
  const handle: Handle = {
    instance: Number(instance),
    mode: mode === "r" ? "read" : "write",
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
