/**
 * The door to a cell. A `Cell` holds the addresses of some replicas and one stream to the master, wherever that is;
 * everything that changes something happens in a session, and plain reading can be done without one.
 */
import type { DurationMs } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import type { DirectoryEntry, NodeStat, OperationKind } from "../contract/requests.ts"
import type { OperationOf } from "../wire/messages.ts"
import { checkAccess, type AccessQuestion, type AccessVerdict } from "./acl.ts"
import { answerOrAbort, outsideSessions, placeCall } from "./call.ts"
import { CellError } from "./errors.ts"
import {
  byPath,
  checkSequencer,
  readDirectory,
  readFile,
  readLock,
  readStat,
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
import type { CallIssuer, CallOptions } from "./session-calls.ts"
import { Session } from "./session.ts"
import { machineSurroundings, type Surroundings } from "./surroundings.ts"
import type { ClientTls } from "./tls.ts"
import type { Transport } from "./transport.ts"

export interface ConnectOptions {
  /** `host:port` of the gRPC doors of the replicas. One would do, but if just that one is down, nobody is found. */
  readonly replicas: readonly string[]
  /** How sessions introduce themselves unless they are given a name of their own. */
  readonly name?: string | undefined
  /** For a cell with TLS: whom to trust, and who we are. As PEM. Undefined: plain text. */
  readonly tls?: ClientTls | undefined
  /**
   * Which thread sends the KeepAlives. "worker", unless said otherwise: a thread of their own, so that sessions live on
   * while the main thread computes. "main": saves the thread, its memory (some 20 MiB) and its connection.
   */
  readonly keepAlives?: "worker" | "main" | undefined
  /**
   * For how many ms the main thread may be busy in one piece before its sessions are no longer kept alive, for a process
   * that is wedged must not hold its locks for ever. 30,000 unless said otherwise. Only for KeepAlives of a worker.
   */
  readonly leashMs?: number | undefined
}

const leashMsDefault: DurationMs = 30_000
const leashMsMin: DurationMs = 100

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
      async call<Kind extends OperationKind>(
        operation: OperationOf<Kind>,
        { signal, underSequencer }: CallOptions = {},
      ) {
        signal?.throwIfAborted()
        const placed = placeCall<Kind>(link, operation, outsideSessions(underSequencer))
        return await answerOrAbort(link, placed, { signal, isMutation: false })
      },
    }
  }

  async openSession(options: SessionOptions = {}): Promise<Session> {
    options.signal?.throwIfAborted()
    const name = options.name ?? this.#name
    const { caching = true, cacheBytesMax = cacheBytesMaxDefault } = options
    const surroundings = this.#surroundings
    let sentAt = surroundings.now()
    let sendingCount = 0
    let birth: Birth = { epoch: 0, commitIndex: 0, isKnown: false }
    const caller = outsideSessions()
    const placed = placeCall<"createSession">(
      this.#link,
      {
        kind: "createSession",
        clientName: name,
        host: surroundings.host,
        processId: surroundings.processId,
        sessionLeaseMs: options.sessionLeaseMs ?? limits.sessionLeaseMsDefault,
        nonce: surroundings.nonce(),
        caching,
      },
      {
        ...caller,
        stamp: () => {
          sentAt = surroundings.now()
          sendingCount += 1
          return caller.stamp()
        },
        onReply: ({ epoch, commitIndex }) => {
          // A session that was asked for twice may have been made by another master than the one that tells of it.
          birth = { epoch, commitIndex, isKnown: sendingCount === 1 }
        },
      },
    )
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
  if (options.replicas.length === 0) throw new CellError("INVALID_ARGUMENT", "no replicas were named")
  for (const address of options.replicas) {
    const [, port] = /^.+:(\d{1,5})$/.exec(address) ?? []
    if (port === undefined || Number(port) > 65_535) {
      throw new CellError("INVALID_ARGUMENT", `"${address}" is not host:port`)
    }
  }
  const { replicas, tls, keepAlives = "worker", leashMs = leashMsDefault } = options
  if (!(leashMs >= leashMsMin)) throw new CellError("INVALID_ARGUMENT", `a leash lasts ${leashMsMin} ms or longer`)
  const { GrpcTransport } = await import("./grpc-transport.ts")
  const surroundings = machineSurroundings()
  const pulses =
    keepAlives === "main" ? keepAliveLoops(surroundings) : new KeepAliveThread({ replicas, tls, leashMs }, surroundings)
  return new Cell(options, new GrpcTransport(tls), surroundings, pulses)
}
