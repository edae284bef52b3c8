/**
 * Who is on a list, given its file (see contract/acl.ts). Taken apart once for each version of the file. Only a shortcut;
 * nothing here is part of the state.
 */
import { type KeptBytes, bytesOf } from "../base/kept-bytes.ts"
import { principalsOn } from "../contract/acl.ts"
import type { FileNode } from "./node.ts"

// Bytes that are no UTF-8 become the replacement character, in the same way everywhere: they name nobody.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

interface ListRead {
  readonly contents: KeptBytes
  readonly principals: ReadonlySet<string>
}

export class PrincipalLists {
  readonly #byFile = new WeakMap<FileNode, ListRead>()

  isOn(file: FileNode, principal: string): boolean {
    const { contents } = file
    let list = this.#byFile.get(file)
    // Contents are replaced and never changed.
    if (list?.contents !== contents) {
      list = { contents, principals: new Set(principalsOn(decoder.decode(bytesOf(contents)))) }
      this.#byFile.set(file, list)
    }
    return list.principals.has(principal)
  }
}
