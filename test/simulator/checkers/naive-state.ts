/**
 * The replicated state once more, as plainly as it can be said: a second opinion on what a log of commands means, command
 * by command. It knows files, locks with their lock-delays, and sessions, and that a call counts once; of everything else
 * (rights, transactions, handles, keys) it knows nothing. It shares no code with the state machine that it is compared with.
 */
import type { Instance, SessionId, Slot } from "../../../src/base/brand.ts"
import type { LockMode } from "../../../src/contract/lock-mode.ts"
import type { NodeRef } from "../../../src/contract/requests.ts"
import type { SequencerClaims } from "../../../src/contract/sequencer.ts"
import type { Command } from "../../../src/state-machine/commands.ts"

export interface NaiveParty {
  readonly sessionId: SessionId
  readonly mode: LockMode
  readonly lockDelayMs: number
}

interface NaiveWaiter extends NaiveParty {
  readonly requestNumber: number
}

export interface NaiveLock {
  generation: number
  holders: readonly NaiveParty[]
  waiters: readonly NaiveWaiter[]
  /** Undefined: there is no lock-delay. */
  delay: { readonly lockDelayMs: number; readonly since: Slot } | undefined
}

/** Which calls of a session may still come: all those above `answeredThrough`, and these. */
interface OpenCalls {
  answeredThrough: number
  stillOpen: readonly number[]
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
  readonly #openCalls = new Map<SessionId, OpenCalls>()
  readonly #paths = new Map<Instance, string>()

  /** Returns the paths of the files and locks that were touched. */
  apply(slot: Slot, command: Command): readonly string[] {
    switch (command.kind) {
      case "call":
        return this.#call(command)
      case "beginReign":
        this.epoch += 1
        return []
      case "expireSession":
        if (command.epoch === this.epoch) this.#end(command.sessionId, slot)
        return []
      case "endLockDelay":
        return command.epoch === this.epoch ? this.#endDelay(command.instance, command.since) : []
      case "endWait":
        return command.epoch === this.epoch ? this.#stopWaiting(command.sessionId, [command.requestNumber]) : []
      case "setLeaseFloor":
      case "foundCell":
      case "attestDigest":
        return []
    }
  }

  /** Ids are the state machine's business; this one has just been given out. */
  sessionCreated(sessionId: SessionId): void {
    this.sessions.add(sessionId)
  }

  /** So are instance numbers; a client has been told that this one is the node at `path`. */
  nodeSeen(instance: Instance, path: string): void {
    this.#paths.set(instance, path)
  }

  #call(call: Extract<Command, { kind: "call" }>): readonly string[] {
    const { sessionId, requestNumber, operation } = call
    if (operation.kind === "createSession" || !this.sessions.has(sessionId)) return []
    if (!this.#isOpen(sessionId, requestNumber)) return []
    const left = this.#acknowledge(call)
    const touched = this.#carryOut(call)
    return touched === undefined ? left : [...left, touched]
  }

  #isOpen(sessionId: SessionId, requestNumber: number): boolean {
    const open = this.#openCalls.get(sessionId)
    return open === undefined || requestNumber > open.answeredThrough || open.stillOpen.includes(requestNumber)
  }

  /** What the client is done with can come no more, and waits no more. */
  #acknowledge({ sessionId, answeredThrough, stillOpen }: Extract<Command, { kind: "call" }>): readonly string[] {
    const before = this.#openCalls.get(sessionId) ?? { answeredThrough: 0, stillOpen: [] }
    const through = Math.max(before.answeredThrough, answeredThrough)
    const listed = [...new Set([...before.stillOpen, ...stillOpen])]
    const remaining = listed.filter(
      (number) => this.#isOpen(sessionId, number) && (number > answeredThrough || stillOpen.includes(number)),
    )
    if (through === before.answeredThrough && remaining.length === before.stillOpen.length) return []
    this.#openCalls.set(sessionId, { answeredThrough: through, stillOpen: remaining })
    const waiting = [...this.locks.values()].flatMap((lock) => lock.waiters)
    const given = waiting.filter(
      (waiter) => waiter.sessionId === sessionId && !this.#isOpen(sessionId, waiter.requestNumber),
    )
    return this.#stopWaiting(
      sessionId,
      given.map((waiter) => waiter.requestNumber),
    )
  }

  #carryOut(call: Extract<Command, { kind: "call" }>): string | undefined {
    const { sessionId, requestNumber, underSequencer, operation } = call
    const name = nameOf(sessionId, requestNumber)
    if (this.#seen.has(name)) return undefined
    this.#seen.add(name)
    if (underSequencer !== undefined && !this.#isHeldAs(underSequencer)) return undefined
    switch (operation.kind) {
      case "setContents":
        return this.#write(pathOf(operation.node), operation.contents, operation.ifContentGeneration)
      case "delete":
        return this.#delete(pathOf(operation.node), operation.ifContentGeneration)
      case "acquire": {
        const { mode, lockDelayMs } = operation
        return this.#acquire(pathOf(operation.node), { sessionId, mode, lockDelayMs, requestNumber })
      }
      case "tryAcquire": {
        const { mode, lockDelayMs } = operation
        return this.#tryAcquire(pathOf(operation.node), { sessionId, mode, lockDelayMs })
      }
      case "cancelAcquire":
        return this.#cancel(sessionId, operation.requestNumber)
      case "release": {
        const path = pathOf(operation.node)
        this.#removeHolds(this.#lock(path), sessionId)
        return path
      }
      case "closeSession":
        this.#end(sessionId, undefined)
        return undefined
      case "open":
      case "close":
      case "setAcl":
      case "transact":
      case "createSession":
      case "rotateSigningKeys":
        return undefined
    }
  }

  #isHeldAs({ path, instance, mode, lockGeneration }: SequencerClaims): boolean {
    const lock = this.locks.get(path)
    if (lock === undefined || this.#paths.get(instance) !== path || lock.generation !== lockGeneration) return false
    return lock.holders.some((holder) => holder.mode === mode)
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
      lock = { generation: 0, holders: [], waiters: [], delay: undefined }
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
    this.#seen.add(nameOf(sessionId, requestNumber))
    return this.#stopWaiting(sessionId, [requestNumber])[0]
  }

  #stopWaiting(sessionId: SessionId, requestNumbers: readonly number[]): readonly string[] {
    if (requestNumbers.length === 0) return []
    const touched: string[] = []
    for (const [path, lock] of this.locks) {
      const staying = lock.waiters.filter(
        (waiter) => waiter.sessionId !== sessionId || !requestNumbers.includes(waiter.requestNumber),
      )
      if (staying.length === lock.waiters.length) continue
      lock.waiters = staying
      grantWaiters(lock)
      touched.push(path)
    }
    return touched
  }

  #endDelay(instance: Instance, since: Slot): readonly string[] {
    const path = this.#paths.get(instance)
    const lock = path === undefined ? undefined : this.locks.get(path)
    if (path === undefined || lock === undefined || lock.delay?.since !== since) return []
    lock.delay = undefined
    grantWaiters(lock)
    return [path]
  }

  #removeHolds(lock: NaiveLock, sessionId: SessionId): void {
    lock.holders = lock.holders.filter((holder) => holder.sessionId !== sessionId)
    grantWaiters(lock)
  }

  /** `lostIn`: the slot in which it was given up for lost; undefined: it was closed. */
  #end(sessionId: SessionId, lostIn: Slot | undefined): void {
    if (!this.sessions.delete(sessionId)) return
    for (const lock of this.locks.values()) {
      lock.waiters = lock.waiters.filter((waiter) => waiter.sessionId !== sessionId)
      const held = lock.holders.filter((holder) => holder.sessionId === sessionId)
      const asked = Math.max(0, ...held.map((holder) => holder.lockDelayMs))
      if (lostIn !== undefined && asked > 0) {
        lock.delay = { lockDelayMs: Math.max(asked, lock.delay?.lockDelayMs ?? 0), since: lostIn }
      }
      this.#removeHolds(lock, sessionId)
    }
  }
}

function nameOf(sessionId: SessionId, requestNumber: number): string {
  return `${String(sessionId)}/${String(requestNumber)}`
}

function pathOf(node: NodeRef): string {
  return node.kind === "path" ? node.path : node.handle
}

function admits({ holders, delay }: NaiveLock, mode: LockMode): boolean {
  if (delay !== undefined) return false
  return holders.length === 0 || (mode === "shared" && holders.every((holder) => holder.mode === "shared"))
}

function grant(lock: NaiveLock, { sessionId, mode, lockDelayMs }: NaiveParty): void {
  if (lock.holders.length === 0) lock.generation += 1
  lock.holders = [...lock.holders, { sessionId, mode, lockDelayMs }]
}

/** First come, first served. */
function grantWaiters(lock: NaiveLock): void {
  for (let first = lock.waiters[0]; first !== undefined && admits(lock, first.mode); first = lock.waiters[0]) {
    grant(lock, first)
    lock.waiters = lock.waiters.slice(1)
  }
}
