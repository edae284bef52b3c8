/**
 * What a client caches, by name: a node (its contents, its facts, or that there is none), or the listing of a
 * directory's children. The key of a node is its path, that of a listing the path with a slash behind it, which no path
 * ends with. Always with the cell's own name, never `local`.
 *
 * Which keys does a change make stale? A node's own key when its contents, ACL names or children change or it comes or
 * goes, and the listing that it stands in, because entries carry facts. Lock state is never part of it.
 */
import type { Named } from "../base/brand.ts"

export type CacheKey = Named<string, "CacheKey">

export function nodeKeyOf(path: string): CacheKey {
  return path
}

export function listingKeyOf(path: string): CacheKey {
  return `${path}/`
}

/** Of a node or listing, the path of the node. */
export function pathOfKey(key: CacheKey): string {
  return key.endsWith("/") ? key.slice(0, -1) : key
}

/** The path one level up; undefined for the root `/ls/<cell>`. */
export function parentPathOf(path: string): string | undefined {
  const end = path.lastIndexOf("/")
  return path.lastIndexOf("/", end - 1) <= 0 ? undefined : path.slice(0, end)
}

/** Stale when the facts of the node at `path` change: itself, and the listing it stands in. */
export function keysOfNode(path: string): readonly CacheKey[] {
  const parent = parentPathOf(path)
  return parent === undefined ? [nodeKeyOf(path)] : [nodeKeyOf(path), listingKeyOf(parent)]
}

/** Stale when the ACL names of the node at `path` change: also its own listing, which tells the directory's facts. */
export function keysOfAclChange(path: string): readonly CacheKey[] {
  return [...keysOfNode(path), listingKeyOf(path)]
}

/** Stale when the node at `path` comes or goes: its own keys, and those of its parent, which counts its children. */
export function keysOfComingOrGoing(path: string): readonly CacheKey[] {
  const parent = parentPathOf(path)
  const own = keysOfAclChange(path)
  return parent === undefined ? own : [...own, ...keysOfNode(parent)]
}
