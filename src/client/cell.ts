/**
 * The door to a cell. A `Cell` holds the addresses of some replicas and one stream to the master, wherever that is;
 * everything that changes something happens in a session, and plain reading can be done without one.
 */
import { limits } from "../contract/limits.ts"
import type { DirectoryEntry, NodeStat, OperationKind } from "../contract/requests.ts"
import type { OperationOf } from "../wire/messages.ts"
import { anonymous, answerOrAbort, placeCall } from "./call.ts"
import type { LeaseGrant } from "./core/session-lease.ts"
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
import { Link } from "./link.ts"
import type { CallIssuer, CallOptions } from "./session-calls.ts"
import { Session } from "./session.ts"
import { machineSurroundings, type Surroundings } from "./surroundings.ts"
import type { Transport } from "./transport.ts"

export interface ConnectOptions {
  /** `host:port` of the gRPC doors of the replicas. One would do, but if just that one is down, nobody is found. */
  readonly replicas: readonly string[]
  /** How sessions introduce themselves unless they are given a name of their own. */
  readonly name?: string | undefined
}

export interface SessionOptions extends CallOptions {
  /** Who this is, for people who look at a lock: program, host, number of the process. */
  readonly name?: string | undefined
  /** How long the cell waits for a sign of life. Longer leases bear longer cuts and free the locks of the dead later. */
  readonly sessionLeaseMs?: number | undefined
}

export class Cell {
  readonly #link: Link
  readonly #transport: Transport
  readonly #surroundings: Surroundings
  readonly #name: string
  readonly #reader: CallIssuer

  /** Not for applications: `connect` makes cells. */
  constructor(options: ConnectOptions, transport: Transport, surroundings: Surroundings) {
    this.#transport = transport
    this.#surroundings = surroundings
    this.#name = options.name ?? "anonymous"
    const link = new Link(options.replicas, transport, surroundings)
    this.#link = link
    this.#reader = {
      async call<Kind extends OperationKind>(operation: OperationOf<Kind>, { signal }: CallOptions = {}) {
        signal?.throwIfAborted()
        return await answerOrAbort(link, placeCall<Kind>(link, operation, anonymous), { signal, isMutation: false })
      },
    }
  }

  async openSession(options: SessionOptions = {}): Promise<Session> {
    options.signal?.throwIfAborted()
    const name = options.name ?? this.#name
    let sentAt = this.#surroundings.now()
    const placed = placeCall<"createSession">(
      this.#link,
      {
        kind: "createSession",
        clientName: name,
        sessionLeaseMs: options.sessionLeaseMs ?? limits.sessionLeaseMsDefault,
        nonce: this.#surroundings.nonce(),
      },
      {
        ...anonymous,
        stamp: () => {
          sentAt = this.#surroundings.now()
          return anonymous.stamp()
        },
      },
    )
    const { signal } = options
    // A session that nobody has heard of ends by itself: whoever gives up here has changed nothing.
    const { sessionId, sessionLeaseMs } = await answerOrAbort(this.#link, placed, { signal, isMutation: false })
    const grant: LeaseGrant = { sentAt, parkedMs: 0, sessionLeaseMs }
    return new Session(this.#link, this.#surroundings, { sessionId, name, grant })
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

  async checkSequencer(sequencer: string, options?: CallOptions): Promise<SequencerVerdict> {
    return await checkSequencer(this.#reader, sequencer, options)
  }

  /** Close the sessions first: what is still open is cut off, and ends at the cell when its lease runs out. */
  async close(): Promise<void> {
    this.#link.close()
    this.#transport.close()
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
  const { GrpcTransport } = await import("./grpc-transport.ts")
  return new Cell(options, new GrpcTransport(), machineSurroundings())
}
