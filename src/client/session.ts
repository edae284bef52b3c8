/**
 * A client's standing with the cell: locks, handles and ephemeral nodes live as long as it does (Chubby paper, 2.8).
 * It keeps itself alive and comes through fail-overs by itself. A call that was under way when a master was lost is
 * repeated under its number and takes effect once.
 */
import type { SessionId } from "../base/brand.ts"
import type { AclChange } from "../contract/acl.ts"
import type { DirectoryEntry, NodeStat } from "../contract/requests.ts"
import type { SequencerKey } from "../contract/signing-keys.ts"
import { checkAccess, setAcl, type AccessQuestion, type AccessVerdict, type SetAclOptions } from "./acl.ts"
import { acquireLock, tryAcquireLock } from "./acquire.ts"
import type { CacheStatistics } from "./cache.ts"
import type { SessionStanding } from "./core/session-lease.ts"
import { fromRefusal } from "./errors.ts"
import {
  byPath,
  checkSequencer,
  deleteNode,
  makeDirectory,
  readDirectory,
  readFile,
  readListing,
  readLock,
  readStat,
  writeFile,
  type Contents,
  type DeleteOptions,
  type DirectoryListing,
  type FileContents,
  type LockState,
  type MakeDirectoryOptions,
  type ReadDirOptions,
  type SequencerVerdict,
  type WriteOptions,
} from "./files.ts"
import { openNode, type Handle, type HandleSurroundings, type OpenOptions } from "./handle.ts"
import type { AcquireOptions, Lock, LockOptions } from "./lock.ts"
import { listSessions, type SessionList } from "./list-sessions.ts"
import type { CallOptions } from "./session-calls.ts"
import type { SessionEvent } from "./session-events.ts"
import { SessionLife, type OpenedSession, type SessionMeans } from "./session-life.ts"
import { rotateSigningKeys, type RotateSigningKeysOptions } from "./signing-keys.ts"
import { transact, type Transaction, type TransactionResult } from "./transaction.ts"
import type { Watch, WatchOptions } from "./watch.ts"

export class Session {
  readonly sessionId: SessionId
  /** As the cell shows it to others who look at a lock. */
  readonly name: string
  readonly #life: SessionLife
  #closing: Promise<void> | undefined

  /** Not for applications: `cell.openSession` makes sessions. */
  constructor(means: SessionMeans, opened: OpenedSession) {
    this.sessionId = opened.sessionId
    this.name = opened.name
    this.#life = new SessionLife(means, opened)
  }

  /** How the session stands at this very moment. */
  get standing(): SessionStanding {
    return this.#life.standing
  }

  /** What happens to the session from now on; the loop ends with the session. Several may read at a time. */
  events(): AsyncIterableIterator<SessionEvent, undefined> {
    return this.#life.events.read()
  }

  /** The file, from the cache if it is there: as fresh as from the cell. The contents are the caller's own copy. */
  async get(path: string, options?: CallOptions): Promise<FileContents> {
    const known = options === undefined ? this.#life.cachedReads?.peek(path) : undefined
    if (known === undefined) return await readFile(this.#life.reads, byPath(path), options)
    if (known.kind === "absent") throw fromRefusal(known.refusal, known.commitIndex)
    return { contents: known.file.contents.slice(), stat: known.file.stat }
  }

  /**
   * What the cache knows of a file at this very moment, without a promise or a copy; undefined: nothing, so `get` it.
   * The contents are the cache's own: who changes them makes every later reader see the change. Read, or copy.
   */
  cached(path: string): FileContents | "absent" | undefined {
    const known = this.#life.cachedReads?.peek(path)
    return known?.kind === "file" ? known.file : known?.kind
  }

  /** The same for a directory: the whole listing, or nothing. Not a copy either. */
  cachedListing(path: string): DirectoryListing | undefined {
    return this.#life.cachedReads?.peekListing(path)
  }

  /** Undefined for a session without a cache. */
  get cacheStatistics(): CacheStatistics | undefined {
    return this.#life.cache?.statistics
  }

  /**
   * What happens at a path, or below it: `for await (const event of session.watch(path))`. The session asks for it at
   * once, not when the loop first turns; `await watch.ready`, then read, and nothing is missed in between. Through
   * fail-overs each event comes once and in order. Leaving the loop ends the watch; when the session expires, the loop
   * throws a `SessionExpiredError`.
   */
  watch(path: string, options: WatchOptions = {}): Watch {
    return this.#life.subscriptions.watch(path, options)
  }

  /** Who has a session with the cell, and which ended of late and why. */
  async listSessions(options?: CallOptions): Promise<SessionList> {
    return await listSessions(this.#life.calls, options)
  }

  /** For administrators: the next key signs sequencers from now on. Answers with the public keys, in order of age. */
  async rotateSigningKeys(options?: RotateSigningKeysOptions): Promise<readonly SequencerKey[]> {
    return await rotateSigningKeys(this.#life.calls, options)
  }

  async getStat(path: string, options?: CallOptions): Promise<NodeStat> {
    return await readStat(this.#life.reads, byPath(path), options)
  }

  /** The children of a directory in order of name: `for await (const entry of session.readDir(path))`. */
  readDir(path: string, options?: ReadDirOptions): AsyncGenerator<DirectoryEntry, void, undefined> {
    return readDirectory(this.#life.reads, byPath(path), options)
  }

  /** A directory and its children as they were at one moment, from the cache if they are there. */
  async getListing(path: string, options?: CallOptions): Promise<DirectoryListing> {
    return await readListing(this.#life.reads, byPath(path), options)
  }

  /** Writes the whole file, which is created if it is missing. */
  async set(path: string, contents: Contents, options?: WriteOptions): Promise<NodeStat> {
    return await writeFile(this.#life.calls, byPath(path), contents, options)
  }

  /** Deletes a file, or an empty directory. */
  async delete(path: string, options?: DeleteOptions): Promise<void> {
    await deleteNode(this.#life.calls, byPath(path), options)
  }

  async makeDirectory(path: string, options?: MakeDirectoryOptions): Promise<NodeStat> {
    return await makeDirectory(this.#life.calls, path, options)
  }

  async open(path: string, options?: OpenOptions): Promise<Handle> {
    return await openNode(this.#handleSurroundings, path, options)
  }

  /** Several changes as one, on conditions. */
  async transact(transaction: Transaction): Promise<TransactionResult> {
    return await transact(this.#handleSurroundings, transaction)
  }

  /** Names other lists of those who may read the node, write it, or do this. */
  async setAcl(path: string, acl: AclChange, options?: SetAclOptions): Promise<NodeStat> {
    return await setAcl(this.#life.calls, byPath(path), acl, options)
  }

  /** Whether somebody would be allowed something, and why. */
  async checkAccess(question: AccessQuestion, options?: CallOptions): Promise<AccessVerdict> {
    return await checkAccess(this.#life.calls, question, options)
  }

  /** Waits for the lock in order of arrival, as long as `signal` lets it. The file is created if it is missing. */
  async acquire(path: string, options?: AcquireOptions): Promise<Lock> {
    return await acquireLock(this.#life.locks, { path, node: byPath(path) }, options)
  }

  /** The lock, or undefined at once if it is not free; `onBusy` is told why. */
  async tryAcquire(path: string, options?: LockOptions): Promise<Lock | undefined> {
    return await tryAcquireLock(this.#life.locks, { path, node: byPath(path) }, options)
  }

  async getLock(path: string, options?: CallOptions): Promise<LockState> {
    return await readLock(this.#life.calls, byPath(path), options)
  }

  /** Whether the lock that `sequencer` speaks of is still held in that mode at that generation. */
  async checkSequencer(sequencer: string, options?: CallOptions): Promise<SequencerVerdict> {
    return await checkSequencer(this.#life.calls, sequencer, options)
  }

  /**
   * Gives back everything the session has. If the cell can't be told before `signal` fires, this rejects and the session
   * ends here all the same; without a signal it is left at that after two seconds, and nothing is thrown. At the cell the
   * session then ends with its lease, and so do its locks.
   */
  async close(options?: CallOptions): Promise<void> {
    this.#closing ??= this.#life.close(options)
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #handleSurroundings(): HandleSurroundings {
    return { issuer: this.#life.calls, locks: this.#life.locks }
  }
}
