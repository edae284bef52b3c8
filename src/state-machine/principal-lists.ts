/**
 * Who is on a list, given the contents of its file (see contract/acl.ts). Taken apart once for each version of the file:
 * contents are replaced and never changed, so the bytes themselves tell whether they have been read before. Only a
 * shortcut; nothing here is part of the state.
 */
import { principalsOn } from "../contract/acl.ts"

// Bytes that are no UTF-8 become the replacement character, in the same way everywhere: they name nobody.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

export class PrincipalLists {
  readonly #byContents = new WeakMap<Uint8Array, ReadonlySet<string>>()

  isOn(contents: Uint8Array, principal: string): boolean {
    let principals = this.#byContents.get(contents)
    if (principals === undefined) {
      principals = new Set(principalsOn(decoder.decode(contents)))
      this.#byContents.set(contents, principals)
    }
    return principals.has(principal)
  }
}
