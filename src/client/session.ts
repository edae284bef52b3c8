/**
 * A client's standing with the cell: locks, handles and ephemeral nodes live as long as it does (Chubby paper, 2.8).
 * It keeps itself alive and comes through fail-overs by itself. A call that was under way when a master was lost is
 * repeated under its number and takes effect once.
 */
import type { SessionId } from "../base/brand.ts"
import type { DirectoryEntry, NodeStat } from "../contract/requests.ts"
import type { LeaseGrant, SessionStanding } from "./core/session-lease.ts"
import { SessionExpiredError } from "./errors.ts"
import {
  byPath,
  checkSequencer,
  deleteNode,
  makeDirectory,
  readDirectory,
  readFile,
  readLock,
  readStat,
  writeFile,
  type Contents,
  type DeleteOptions,
  type FileContents,
  type LockState,
  type MakeDirectoryOptions,
  type ReadDirOptions,
  type SequencerVerdict,
  type WriteOptions,
} from "./files.ts"
import { openNode, type Handle, type OpenOptions } from "./handle.ts"
import { Lifeline } from "./lifeline.ts"
import type { Link } from "./link.ts"
import { LockKeeper } from "./lock-keeper.ts"
import { acquireLock, tryAcquireLock, type Lock, type LockOptions } from "./lock.ts"
import { SessionCalls, type CallOptions } from "./session-calls.ts"
import { SessionEvents, type SessionEvent } from "./session-events.ts"
import type { Surroundings } from "./surroundings.ts"

/** A session that the cell has just opened. */
export interface OpenedSession {
  readonly sessionId: SessionId
  readonly name: string
  readonly grant: LeaseGrant
}

export class Session {
  readonly sessionId: SessionId
  /** As the cell shows it to others who look at a lock. */
  readonly name: string
  readonly #calls: SessionCalls
  readonly #lifeline: Lifeline
  readonly #locks: LockKeeper
  readonly #events = new SessionEvents()
  readonly #stopListening: () => void
  #closing: Promise<void> | undefined

  /** Not for applications: `cell.openSession` makes sessions. */
  constructor(link: Link, surroundings: Surroundings, opened: OpenedSession) {
    this.sessionId = opened.sessionId
    this.name = opened.name
    this.#calls = new SessionCalls(link, opened.sessionId)
    this.#lifeline = new Lifeline(this.#calls, surroundings, opened.grant, (standing, reason) => {
      this.#follow(standing, reason)
    })
    this.#locks = new LockKeeper(this.#calls, this.#lifeline, surroundings)
    this.#stopListening = link.listen({
      failedOver: (epoch) => {
        this.#events.emit({ kind: "failOver", epoch })
      },
      closed: () => {
        this.#letGo()
        this.#end("the connection to the cell was closed")
      },
    })
  }

  /** How the session stands at this very moment. */
  get standing(): SessionStanding {
    return this.#lifeline.standing
  }

  /** What happens to the session from now on; the loop ends with the session. Several may read at a time. */
  events(): AsyncIterableIterator<SessionEvent> {
    return this.#events.read()
  }

  async get(path: string, options?: CallOptions): Promise<FileContents> {
    return await readFile(this.#calls, byPath(path), options)
  }

  async getStat(path: string, options?: CallOptions): Promise<NodeStat> {
    return await readStat(this.#calls, byPath(path), options)
  }

  /** The children of a directory in order of name: `for await (const entry of session.readDir(path))`. */
  readDir(path: string, options?: ReadDirOptions): AsyncGenerator<DirectoryEntry, void, undefined> {
    return readDirectory(this.#calls, byPath(path), options)
  }

  /** Writes the whole file, which is created if it is missing. */
  async set(path: string, contents: Contents, options?: WriteOptions): Promise<NodeStat> {
    return await writeFile(this.#calls, byPath(path), contents, options)
  }

  /** Deletes a file, or an empty directory. */
  async delete(path: string, options?: DeleteOptions): Promise<void> {
    await deleteNode(this.#calls, byPath(path), options)
  }

  async makeDirectory(path: string, options?: MakeDirectoryOptions): Promise<NodeStat> {
    return await makeDirectory(this.#calls, path, options)
  }

  async open(path: string, options?: OpenOptions): Promise<Handle> {
    return await openNode(this.#calls, path, options)
  }

  /** Waits for the lock in order of arrival, as long as `signal` lets it. The file is created if it is missing. */
  async acquire(path: string, options?: LockOptions): Promise<Lock> {
    return await acquireLock(this.#locks, path, options)
  }

  /** The lock, or undefined at once if it is not free. */
  async tryAcquire(path: string, options?: LockOptions): Promise<Lock | undefined> {
    return await tryAcquireLock(this.#locks, path, options)
  }

  async getLock(path: string, options?: CallOptions): Promise<LockState> {
    return await readLock(this.#calls, byPath(path), options)
  }

  /** Whether the lock that `sequencer` speaks of is still held in that mode at that generation. */
  async checkSequencer(sequencer: string, options?: CallOptions): Promise<SequencerVerdict> {
    return await checkSequencer(this.#calls, sequencer, options)
  }

  /**
   * Gives back everything the session has. If the cell can't be told before `signal` fires, the session ends here all
   * the same, and at the cell when its lease runs out.
   */
  async close(options?: CallOptions): Promise<void> {
    this.#closing ??= this.#close(options)
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(options?: CallOptions): Promise<void> {
    if (this.standing === "expired") return
    this.#letGo()
    try {
      await this.#calls.call<"closeSession">({ kind: "closeSession" }, options)
    } catch (reason) {
      // A session that is gone already is as good as closed.
      if (!(reason instanceof SessionExpiredError)) throw reason
    } finally {
      this.#end("the session was closed")
    }
  }

  /** Whatever the cell may think: nothing is held or kept alive from here any more. */
  #letGo(): void {
    this.#lifeline.stop()
    this.#locks.follow("expired", "its session was closed")
  }

  #follow(standing: SessionStanding, reason: string): void {
    this.#locks.follow(standing, reason)
    switch (standing) {
      case "jeopardy":
        this.#events.emit({ kind: "jeopardy", graceEndsAt: this.#lifeline.graceEndsAt })
        break
      case "safe":
        this.#events.emit({ kind: "safe" })
        break
      case "expired":
        this.#events.emit({ kind: "expired", reason })
        this.#end(reason)
        break
    }
  }

  #end(detail: string): void {
    this.#stopListening()
    this.#calls.end(detail)
    this.#events.end()
  }
}
