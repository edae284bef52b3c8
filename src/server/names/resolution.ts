/**
 * What a name stands for. A name is the path of a node: a file stands for its contents; a directory for the contents of
 * the files in it, which is how instances of a service make themselves known, each by an ephemeral file of its own.
 */
import { createHash } from "node:crypto"
import type { Generation, Instance, Slot } from "../../base/brand.ts"
import type { NodeKind } from "../../contract/requests.ts"

export interface NameInstance {
  /** The last part of the file's path. */
  readonly name: string
  readonly contents: Uint8Array
  readonly ephemeral: boolean
  readonly instance: Instance
  readonly contentGeneration: Generation
}

export type Resolution =
  | {
      readonly kind: "found"
      readonly path: string
      readonly nodeKind: NodeKind
      /** The commit index of the last change to what the name stands for. */
      readonly index: Slot
      /** In order of name. */
      readonly instances: readonly NameInstance[]
    }
  /** There is no such node. `index`: of the state that was looked at; if one is made, that will be after it. */
  | { readonly kind: "missing"; readonly path: string; readonly index: Slot }

export function contentsBytes(resolution: Resolution): number {
  if (resolution.kind === "missing") return 0
  return resolution.instances.reduce((sum, { contents }) => sum + contents.length, 0)
}

/**
 * Of several resolutions together. Equal if names and contents are, whichever replica and however often it is asked; the
 * form of the answer, and what it says beside that, plays no part: so it is sent as a weak one (RFC 9110, 8.8.1).
 */
export function etagOf(resolutions: readonly Resolution[]): string {
  const hash = createHash("sha256")
  for (const resolution of resolutions) {
    hash.update(`${JSON.stringify(resolution.path)} ${resolution.kind}\n`)
    if (resolution.kind === "missing") continue
    for (const { name, instance, contentGeneration } of resolution.instances) {
      hash.update(`${instance} ${contentGeneration} ${JSON.stringify(name)}\n`)
    }
  }
  return `"${hash.digest("base64url").slice(0, 22)}"`
}
