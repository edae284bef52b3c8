/**
 * Finds out what a name stands for, wherever it is looked up. A directory is one view of one moment: contents are taken
 * only as the listing has them, and if a child has changed in between, everything is looked up once more. Under writes
 * without pause that may never come right: then each child is as new as was asked for, and the whole is no older than
 * its listing, whose index it has; whoever goes on from there misses nothing.
 */
import type { Slot } from "../../base/brand.ts"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { DirectoryListing, FileContents } from "../../client/files.ts"
import type { DirectoryEntry, NodeKind, NodeStat } from "../../contract/requests.ts"
import { nameLimits } from "./name-limits.ts"
import type { NameInstance, Resolution } from "./resolution.ts"

export interface ReadFile {
  readonly kind: "file"
  readonly contents: Uint8Array
  readonly stat: NodeStat
}

export interface ReadListing {
  readonly kind: "listing"
  readonly entries: readonly DirectoryEntry[]
  /** Whether there are children beyond `entries`. */
  readonly more: boolean
  readonly stat: NodeStat
}

/** `commitIndex`: of the state by which it was refused. */
export interface ReadRefused {
  readonly kind: "refused"
  readonly refusal: Refusal
  readonly commitIndex: Slot
}

/** Where names are looked up. All answers are as fresh as this source promises to be. */
export interface NameReader {
  file(path: string): Promise<ReadFile | ReadRefused>
  listing(path: string): Promise<ReadListing | ReadRefused>
}

const attemptsMax = 3

/** `expected`: what the node probably is; a wrong guess costs a read. */
export async function resolveName(
  reader: NameReader,
  path: string,
  expected: NodeKind = "file",
): Promise<Resolution | Refusal> {
  const first = expected === "file" ? await readAsFile(reader, path) : await readAsDirectory(reader, path)
  if (first !== "other") return first
  const second = expected === "file" ? await readAsDirectory(reader, path) : await readAsFile(reader, path)
  if (second !== "other") return second
  return refuse("OVERLOADED", `${path} was a file and a directory by turns while it was looked up.`)
}

async function readAsFile(reader: NameReader, path: string): Promise<Resolution | Refusal | "other"> {
  const found = await reader.file(path)
  if (found.kind === "refused") return found.refusal.code === "NOT_A_FILE" ? "other" : notFound(path, found)
  const { stat } = found
  const name = path.slice(path.lastIndexOf("/") + 1)
  return { kind: "found", path, nodeKind: "file", index: stat.commitIndex, instances: [instanceOf(name, found)] }
}

async function readAsDirectory(reader: NameReader, path: string): Promise<Resolution | Refusal | "other"> {
  for (let attempt = 1; ; attempt += 1) {
    const listing = await reader.listing(path)
    if (listing.kind === "refused") {
      return listing.refusal.code === "NOT_A_DIRECTORY" ? "other" : notFound(path, listing)
    }
    const tooLarge = objectionTo(path, listing)
    if (tooLarge !== undefined) return tooLarge
    const read = await readChildren(reader, path, filesIn(listing))
    if (read.kind === "refused") return read
    if (!read.isOneView && attempt < attemptsMax) continue
    const { instances } = read
    return { kind: "found", path, nodeKind: "directory", index: indexOf(listing), instances }
  }
}

interface Children {
  readonly kind: "children"
  readonly instances: readonly NameInstance[]
  /** Whether all were as the listing has them. */
  readonly isOneView: boolean
}

async function readChildren(
  reader: NameReader,
  path: string,
  files: readonly DirectoryEntry[],
): Promise<Children | Refusal> {
  const reads = await Promise.all(files.map(({ name }) => reader.file(`${path}/${name}`)))
  const instances: NameInstance[] = []
  let isOneView = true
  for (const [at, { name, stat }] of files.entries()) {
    const read = reads[at]
    if (read === undefined) continue
    if (read.kind === "refused") {
      if (!isGone(read.refusal)) return read.refusal
      isOneView = false
      continue
    }
    isOneView &&= isSameVersion(read.stat, stat)
    instances.push(instanceOf(name, read))
  }
  return { kind: "children", instances, isOneView }
}

function instanceOf(name: string, { contents, stat }: ReadFile): NameInstance {
  const { ephemeral, instance, contentGeneration } = stat
  return { name, contents, ephemeral, instance, contentGeneration }
}

/** Whether `resolution` is what this file, or this listing, has to say. */
export function agrees(resolution: Resolution, known: FileContents | DirectoryListing): boolean {
  if (resolution.kind === "missing") return false
  const stats = "entries" in known ? filesIn(known).map(({ stat }) => stat) : [known.stat]
  const { instances } = resolution
  return instances.length === stats.length && instances.every((one, at) => isSameVersion(one, stats[at]))
}

function isSameVersion(one: Pick<NodeStat, "instance" | "contentGeneration">, stat: NodeStat | undefined): boolean {
  return one.instance === stat?.instance && one.contentGeneration === stat.contentGeneration
}

/** Files alone, and of these only what the caller may read: of others a listing tells no checksum. */
function filesIn({ entries }: Pick<ReadListing, "entries">): readonly DirectoryEntry[] {
  return entries.filter(({ stat }) => stat.kind === "file" && stat.checksum !== "")
}

/**
 * Of the last change to the directory or to a file in it. What happens in a directory below is not its matter. Files that
 * the caller may not read count: one that was withdrawn from him is gone from the name, and that has an index only there.
 */
function indexOf({ entries, stat }: ReadListing): Slot {
  const files = entries.filter(({ stat: { kind } }) => kind === "file")
  return files.reduce((index, file) => Math.max(index, file.stat.commitIndex), stat.commitIndex)
}

function objectionTo(path: string, listing: ReadListing): Refusal | undefined {
  const { instancesPerName, contentsBytes } = nameLimits
  const files = filesIn(listing)
  if (listing.more || files.length > instancesPerName) {
    return refuse("QUOTA_EXCEEDED", `${path} has more than ${instancesPerName} files, too many for a name.`)
  }
  const bytes = files.reduce((sum, { stat }) => sum + stat.size, 0)
  if (bytes <= contentsBytes) return undefined
  return refuse("QUOTA_EXCEEDED", `The files in ${path} take ${bytes} bytes; of a name, at most ${contentsBytes}.`)
}

/** Since it was listed, it was deleted, or withdrawn from the caller, or made a directory. */
function isGone({ code }: Refusal): boolean {
  return code === "NODE_NOT_FOUND" || code === "PERMISSION_DENIED" || code === "NOT_A_FILE"
}

function notFound(path: string, { refusal, commitIndex }: ReadRefused): Resolution | Refusal {
  return refusal.code === "NODE_NOT_FOUND" ? { kind: "missing", path, index: commitIndex } : refusal
}
