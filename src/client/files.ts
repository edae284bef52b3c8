/**
 * What can be done with files and directories. Each function is one operation of the cell (paths) or a short sequence
 * of them; sessions, handles and, for reading, the cell itself offer these as methods.
 */
import type { Generation } from "../base/brand.ts"
import { limits } from "../contract/limits.ts"
import type { DirectoryEntry, LockDelay, LockParty, NodeRef, NodeStat } from "../contract/requests.ts"
import { checkContents } from "../contract/validate-operation.ts"
import { bytes, demand, text } from "./argument-rules.ts"
import { CellError, fromRefusal } from "./errors.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"

export interface FileContents {
  readonly contents: Uint8Array
  /** Its `lockGeneration` may be out of date: a lock that changes hands makes no cached facts stale. See `getLock`. */
  readonly stat: NodeStat
}

export interface DirectoryListing {
  /** In order of name. */
  readonly entries: readonly DirectoryEntry[]
  /** Of the directory itself. */
  readonly stat: NodeStat
}

export interface WriteOptions extends CallOptions {
  /** Write only if the file is at this generation; zero: only if it does not exist. */
  readonly ifContentGeneration?: Generation | undefined
}

export interface DeleteOptions extends CallOptions {
  /** Delete only if the file is at this generation. */
  readonly ifContentGeneration?: Generation | undefined
}

export interface ReadDirOptions extends CallOptions {
  /** Entries fetched at a time, at most 10,000; the cell may return fewer. */
  readonly pageSize?: number | undefined
  /**
   * The whole subtree: names are paths below the directory, `a/b/c`, and each directory comes before what lies in it.
   * What the caller may not read is left out, and so is what lies below.
   */
  readonly recursive?: boolean | undefined
}

export interface MakeDirectoryOptions extends CallOptions {
  /** Make the directories above as well, and be content with one that is there. */
  readonly parents?: boolean | undefined
}

/** Who has a lock, and who waits for it, in the order of service. */
export interface LockState {
  readonly lockGeneration: Generation
  readonly holders: readonly LockParty[]
  readonly waiters: readonly LockParty[]
  /** A lost holder bars the lock. */
  readonly delay: LockDelay | undefined
}

export interface SequencerVerdict {
  readonly valid: boolean
  /** Why not; empty if valid. */
  readonly reason: string
}

/** Text is stored as UTF-8. */
export type Contents = Uint8Array | string

const encoder = new TextEncoder()

/** What is too large is refused here: a replica drops the connection over a message that is, and can't say why. */
export function bytesOf(contents: Contents): Uint8Array {
  const encoded = typeof contents === "string" ? encoder.encode(contents) : contents
  demand("contents", encoded, bytes)
  const refusal = checkContents(encoded)
  if (refusal !== undefined) throw fromRefusal(refusal)
  return encoded
}

export function byPath(path: string): NodeRef {
  demand("path", path, text)
  return { kind: "path", path }
}

export async function readFile(issuer: CallIssuer, node: NodeRef, options: CallOptions = {}): Promise<FileContents> {
  const { contents, stat } = await issuer.call<"getContentsAndStat">({ kind: "getContentsAndStat", node }, options)
  return { contents, stat }
}

export async function readStat(issuer: CallIssuer, node: NodeRef, options: CallOptions = {}): Promise<NodeStat> {
  const { stat } = await issuer.call<"getStat">({ kind: "getStat", node }, options)
  return stat
}

/** Refuses a directory that does not fit into one answer: what comes in pieces is no view of one moment. */
export async function readListing(
  issuer: CallIssuer,
  node: NodeRef,
  options: CallOptions = {},
): Promise<DirectoryListing> {
  const wanted = { kind: "readDir", node, afterName: "", pageSize: limits.readDirPageMax, recursive: false } as const
  const { entries, stat, more } = await issuer.call<"readDir">(wanted, options)
  if (!more) return { entries, stat }
  throw new CellError("QUOTA_EXCEEDED", `the children of ${stat.path} do not fit into one answer: use readDir`)
}

/** Children in order of name, fetched page by page: each page is a consistent view, the whole walk is not. */
export async function* readDirectory(
  issuer: CallIssuer,
  node: NodeRef,
  options: ReadDirOptions = {},
): AsyncGenerator<DirectoryEntry, void, undefined> {
  const { pageSize = limits.readDirPageMax, recursive = false } = options
  let afterName = ""
  for (;;) {
    const page = await issuer.call<"readDir">({ kind: "readDir", node, afterName, pageSize, recursive }, options)
    yield* page.entries
    const last = page.entries.at(-1)
    if (!page.more || last === undefined) return
    afterName = last.name
  }
}

export async function writeFile(
  issuer: CallIssuer,
  node: NodeRef,
  contents: Contents,
  options: WriteOptions = {},
): Promise<NodeStat> {
  const { ifContentGeneration } = options
  const { stat } = await issuer.call<"setContents">(
    { kind: "setContents", node, contents: bytesOf(contents), ifContentGeneration },
    options,
  )
  return stat
}

export async function deleteNode(issuer: CallIssuer, node: NodeRef, options: DeleteOptions = {}): Promise<void> {
  const { ifContentGeneration } = options
  await issuer.call<"delete">({ kind: "delete", node, ifContentGeneration }, options)
}

export async function readLock(issuer: CallIssuer, node: NodeRef, options: CallOptions = {}): Promise<LockState> {
  const { lockGeneration, holders, waiters, delay } = await issuer.call<"getLock">({ kind: "getLock", node }, options)
  return { lockGeneration, holders, waiters, delay }
}

export async function checkSequencer(
  issuer: CallIssuer,
  sequencer: string,
  options: CallOptions = {},
): Promise<SequencerVerdict> {
  const { valid, reason } = await issuer.call<"checkSequencer">({ kind: "checkSequencer", sequencer }, options)
  return { valid, reason }
}

export async function makeDirectory(
  issuer: CallIssuer,
  path: string,
  options: MakeDirectoryOptions = {},
): Promise<NodeStat> {
  demand("path", path, text)
  if (options.parents !== true) return await openDirectory(issuer, path, "mustCreate", options)
  for (const ancestor of ancestorsOf(path)) await openDirectory(issuer, ancestor, "mayCreate", options)
  return await openDirectory(issuer, path, "mayCreate", options)
}

const plainDirectory = {
  nodeKind: "directory",
  ephemeral: false,
  sequential: false,
  contents: new Uint8Array(0),
  acl: {},
} as const

async function openDirectory(
  issuer: CallIssuer,
  path: string,
  create: "mustCreate" | "mayCreate",
  options: CallOptions,
): Promise<NodeStat> {
  const { handle, stat } = await issuer.call<"open">(
    { kind: "open", path, mode: "read", create, ...plainDirectory },
    options,
  )
  await issuer.call<"close">({ kind: "close", handle }, options)
  if (stat.kind !== "directory") throw new CellError("NOT_A_DIRECTORY", `${stat.path} is a file`)
  return stat
}

/** The directories between the cell's root, which is always there, and the node, from the top. */
function ancestorsOf(path: string): readonly string[] {
  const parts = path.split("/")
  const ancestors: string[] = []
  // "/ls/<cell>/a/b/c" splits into "", "ls", "<cell>", "a", "b", "c": the first ancestor to make is the fourth part.
  for (let count = 4; count < parts.length; count += 1) ancestors.push(parts.slice(0, count).join("/"))
  return ancestors
}
