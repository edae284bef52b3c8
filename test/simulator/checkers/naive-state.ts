/**
 * The replicated state once more, as plainly as it can be said: a second opinion on what a log of commands means, command
 * by command. It knows files, locks and sessions, and that a call counts once; of everything else it knows nothing. It
 * shares no code with the state machine that it is compared with.
 */
import type { SessionId } from "../../../src/base/brand.ts"
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { NodeRef } from "../../../src/contract/requests.ts"
import type { Command } from "../../../src/state-machine/commands.ts"

export interface NaiveParty {
  readonly sessionId: SessionId
  readonly mode: LockMode
}

interface NaiveWaiter extends NaiveParty {
  readonly requestNumber: number
}

export interface NaiveLock {
  generation: number
  holders: readonly NaiveParty[]
  waiters: readonly NaiveWaiter[]
}

export interface NaiveFile {
  readonly contents: Uint8Array
  readonly generation: number
}

export class NaiveState {
  readonly sessions = new Set<SessionId>()
  readonly files = new Map<string, NaiveFile>()
  readonly locks = new Map<string, NaiveLock>()
  epoch = 0
  /** Calls that have counted, or can't count any more, as "session/number". */
  readonly #seen = new Set<string>()

  /** Returns the path of the file or lock that was touched, if one was. */
  apply(command: Command): string | undefined {
    switch (command.kind) {
      case "call":
        return this.#call(command)
      case "beginReign":
        this.epoch += 1
        return undefined
      case "expireSession":
        if (command.epoch === this.epoch) this.#end(command.sessionId)
        return undefined
      case "foundCell":
      case "attestDigest":
        return undefined
    }
  }

  /** Ids are the state machine's business; this one has just been given out. */
  sessionCreated(sessionId: SessionId): void {
    this.sessions.add(sessionId)
  }

  #call({ sessionId, requestNumber, operation }: Extract<Command, { kind: "call" }>): string | undefined {
    if (operation.kind === "createSession" || !this.sessions.has(sessionId)) return undefined
    if (operation.kind === "closeSession") {
      this.#end(sessionId)
      return undefined
    }
    const name = `${String(sessionId)}/${String(requestNumber)}`
    if (this.#seen.has(name)) return undefined
    this.#seen.add(name)
    switch (operation.kind) {
      case "setContents":
        return this.#write(pathOf(operation.node), operation.contents, operation.ifContentGeneration)
      case "delete":
        return this.#delete(pathOf(operation.node), operation.ifContentGeneration)
      case "acquire":
        return this.#acquire(pathOf(operation.node), { sessionId, mode: operation.mode, requestNumber })
      case "tryAcquire":
        return this.#tryAcquire(pathOf(operation.node), { sessionId, mode: operation.mode })
      case "cancelAcquire":
        return this.#cancel(sessionId, operation.requestNumber)
      case "release": {
        const path = pathOf(operation.node)
        this.#removeHolds(this.#lock(path), sessionId)
        return path
      }
      case "open":
      case "close":
        return undefined
    }
  }

  #write(path: string, contents: Uint8Array, wanted: number | undefined): string {
    const generation = this.files.get(path)?.generation ?? 0
    if (wanted === undefined || wanted === generation) this.files.set(path, { contents, generation: generation + 1 })
    return path
  }

  #delete(path: string, wanted: number | undefined): string {
    const file = this.files.get(path)
    if (file !== undefined && (wanted === undefined || wanted === file.generation)) this.files.delete(path)
    return path
  }

  #lock(path: string): NaiveLock {
    let lock = this.locks.get(path)
    if (lock === undefined) {
      lock = { generation: 0, holders: [], waiters: [] }
      this.locks.set(path, lock)
    }
    return lock
  }

  #acquire(path: string, waiter: NaiveWaiter): string {
    const lock = this.#lock(path)
    lock.waiters = [...lock.waiters, waiter]
    grantWaiters(lock)
    return path
  }

  #tryAcquire(path: string, party: NaiveParty): string {
    const lock = this.#lock(path)
    if (lock.waiters.length === 0 && admits(lock, party.mode)) grant(lock, party)
    return path
  }

  /** A cancellation also stops an Acquire that has not come yet. */
  #cancel(sessionId: SessionId, requestNumber: number): string | undefined {
    this.#seen.add(`${String(sessionId)}/${String(requestNumber)}`)
    for (const [path, lock] of this.locks) {
      const staying = lock.waiters.filter(
        (waiter) => waiter.sessionId !== sessionId || waiter.requestNumber !== requestNumber,
      )
      if (staying.length === lock.waiters.length) continue
      lock.waiters = staying
      grantWaiters(lock)
      return path
    }
    return undefined
  }

  #removeHolds(lock: NaiveLock, sessionId: SessionId): void {
    lock.holders = lock.holders.filter((holder) => holder.sessionId !== sessionId)
    grantWaiters(lock)
  }

  #end(sessionId: SessionId): void {
    if (!this.sessions.delete(sessionId)) return
    for (const lock of this.locks.values()) {
      lock.waiters = lock.waiters.filter((waiter) => waiter.sessionId !== sessionId)
      this.#removeHolds(lock, sessionId)
    }
  }
}

function pathOf(node: NodeRef): string {
  return node.kind === "path" ? node.path : node.handle
}

function admits({ holders }: NaiveLock, mode: LockMode): boolean {
  return holders.length === 0 || (mode === "shared" && holders.every((holder) => holder.mode === "shared"))
}

function grant(lock: NaiveLock, { sessionId, mode }: NaiveParty): void {
  if (lock.holders.length === 0) lock.generation += 1
  lock.holders = [...lock.holders, { sessionId, mode }]
}

/** First come, first served. */
function grantWaiters(lock: NaiveLock): void {
  for (let first = lock.waiters[0]; first !== undefined && admits(lock, first.mode); first = lock.waiters[0]) {
    grant(lock, first)
    lock.waiters = lock.waiters.slice(1)
  }
}
