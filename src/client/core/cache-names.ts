/**
 * The cell answers to two names, its own and `local`, and a node must not be cached under both. Inside the client a key
 * is spelled with `local`, which is how most callers spell it: then a look-up makes no new text. Outside, keys have the
 * cell's own name, which is learned from the first path that the cell spells.
 */
import type { CacheKey } from "../../contract/cache-key.ts"

const local = "/ls/local"

export class CacheNames {
  /** `/ls/<the cell's own name>` */
  #own: string | undefined

  /** What is outside can't be spelled before. */
  get isKnown(): boolean {
    return this.#own !== undefined
  }

  /** From a path or key as the cell spells it. */
  learn(spelled: string): void {
    this.#own ??= spelled.slice(0, endOfCell(spelled))
  }

  /** The key of the node, if its path is known to be one of this cell, in the only spelling that a node has. */
  keyOf(path: string): CacheKey | undefined {
    const end = endOfCell(path)
    // A key that ends with a slash is that of a listing, and a path that does names nothing.
    if (path.endsWith("/")) return undefined
    if (end === local.length && path.startsWith(local)) return path
    return this.#own?.length === end && path.startsWith(this.#own) ? local + path.slice(end) : undefined
  }

  /** A key of the cell's as it is spelled here. */
  inward(key: CacheKey): CacheKey {
    this.learn(key)
    return localForm(key)
  }

  /** A key from here as the cell spells it. */
  outward(key: CacheKey): CacheKey {
    return (this.#own ?? local) + key.slice(local.length)
  }
}

/** Whatever cell it names: what a call may touch must not be overlooked because the cell's name is not known yet. */
export function localForm(path: string): string {
  return local + path.slice(endOfCell(path))
}

/** Where, in `/ls/<cell>/a/b`, what is inside the cell begins. */
function endOfCell(path: string): number {
  const end = path.indexOf("/", "/ls/".length)
  return end === -1 ? path.length : end
}
