/**
 * An open node. A handle means the node's instance, not its name: once that instance is deleted, the handle is good
 * for nothing, even if another node of the same name is there. Handles outlive fail-overs. A file that was opened as
 * ephemeral goes away by itself when nobody has it open any more.
 */
import type { DirectoryEntry, HandleMode, NodeKind, NodeRef, NodeStat } from "../contract/requests.ts"
import {
  bytesOf,
  deleteNode,
  readDirectory,
  readFile,
  readLock,
  readStat,
  writeFile,
  type Contents,
  type DeleteOptions,
  type FileContents,
  type LockState,
  type ReadDirOptions,
  type WriteOptions,
} from "./files.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"

export interface OpenOptions extends CallOptions {
  /** What the handle is for; "read" unless said otherwise. */
  readonly mode?: HandleMode | undefined
  /** What to do if the node is missing, or is there; "mustExist" unless said otherwise. */
  readonly create?: "mustExist" | "mayCreate" | "mustCreate" | undefined
  /** The rest is about the node to create. */
  readonly kind?: NodeKind | undefined
  readonly ephemeral?: boolean | undefined
  readonly contents?: Contents | undefined
}

export class Handle {
  readonly path: string
  /** Whether opening it has made the node. */
  readonly created: boolean
  /** The node's facts at the time of opening. */
  readonly stat: NodeStat
  readonly #issuer: CallIssuer
  readonly #node: NodeRef & { readonly kind: "handle" }

  constructor(issuer: CallIssuer, path: string, opened: { handle: string; created: boolean; stat: NodeStat }) {
    this.#issuer = issuer
    this.#node = { kind: "handle", handle: opened.handle }
    this.path = path
    this.created = opened.created
    this.stat = opened.stat
  }

  async get(options?: CallOptions): Promise<FileContents> {
    return await readFile(this.#issuer, this.#node, options)
  }

  async getStat(options?: CallOptions): Promise<NodeStat> {
    return await readStat(this.#issuer, this.#node, options)
  }

  readDir(options?: ReadDirOptions): AsyncGenerator<DirectoryEntry, void, undefined> {
    return readDirectory(this.#issuer, this.#node, options)
  }

  async set(contents: Contents, options?: WriteOptions): Promise<NodeStat> {
    return await writeFile(this.#issuer, this.#node, contents, options)
  }

  async delete(options?: DeleteOptions): Promise<void> {
    await deleteNode(this.#issuer, this.#node, options)
  }

  async getLock(options?: CallOptions): Promise<LockState> {
    return await readLock(this.#issuer, this.#node, options)
  }

  /** Closing a handle twice is allowed. */
  async close(options?: CallOptions): Promise<void> {
    await this.#issuer.call<"close">({ kind: "close", handle: this.#node.handle }, options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

export async function openNode(issuer: CallIssuer, path: string, options: OpenOptions = {}): Promise<Handle> {
  const opened = await issuer.call<"open">(
    {
      kind: "open",
      path,
      mode: options.mode ?? "read",
      create: options.create ?? "mustExist",
      nodeKind: options.kind ?? "file",
      ephemeral: options.ephemeral ?? false,
      contents: bytesOf(options.contents ?? ""),
    },
    options,
  )
  return new Handle(issuer, path, opened)
}
