/**
 * Whether a text is a sequencer that the cell has signed. Offline, once it has the cell's public keys. What was found
 * genuine is remembered, for a holder shows the same sequencer with every request: to verify it again is a look-up.
 */
import { LRUCache } from "lru-cache"
import { quoted } from "../contract/node-path.ts"
import { type SequencerStatement, type UnverifiedSequencer, split } from "../contract/sequencer.ts"
import type { KeySource } from "./keys.ts"
import { type Refused, refused } from "./refusals.ts"
import { isCanonicalSignature, type VerifySignature, verifyWithTweetnacl } from "./signatures.ts"

export interface VerifierOptions {
  /** Where the cell's public keys come from: `fixedKeys` or `remoteKeys`. */
  readonly keys: KeySource
  /** The cell's name and its id. Without them: whichever cells the keys are of. */
  readonly cell?: string
  readonly cellId?: string
  /** Plain JavaScript unless said otherwise; `nodeVerify` of `claviger/fence/node` is some 70 times as fast. */
  readonly verifySignature?: VerifySignature
}

export interface Genuine {
  readonly kind: "genuine"
  readonly statement: SequencerStatement
}

export type Verdict = Genuine | Refused

interface Remembered {
  readonly keyId: string
  readonly publicKey: Uint8Array
  readonly genuine: Genuine
}

export class SequencerVerifier {
  readonly #options: VerifierOptions
  readonly #verifySignature: VerifySignature
  /** Only genuine ones, so nobody can fill it with rubbish. */
  readonly #remembered = new LRUCache<string, Remembered>({ max: 10_000 })

  constructor(options: VerifierOptions) {
    this.#options = options
    this.#verifySignature = options.verifySignature ?? verifyWithTweetnacl
  }

  /** `text`: anything at all, for it comes from outside. Never throws. Knows only the keys that are at hand. */
  verify(text: unknown): Verdict {
    if (text === undefined || text === "") return refused("missing", "The request carries no sequencer.")
    if (typeof text !== "string") return refused("malformed", "This is not a sequencer: it is not even text.")
    try {
      const remembered = this.#remembered.get(text)
      if (remembered !== undefined && this.#find(remembered.keyId) === remembered.publicKey) return remembered.genuine
      const parts = split(text)
      if (parts.kind === "refused") return refused(parts.flaw, parts.detail)
      return this.#verifyParts(text, parts)
    } catch (cause) {
      return keysFailed(cause)
    }
  }

  /** The same, but a key that is not at hand is asked for. */
  async verifyFetching(text: unknown): Promise<Verdict> {
    const verdict = this.verify(text)
    const { keys } = this.#options
    if (verdict.kind === "genuine" || verdict.reason !== "unknownKey" || keys.refresh === undefined) return verdict
    try {
      const freshness = await keys.refresh()
      if (freshness === "unreachable") return keysUnreachable(keys.problem)
      const again = this.verify(text)
      const isTooSoon = freshness === "recent" && again.kind === "refused" && again.reason === "unknownKey"
      return isTooSoon ? askedTooRecently : again
    } catch (cause) {
      return keysFailed(cause)
    }
  }

  #verifyParts(text: string, { keyId, statement, signingInput, signature }: UnverifiedSequencer): Verdict {
    const publicKey = this.#find(keyId)
    if (publicKey === undefined) return refused("unknownKey", `The cell has no key ${quoted(keyId)}.`)
    if (!this.#isSigned(signature, signingInput, publicKey)) {
      return refused("badSignature", "The sequencer was changed after it was signed, or signed by somebody else.")
    }
    const { cell = statement.cell, cellId = statement.cellId } = this.#options
    if (statement.cell !== cell) {
      return refused("otherCell", `It is a sequencer of the cell ${quoted(statement.cell)}, not of ${quoted(cell)}.`)
    }
    if (statement.cellId !== cellId) {
      return refused("otherCell", `It is a sequencer of another cell of that name, with the id ${statement.cellId}.`)
    }
    const genuine: Genuine = { kind: "genuine", statement }
    this.#remembered.set(text, { keyId, publicKey, genuine })
    return genuine
  }

  #find(keyId: string): Uint8Array | undefined {
    return this.#options.keys.find(keyId)
  }

  #isSigned(signature: Uint8Array, signed: Uint8Array, publicKey: Uint8Array): boolean {
    if (!isCanonicalSignature(signature)) return false
    try {
      return this.#verifySignature(signature, signed, publicKey)
    } catch {
      // Whatever it stumbled over, it has not said yes.
      return false
    }
  }
}

function keysUnreachable(cause: unknown): Refused {
  const detail = "The cell that is said to have signed this can't be asked for its keys now."
  return refused("keysUnreachable", detail, cause === undefined ? {} : { cause })
}

const askedTooRecently = refused(
  "keysUnreachable",
  "The cell had no key of that name when it was asked a moment ago; it will be asked again in a moment.",
)

/** A source of keys may be a stranger's, who has promised not to throw. */
function keysFailed(cause: unknown): Refused {
  return refused("keysUnreachable", "The public keys of the cell can't be looked up.", { cause })
}
