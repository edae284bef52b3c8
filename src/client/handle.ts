/**
 * An open node. A handle means the node's instance, not its name: once that instance is deleted, the handle is good
 * for nothing, even if another node of the same name is there. Handles outlive fail-overs. A file that was opened as
 * ephemeral goes away by itself when nobody has it open or holds its lock any more. The calls are the paper's (2.4, 2.6).
 */
import type { AclChange } from "../contract/acl.ts"
import type { CreateRule, DirectoryEntry, HandleMode, NodeKind, NodeRef, NodeStat } from "../contract/requests.ts"
import { setAcl, type SetAclOptions } from "./acl.ts"
import { acquireLock, tryAcquireLock } from "./acquire.ts"
import { CellError } from "./errors.ts"
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
import { HandleCalls } from "./handle-calls.ts"
import type { LockKeeper } from "./lock-keeper.ts"
import type { LockTarget } from "./lock-wait.ts"
import type { AcquireOptions, Lock, LockOptions } from "./lock.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"

export interface NewNode {
  /** "file" unless said otherwise. */
  readonly kind?: NodeKind | undefined
  /** It goes away by itself when nobody has it open or holds its lock any more. */
  readonly ephemeral?: boolean | undefined
  /** The cell appends a number to the name, greater than any before in the directory: see the handle's `path`. */
  readonly sequential?: boolean | undefined
  readonly contents?: Contents | undefined
  /** What is left out is inherited from the directory. */
  readonly acl?: AclChange | undefined
}

export interface OpenOptions extends CallOptions, NewNode {
  /** What the handle is for; "read" unless said otherwise. */
  readonly mode?: HandleMode | undefined
  /** What to do if the node is missing, or is there; "mustExist" unless said otherwise. */
  readonly create?: CreateRule | undefined
}

/** What a handle needs of its session. */
export interface HandleSurroundings {
  readonly issuer: CallIssuer
  readonly locks: LockKeeper
}

export class Handle {
  readonly path: string
  /** Whether opening it has made the node. */
  readonly created: boolean
  /** The node's facts at the time of opening. */
  readonly stat: NodeStat
  readonly #issuer: CallIssuer
  readonly #calls: HandleCalls
  readonly #locks: LockKeeper
  readonly #node: NodeRef & { readonly kind: "handle" }
  #lock: Lock | undefined

  /** Not for applications: `session.open` makes handles. */
  constructor(
    { issuer, locks }: HandleSurroundings,
    opened: { readonly handle: string; readonly created: boolean; readonly stat: NodeStat },
  ) {
    this.#issuer = issuer
    this.#calls = new HandleCalls(issuer)
    this.#locks = locks
    this.#node = { kind: "handle", handle: opened.handle }
    this.path = opened.stat.path
    this.created = opened.created
    this.stat = opened.stat
  }

  async get(options?: CallOptions): Promise<FileContents> {
    return await readFile(this.#calls, this.#node, options)
  }

  async getStat(options?: CallOptions): Promise<NodeStat> {
    return await readStat(this.#calls, this.#node, options)
  }

  readDir(options?: ReadDirOptions): AsyncGenerator<DirectoryEntry, void, undefined> {
    return readDirectory(this.#calls, this.#node, options)
  }

  async set(contents: Contents, options?: WriteOptions): Promise<NodeStat> {
    return await writeFile(this.#calls, this.#node, contents, options)
  }

  async setAcl(acl: AclChange, options?: SetAclOptions): Promise<NodeStat> {
    return await setAcl(this.#calls, this.#node, acl, options)
  }

  async delete(options?: DeleteOptions): Promise<void> {
    await deleteNode(this.#calls, this.#node, options)
  }

  /** The handle itself becomes the lock's holder, one hold at a time. Wants a handle that was opened for "write". */
  async acquire(options: Omit<AcquireOptions, "keep"> = {}): Promise<Lock> {
    this.#lock = await this.#calls.carryOut(options, async (own) => await acquireLock(this.#locks, this.#target, own))
    return this.#lock
  }

  /** Undefined at once if the lock is not free; `onBusy` is told why. */
  async tryAcquire(options: Omit<LockOptions, "keep"> = {}): Promise<Lock | undefined> {
    const lock = await this.#calls.carryOut(
      options,
      async (own) => await tryAcquireLock(this.#locks, this.#target, own),
    )
    this.#lock = lock ?? this.#lock
    return lock
  }

  /** Of the lock that the handle holds, if it does. */
  async release(options?: CallOptions): Promise<void> {
    await this.#lock?.release(options)
  }

  async getLock(options?: CallOptions): Promise<LockState> {
    return await readLock(this.#calls, this.#node, options)
  }

  /** Of the lock that the handle holds. */
  async getSequencer(options?: CallOptions): Promise<string> {
    const { sequencer } = await this.#calls.call<"getSequencer">({ kind: "getSequencer", node: this.#node }, options)
    return sequencer
  }

  /** Every later call of this handle is refused unless the lock that `sequencer` names is still held so. */
  setSequencer(sequencer: string | undefined): void {
    this.#calls.bind(sequencer)
  }

  /** Outstanding calls end with CANCELLED; the handle stays good. */
  cancel(): void {
    this.#calls.cancel(new CellError("CANCELLED", `calls on ${this.path} were cancelled`))
  }

  /** Outstanding calls end with CANCELLED, and so do all later ones, until the handle is closed. */
  poison(): void {
    this.#calls.end(new CellError("CANCELLED", `the handle of ${this.path} was poisoned`))
  }

  /** Gives back what the handle holds, and never fails: what the cell isn't told in time ends with the session. */
  async close(options?: CallOptions): Promise<void> {
    this.cancel()
    this.#calls.end(new CellError("HANDLE_INVALID", `the handle of ${this.path} is closed`))
    // The hold ends here and now; at the cell it ends with the handle.
    const released = this.#lock?.release(options)
    const closed = this.#issuer.call<"close">({ kind: "close", handle: this.#node.handle }, options)
    await Promise.allSettled([released, closed])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #target(): LockTarget {
    return { path: this.path, node: this.#node }
  }
}

export async function openNode(
  surroundings: HandleSurroundings,
  path: string,
  options: OpenOptions = {},
): Promise<Handle> {
  const { mode = "read", create = "mustExist" } = options
  const operation = { kind: "open", path, mode, create, ...newNode(options) } as const
  return new Handle(surroundings, await surroundings.issuer.call<"open">(operation, options))
}

/** The part of an Open that is about the node to make. */
export function newNode(wanted: NewNode): {
  readonly nodeKind: NodeKind
  readonly ephemeral: boolean
  readonly sequential: boolean
  readonly contents: Uint8Array
  readonly acl: AclChange
} {
  const { kind: nodeKind = "file", ephemeral = false, sequential = false, contents = "", acl = {} } = wanted
  return { nodeKind, ephemeral, sequential, contents: bytesOf(contents), acl }
}
