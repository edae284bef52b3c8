/**
 * The ETag of a file: its instance and its content generation, `"17-3"`. Both, because a file that was deleted and made
 * again begins to count again, and is another file (RFC 9110, 8.8 and 13).
 */
import { refuse } from "../../contract/errors.ts"
import type { NodeStat } from "../../contract/requests.ts"
import { RefusalError } from "./problem.ts"

export type Version = Pick<NodeStat, "instance" | "contentGeneration">

/** On what an answer or a change depends. */
export type Condition =
  | { readonly kind: "none" }
  /** `*`: whatever there is, but something. */
  | { readonly kind: "exists" }
  /** `*` of If-None-Match: nothing is there yet. */
  | { readonly kind: "missing" }
  | { readonly kind: "version"; readonly version: Version }

export function etagOf({ instance, contentGeneration }: Version): string {
  return `"${instance}-${contentGeneration}"`
}

/** Of a change: one version, or `*`. */
export function conditionOf(ifMatch: string | undefined, ifNoneMatch: string | undefined): Condition {
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw malformed("If-Match and If-None-Match exclude each other")
  if (ifNoneMatch === "*") return { kind: "missing" }
  if (ifNoneMatch !== undefined) throw malformed("of a change, If-None-Match can only be *")
  if (ifMatch === undefined) return { kind: "none" }
  if (ifMatch === "*") return { kind: "exists" }
  return { kind: "version", version: versionOf(ifMatch) }
}

/** Whether a list of ETags, or `*`, names this one. A weak one is as good: it says the same of the same file. */
export function isListed(etags: string, etag: string): boolean {
  return etags.trim() === "*" || etags.split(",").some((listed) => listed.trim().replace(/^W\//, "") === etag)
}

function versionOf(etag: string): Version {
  const [, instance, contentGeneration] = /^"([1-9]\d{0,15})-(\d{1,16})"$/.exec(etag.trim()) ?? []
  if (instance === undefined) throw malformed(`If-Match takes one ETag as this door gives them out, or *; not ${etag}`)
  return { instance: Number(instance), contentGeneration: Number(contentGeneration) }
}

function malformed(problem: string): RefusalError {
  return new RefusalError(refuse("INVALID_ARGUMENT", `${problem}.`))
}
