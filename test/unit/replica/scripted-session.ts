/** A session of a cell that is stepped by hand: counts its requests, and acknowledges notices when told to. */
import { utf8 } from "../../../src/base/bytes.ts"
import type { Notice } from "../../../src/contract/notices.ts"
import type { NodeRef, Operation, Outcome, Reply } from "../../../src/contract/requests.ts"
import { type CallOptions, keepAlive, type PeerFlight, ReplicaCell } from "../../support/replica-cell.ts"

/** The root, if nothing is named. */
export function at(name: string): NodeRef {
  return { kind: "path", path: name === "" ? "/ls/local" : `/ls/local/${name}` }
}

export function write(name: string, contents: string): Operation {
  return { kind: "setContents", node: at(name), contents: utf8(contents) }
}

export function stat(name: string): Operation {
  return { kind: "getStat", node: at(name) }
}

export function list(name: string, pageSize = 100): Operation {
  return { kind: "readDir", node: at(name), afterName: "", pageSize, recursive: false }
}

/** To be held back, so that earlier slots are applied and later ones are not. */
export function isAcceptAbove(slot: number, { message }: PeerFlight): boolean {
  const inner = message.kind === "paxos" ? message.message : undefined
  return inner?.kind === "accept" && inner.slot > slot
}

/** So that what is submitted in turn is on its way in turn, and does not gather for one slot. */
export const aSlotForEach = { batchCommands: 1 }

export class ScriptedSession {
  readonly sessionId: number
  /** What it has been told in the present epoch, by number. */
  readonly notices = new Map<number, Notice>()
  /** Of the last answer to a KeepAlive. */
  cacheLeaseMs: number | undefined
  commitIndex = 0
  readonly #cell: ReplicaCell
  #requestNumber = 0

  constructor(cell: ReplicaCell, options: Parameters<ReplicaCell["session"]>[0] = {}) {
    this.#cell = cell
    this.sessionId = cell.session({ caching: true, ...options })
  }

  /** Submits a numbered call to the master and returns its ticket. */
  submit(operation: Operation, options: CallOptions = {}): number {
    this.#requestNumber += 1
    const { sessionId } = this
    const numbers = { sessionId, requestNumber: this.#requestNumber, answeredThrough: this.#requestNumber - 1 }
    return this.#cell.submit(this.#cell.master, operation, { ...numbers, ...options })
  }

  /** The same, and everything is delivered. */
  submitted(operation: Operation, options: CallOptions = {}): number {
    const ticket = this.submit(operation, options)
    this.#cell.settle()
    return ticket
  }

  call(operation: Operation, options: CallOptions = {}): Outcome | undefined {
    return this.#cell.outcome(this.submitted(operation, options))
  }

  /** Reads in order to cache. */
  read(operation: Operation): Reply {
    const ticket = this.#cell.submit(this.#cell.master, operation, { sessionId: this.sessionId, forCache: true })
    const reply = this.#cell.replies.get(ticket)
    if (reply === undefined) throw new Error("a read was not answered at once")
    return reply
  }

  mayCache(operation: Operation): boolean {
    return this.read(operation).cachable
  }

  /** Sends a KeepAlive. Returns its ticket; if it is answered, what it tells is noted. */
  keepAlive(epoch = 0, through = 0): number {
    const ticket = this.#cell.submit(this.#cell.master, keepAlive(epoch, through), { sessionId: this.sessionId })
    this.take(ticket)
    return ticket
  }

  /** Takes the answer to a KeepAlive in, if there is one. */
  take(ticket: number): void {
    const reply = this.#cell.replies.get(ticket)
    if (reply?.outcome.kind !== "keepAlive") return
    this.cacheLeaseMs = reply.outcome.cacheLeaseMs
    this.commitIndex = reply.commitIndex
    for (const [offset, notice] of reply.outcome.notices.entries()) {
      this.notices.set(reply.outcome.firstNotice + offset, notice)
    }
  }

  /** Acknowledges everything that it has been told. */
  acknowledge(epoch = this.#cell.replica(this.#cell.master).status().epoch): number {
    return this.keepAlive(epoch, Math.max(0, ...this.notices.keys()))
  }

  resume(options: Partial<Extract<Operation, { kind: "resume" }>> = {}): Outcome | undefined {
    this.notices.clear()
    const operation = { kind: "resume", seenThrough: 0, cached: [], subscriptions: [], ...options } as const
    const { sessionId } = this
    return this.#cell.outcome(this.#cell.submit(this.#cell.master, operation, { sessionId }))
  }

  get told(): readonly Notice[] {
    return [...this.notices.values()]
  }
}

interface ReaderAndWriter {
  readonly cell: ReplicaCell
  readonly reader: ScriptedSession
  readonly writer: ScriptedSession
}

/** Two sessions that may cache, and a file that one of them has written. */
export function readerAndWriter(): ReaderAndWriter {
  const cell = new ReplicaCell(3, aSlotForEach).found()
  const [reader, writer] = [new ScriptedSession(cell), new ScriptedSession(cell)]
  writer.call(write("file", "old"))
  return { cell, reader, writer }
}
