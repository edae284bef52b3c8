/**
 * The door to a cell. A `Cell` holds the addresses of some replicas and one stream to the master, wherever that is;
 * everything that changes something happens in a session, and plain reading can be done without one.
 */
import { limits } from "../contract/limits.ts"
import type { DirectoryEntry, NodeStat, OperationKind } from "../contract/requests.ts"
import type { OperationOf } from "../wire/messages.ts"
import { checkAccess, type AccessQuestion, type AccessVerdict } from "./acl.ts"
import { demand, whole } from "./argument-rules.ts"
import { answerOrAbort, outsideSessions, placeCall } from "./call.ts"
import { checkOperation } from "./check-operation.ts"
import { checkConnectOptions, leashMsDefault, type ConnectOptions } from "./connect-options.ts"
import {
  byPath,
  checkSequencer,
  readDirectory,
  readFile,
  readListing,
  readLock,
  readStat,
  type DirectoryListing,
  type FileContents,
  type LockState,
  type ReadDirOptions,
  type SequencerVerdict,
} from "./files.ts"
import { keepAliveLoops } from "./keep-alive-loop.ts"
import { KeepAliveThread } from "./keep-alive-thread.ts"
import { Link } from "./link.ts"
import { listSessions, type SessionList } from "./list-sessions.ts"
import type { Birth } from "./notice-desk.ts"
import type { PulseSource } from "./pulse.ts"
import { enter, type CallIssuer, type CallOptions } from "./session-calls.ts"
import { Session } from "./session.ts"
import { machineSurroundings, type Surroundings } from "./surroundings.ts"
import type { Transport } from "./transport.ts"
import { transportOver } from "./transport-over.ts"

export interface SessionOptions extends CallOptions {
  /** Who this is, for people who look at a lock: program, host, number of the process. */
  readonly name?: string | undefined
  /**
   * How many ms the cell waits for a sign of life: 12,000 unless said otherwise, an hour at most. Longer leases bear
   * longer cuts and free the locks of the dead later.
   */
  readonly sessionLeaseMs?: number | undefined
  /**
   * Whether the session keeps what it reads and uses it again without asking, as long as it is current; so it does unless
   * said otherwise. A session that doesn't is never asked by the cell to forget anything before others may write.
   */
  readonly caching?: boolean | undefined
  /** How many bytes the cache may take; 16 MiB unless said otherwise. What was used longest ago goes first. */
  readonly cacheBytesMax?: number | undefined
}

const cacheBytesMaxDefault = 16 * 1024 * 1024

export class Cell {
  readonly #link: Link
  readonly #transport: Transport
  readonly #surroundings: Surroundings
  readonly #name: string
  readonly #reader: CallIssuer
  readonly #pulseSource: PulseSource

  /** Not for applications: `connect` makes cells. `pulseSource`: what keeps sessions alive; this thread, if not said. */
  constructor(
    options: ConnectOptions,
    transport: Transport,
    surroundings: Surroundings,
    pulseSource: PulseSource = keepAliveLoops(surroundings),
  ) {
    this.#pulseSource = pulseSource
    this.#transport = transport
    this.#surroundings = surroundings
    this.#name = options.name ?? "anonymous"
    const link = new Link(options.replicas, transport, surroundings)
    this.#link = link
    this.#reader = {
      async call<Kind extends OperationKind>(operation: OperationOf<Kind>, options: CallOptions = {}) {
        enter(options)
        checkOperation(operation)
        const { signal, underSequencer } = options
        const placed = placeCall<Kind>(link, operation, outsideSessions(underSequencer))
        return await answerOrAbort(link, placed, { signal, isMutation: false })
      },
    }
  }

  async openSession(options: SessionOptions = {}): Promise<Session> {
    enter(options)
    const { name = this.#name, caching = true, cacheBytesMax = cacheBytesMaxDefault } = options
    demand("cacheBytesMax", cacheBytesMax, whole(1))
    const surroundings = this.#surroundings
    let sentAt = surroundings.now()
    let sendingCount = 0
    let birth: Birth = { epoch: 0, commitIndex: 0, isKnown: false }
    const caller = outsideSessions()
    const operation = {
      kind: "createSession",
      clientName: name,
      host: surroundings.host,
      processId: surroundings.processId,
      sessionLeaseMs: options.sessionLeaseMs ?? limits.sessionLeaseMsDefault,
      nonce: surroundings.nonce(),
      caching,
    } as const
    checkOperation(operation)
    const placed = placeCall<"createSession">(this.#link, operation, {
      ...caller,
      request: (sent, epoch) => {
        sentAt = surroundings.now()
        sendingCount += 1
        return caller.request(sent, epoch)
      },
      onReply: ({ epoch, commitIndex }) => {
        // A session that was asked for twice may have been made by another master than the one that tells of it.
        birth = { epoch, commitIndex, isKnown: sendingCount === 1 }
      },
    })
    const { signal } = options
    // A session that nobody has heard of ends by itself: whoever gives up here has changed nothing.
    const { sessionId, sessionLeaseMs } = await answerOrAbort(this.#link, placed, { signal, isMutation: false })
    const grant = { sentAt, parkedMs: 0, sessionLeaseMs }
    const means = { link: this.#link, surroundings, pulseSource: this.#pulseSource }
    return new Session(
      { ...means, cacheBytesMax: caching ? cacheBytesMax : undefined },
      { sessionId, name, grant, birth },
    )
  }

  async get(path: string, options?: CallOptions): Promise<FileContents> {
    return await readFile(this.#reader, byPath(path), options)
  }

  async getStat(path: string, options?: CallOptions): Promise<NodeStat> {
    return await readStat(this.#reader, byPath(path), options)
  }

  /** A directory and its children as they were at one moment. */
  async getListing(path: string, options?: CallOptions): Promise<DirectoryListing> {
    return await readListing(this.#reader, byPath(path), options)
  }

  readDir(path: string, options?: ReadDirOptions): AsyncGenerator<DirectoryEntry, void, undefined> {
    return readDirectory(this.#reader, byPath(path), options)
  }

  async getLock(path: string, options?: CallOptions): Promise<LockState> {
    return await readLock(this.#reader, byPath(path), options)
  }

  /** Who has a session with the cell, and which ended of late and why. */
  async listSessions(options?: CallOptions): Promise<SessionList> {
    return await listSessions(this.#reader, options)
  }

  /** Whether somebody would be allowed something, and why. */
  async checkAccess(question: AccessQuestion, options?: CallOptions): Promise<AccessVerdict> {
    return await checkAccess(this.#reader, question, options)
  }

  async checkSequencer(sequencer: string, options?: CallOptions): Promise<SequencerVerdict> {
    return await checkSequencer(this.#reader, sequencer, options)
  }

  /** Close the sessions first: what is still open is cut off, and ends at the cell when its lease runs out. */
  async close(): Promise<void> {
    this.#link.close()
    this.#transport.close()
    this.#pulseSource.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Nothing is sent until the first call; whether the cell can be reached shows there. */
export async function connect(options: ConnectOptions): Promise<Cell> {
  checkConnectOptions(options)
  const { replicas, tls, keepAlives = "worker", leashMs = leashMsDefault, wire = "frames" } = options
  const surroundings = machineSurroundings()
  const pulses =
    keepAlives === "main"
      ? keepAliveLoops(surroundings)
      : new KeepAliveThread({ replicas, tls, wire, leashMs }, surroundings)
  return new Cell(options, await transportOver(wire, tls), surroundings, pulses)
}
