/**
 * Access control lists (paper, 2.3). Each node has three names of lists: who may read it, who may write it and take its
 * lock, who may change these names. A list is a file `/ls/<cell>/acl/<name>`, one principal to a line; `anyone` is built
 * in. A new node inherits the names of its directory. Rights are checked when a node is opened, or named by path.
 */
export interface AclNames {
  readonly read: string
  readonly write: string
  readonly changeAcl: string
}

/** What is to be different about a node's names; what is left out stays as it is, or is inherited. */
export type AclChange = { readonly [Right in keyof AclNames]?: string | undefined }

/** The list that everybody is on, whoever the door takes them for. */
export const anyone = "anyone"

/** Who may do everything to `/ls/<cell>/acl` itself. */
export const administrators = "administrators"

/** Whom a door without authentication takes every caller for. */
export const anonymous = "anonymous"

/** Where the lists lie. */
export const aclDirectory = "acl"

/** The principals on a list: a line each; blank lines, and what follows a `#`, don't count. */
export function principalsOn(contents: string): readonly string[] {
  return contents
    .split("\n")
    .map((line) => line.replace(/#[^]*$/, "").trim())
    .filter((line) => line !== "")
}
