/** Real doors on loopback ports in front of scripted cells, and a plain gRPC client to knock at them. */
import { Client, type ClientDuplexStream, Metadata, type ServiceError, credentials } from "@grpc/grpc-js"
import { connect } from "node:net"
import { present } from "../../../src/base/assert.ts"
import type { Refusal } from "../../../src/contract/errors.ts"
import type { OperationKind } from "../../../src/contract/requests.ts"
import { silentLogger } from "../../../src/host/logger.ts"
import type { Cell, LocalReads } from "../../../src/server/cell.ts"
import { type CellConfig, timingDefaults } from "../../../src/server/config.ts"
import { type RunningServer, startServer } from "../../../src/server/index.ts"
import { refusalFromError } from "../../../src/wire/error-details.ts"
import { encodeMessage, FrameReader, preamble } from "../../../src/wire/frames.ts"
import { lockService } from "../../../src/wire/load.ts"
import { messageBounds } from "../../../src/wire/message-bounds.ts"
import type { OperationOf } from "../../../src/wire/messages.ts"
import type { SignedReply } from "../../../src/wire/signed-forms.ts"
import { decodeRefusal } from "../../../src/wire/refusals.ts"
import { resultToContract, unaryResponseToContract } from "../../../src/wire/to-contract.ts"
import { callToWire, unaryRequestToWire } from "../../../src/wire/to-wire.ts"
import { unaryMethods } from "../../../src/wire/unary-methods.ts"

/** An address at which nobody listens: the discard port, which is closed on any sensible machine. */
export const nobody = "127.0.0.1:9"

/** Three replicas; those without an address given get a port from the system, or are nobody. */
export function configOf(grpc: { readonly [Id in 1 | 2 | 3]?: string } = {}): CellConfig {
  return {
    cell: "test",
    cellId: "cell-for-tests",
    replicas: ([1, 2, 3] as const).map((id) => ({
      id,
      grpc: grpc[id] ?? nobody,
      http: "127.0.0.1:0",
      peer: nobody,
    })),
    timing: timingDefaults,
    tls: undefined,
    administrators: ["anonymous"],
    anonymousLookups: false,
    rotateKeysEveryDays: 0,
  }
}

export interface Door extends RunningServer {
  readonly address: string
  readonly http: string
  readonly client: Client
}

const opened: { close(): Promise<void> }[] = []

/** Opens the doors of one replica; `closeAll` closes them. */
export async function openDoor(
  cell: Cell & LocalReads,
  replicaId: 1 | 2 | 3 = 1,
  config: CellConfig = configOf(),
): Promise<Door> {
  const replicas = config.replicas.map((replica) =>
    replica.id === replicaId ? { ...replica, grpc: "127.0.0.1:0" } : replica,
  )
  const server = await startServer({ cell, config: { ...config, replicas }, replicaId, log: silentLogger })
  const address = `127.0.0.1:${server.grpcPort}`
  const client = new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 })
  const close = async (): Promise<void> => {
    client.close()
    await server.close()
  }
  const door: Door = { ...server, address, http: `http://127.0.0.1:${server.httpPort}`, client, close }
  opened.push(door)
  return door
}

export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((door) => door.close()))
}

export interface UnaryReply {
  readonly reply: SignedReply
  readonly trailer: Metadata
}

export interface UnaryOptions {
  readonly deadline?: number
  readonly metadata?: Metadata
  readonly signal?: AbortSignal
  readonly underSequencer?: string
}

/** What every call here says of itself. */
export const envelope = {
  sessionId: 5,
  requestNumber: 6,
  answeredThrough: 3,
  stillOpen: [1, 3],
  epoch: 4,
  forCache: true,
} as const

/** Makes a unary call. A refusal rejects, with what gRPC makes of it. */
export function callUnary<Kind extends OperationKind>(
  door: Door,
  kind: Kind,
  operation: OperationOf<Kind>,
  { deadline = Date.now() + 5000, metadata = new Metadata(), signal, underSequencer = "" }: UnaryOptions = {},
): Promise<UnaryReply> {
  const { path, requestSerialize, responseDeserialize } = unaryMethods[kind]
  const request = unaryRequestToWire(kind, { ...envelope, underSequencer, operation })
  return new Promise((resolve, reject) => {
    let reply: SignedReply | undefined
    let failure: ServiceError | undefined
    const call = door.client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      { deadline },
      (error, response) => {
        if (response !== undefined) reply = unaryResponseToContract(kind, response)
        else failure = error ?? undefined
      },
    )
    call.on("status", ({ metadata: trailer }) => {
      setImmediate(() => {
        if (reply !== undefined) resolve({ reply, trailer })
        else reject(failure ?? new Error("neither answer nor error"))
      })
    })
    signal?.addEventListener("abort", () => {
      call.cancel()
    })
  })
}

type Sent = Parameters<typeof lockService.Connect.requestSerialize>[0]
type Received = ReturnType<typeof lockService.Connect.responseDeserialize>

/** The client's end of a stream, whatever carries it. */
interface StreamEnd {
  write(message: Sent): void
  pause(): void
  resume(): void
  /** Nothing more will be sent. */
  end(): void
  cancel(): void
}

interface Hearing {
  readonly onMessage: (message: Received) => void
  readonly onOver: (ending: "ended" | Refusal) => void
}

function grpcEnd({ client }: Door, { onMessage, onOver }: Hearing): ClientDuplexStream<Sent, Received> {
  const { path, requestSerialize, responseDeserialize } = lockService.Connect
  const deadline = Date.now() + 15_000
  const duplex = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), { deadline })
  duplex.on("data", onMessage)
  duplex.on("end", () => {
    onOver("ended")
  })
  duplex.on("error", (error: ServiceError) => {
    onOver(refusalFromError(error))
  })
  return duplex
}

function framedEnd({ address }: Door, { onMessage, onOver }: Hearing): StreamEnd {
  const { requestSerialize, responseDeserialize } = lockService.Connect
  const [host, port] = address.split(":")
  const socket = connect(Number(port), host)
  opened.push({ close: async () => void socket.destroy() })
  const reader = new FrameReader(messageBounds.responseBytesMax)
  socket.write(preamble)
  socket.on("data", (chunk: Buffer) => {
    reader.push(chunk)
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
      if (frame.kind === "message") onMessage(responseDeserialize(frame.bytes))
      else if (frame.kind === "refusal") onOver(present(decodeRefusal(frame.bytes), "a replica's refusal can be read"))
      else throw new Error(frame.reason)
    }
  })
  socket.on("error", () => undefined)
  socket.on("close", () => {
    onOver("ended")
  })
  return {
    write: (message) => void socket.write(encodeMessage(requestSerialize(message))),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    cancel: () => void socket.destroy(),
  }
}

/** A `Connect` stream that keeps all messages it gets. */
export class TestStream {
  readonly pipe: StreamEnd
  /** Numbers of results in the messages received. */
  readonly sizes: number[] = []
  readonly replies = new Map<number, SignedReply>()
  ending: "none" | "ended" | Refusal = "none"
  readonly #watchers = new Set<() => void>()

  constructor(door: Door, wire: "frames" | "grpc" = "grpc") {
    const open = wire === "grpc" ? grpcEnd : framedEnd
    this.pipe = open(door, {
      onMessage: ({ results }) => {
        this.sizes.push(results.length)
        for (const result of results) this.replies.set(Number(result.callId), resultToContract(result))
        this.#changed()
      },
      onOver: (ending) => {
        if (this.ending === "none") this.ending = ending
        this.#changed()
      },
    })
  }

  /** Sends one message with all these calls; the first is called `firstId`. */
  send(operations: readonly OperationOf<OperationKind>[], firstId = 1): void {
    const calls = operations.map((operation, index) =>
      callToWire(firstId + index, { ...envelope, underSequencer: "", operation }),
    )
    this.pipe.write({ calls })
  }

  async whenReplied(count: number): Promise<void> {
    await this.#until(() => this.replies.size >= count)
  }

  async whenOver(): Promise<"ended" | Refusal> {
    await this.#until(() => this.ending !== "none")
    return this.ending === "none" ? "ended" : this.ending
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve)
      })
    }
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
    this.#watchers.clear()
  }
}
