/**
 * The transport over gRPC: one `Connect` stream on a connection of its own. All calls issued in the same turn of the
 * event loop leave in one message, because messages cost more than what is in them.
 */
import {
  Client,
  connectivityState,
  Metadata,
  type ChannelOptions,
  type ClientDuplexStream,
  type ServiceError,
} from "@grpc/grpc-js"
import type { DurationMs } from "../base/instant.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import { lockService } from "../wire/load.ts"
import { messageBounds } from "../wire/message-bounds.ts"
import { sizeOfRequest } from "../wire/request-size.ts"
import { resultToContract } from "../wire/to-contract.ts"
import { callToWire } from "../wire/to-wire.ts"
import { channelsWith, refusalBehind, type Channel, type ClientTls } from "./tls.ts"
import type { Call, CallResult, CallStream, StreamListener, Transport } from "./transport.ts"

const { path, requestSerialize, responseDeserialize } = lockService.Connect
type Sent = Parameters<typeof requestSerialize>[0]
type Received = ReturnType<typeof responseDeserialize>

/**
 * A replica that is up completes a connection in a few round trips; the search has others to ask. One to which thousands
 * of clients come back at once takes longer: had each of them given up before its turn came, nobody would ever be served.
 * So who did not answer in time is given twice as long the next time.
 */
const connectWithinMs: DurationMs = 1_000
const connectWithinMsMax: DurationMs = 4_000

/** A timer that is late by so much was kept waiting by this very process, and tells nothing of the replica: once more. */
const lateMs: DurationMs = 200

const channelOptions: ChannelOptions = {
  // Every attempt starts afresh: the search for the master paces itself, and a channel's own back-off, kept for all
  // channels to the address, would make a replica that has just come back look dead.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.max_receive_message_length": messageBounds.responseBytesMax,
  // The link tries again itself. (To be ready for it, the library would keep each message, at each message's cost.)
  "grpc.enable_retries": 0,
}

/** By which credentials streams are opened, and what they say beside their calls. */
export interface StreamOrigin {
  readonly channelTo: (address: string) => Channel
  readonly metadata: Metadata
}

export class GrpcTransport implements Transport {
  readonly #streams = new Set<GrpcStream>()
  /** By address, of those that were too slow since somebody has served. */
  readonly #patience = new Map<string, DurationMs>()
  readonly #origin: StreamOrigin
  readonly #hasTls: boolean

  /**
   * Without `tls` in plain text. Throws a `CellError` for certificates that can't be used. `origin` is for a replica that
   * has a session on somebody's behalf: it has credentials of its own, and says for whom.
   */
  constructor(tls?: ClientTls, origin: StreamOrigin = { channelTo: channelsWith(tls), metadata: new Metadata() }) {
    this.#origin = origin
    this.#hasTls = tls !== undefined
  }

  open(address: string, listener: StreamListener): CallStream {
    const { channelTo, metadata } = this.#origin
    const { credentials, options } = channelTo(address)
    const client = new Client(address, credentials, { ...channelOptions, ...options })
    const patienceMs = this.#patience.get(address) ?? connectWithinMs
    const terms = { metadata: metadata.clone(), hasTls: this.#hasTls, connectWithinMs: patienceMs }
    const stream = new GrpcStream(client, terms, {
      onResults: (results) => {
        // By whichever replica: one that is down for days is to cost the next search no more than the usual time.
        if (this.#patience.size > 0 && results.some(isServed)) this.#patience.clear()
        listener.onResults(results)
      },
      onEnd: (reason, refusal) => {
        listener.onEnd(reason, refusal)
      },
      onTooSlow: () => {
        this.#patience.set(address, Math.min(2 * patienceMs, connectWithinMsMax))
      },
      onOver: () => this.#streams.delete(stream),
    })
    this.#streams.add(stream)
    return stream
  }

  close(): void {
    for (const stream of this.#streams) stream.close()
  }
}

function isServed({ reply }: CallResult): boolean {
  return reply.outcome.kind !== "refused"
}

interface StreamTerms {
  readonly metadata: Metadata
  readonly hasTls: boolean
  readonly connectWithinMs: DurationMs
}

interface GrpcStreamListener extends StreamListener {
  /** The connection did not come about in time: the end follows. */
  onTooSlow(): void
  /** Called once, whichever side has ended the stream. */
  onOver(): void
}

class GrpcStream implements CallStream {
  readonly #client: Client
  readonly #duplex: ClientDuplexStream<Sent, Received>
  readonly #listener: GrpcStreamListener
  #connecting: NodeJS.Timeout
  #gathered: Call[] = []
  #isOver = false

  constructor(client: Client, { metadata, hasTls, connectWithinMs }: StreamTerms, listener: GrpcStreamListener) {
    this.#listener = listener
    this.#client = client
    this.#duplex = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
    this.#duplex.on("data", ({ results }: Received) => {
      if (this.#isOver) return
      const listed = results.map((result) => ({ callId: Number(result.callId), reply: resultToContract(result) }))
      this.#listener.onResults(listed)
    })
    this.#duplex.on("error", (error: ServiceError) => {
      this.#end(error.message, refusalBehind(error, hasTls))
    })
    this.#duplex.on("end", () => {
      this.#end("the replica has ended the stream")
    })
    this.#connecting = this.#connectWithin(connectWithinMs)
  }

  get isConnected(): boolean {
    return this.#client.getChannel().getConnectivityState(false) === connectivityState.READY
  }

  send(call: Call): void {
    if (this.#isOver) return
    this.#gathered.push(call)
    if (this.#gathered.length === 1) {
      setImmediate(() => {
        this.#flush()
      })
    }
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#connecting)
    this.#duplex.cancel()
    this.#client.close()
    this.#listener.onOver()
  }

  #connectWithin(patienceMs: DurationMs, isLastTry = false): NodeJS.Timeout {
    const dueAt = performance.now() + patienceMs
    return setTimeout(() => {
      if (this.isConnected) return
      if (!isLastTry && performance.now() - dueAt > lateMs) {
        this.#connecting = this.#connectWithin(patienceMs, true)
        return
      }
      this.#listener.onTooSlow()
      this.#end(`no connection within ${patienceMs} ms`)
    }, patienceMs)
  }

  #flush(): void {
    const gathered = this.#gathered
    this.#gathered = []
    if (this.#isOver) return
    let batch: Call[] = []
    let batchBytes = 0
    for (const call of gathered) {
      const bytes = sizeOfRequest(call.request)
      if (bytes > messageBounds.requestBytesMax) {
        this.#refuseTooLarge(call, bytes)
        continue
      }
      if (batch.length === limits.operationsPerMessageMax || batchBytes + bytes > messageBounds.batchBytes) {
        this.#write(batch)
        batch = []
        batchBytes = 0
      }
      batch.push(call)
      batchBytes += bytes
    }
    this.#write(batch)
  }

  #write(batch: readonly Call[]): void {
    if (batch.length === 0) return
    this.#duplex.write({ calls: batch.map(({ callId, request }) => callToWire(callId, request)) })
  }

  /** The replica would not read it, and would break off the stream for all other calls, again at every retry. */
  #refuseTooLarge({ callId }: Call, bytes: number): void {
    const detail = `The call takes ${bytes} bytes, but a message holds at most ${messageBounds.requestBytesMax}.`
    const reply = { outcome: refuse("INVALID_ARGUMENT", detail), epoch: 0, commitIndex: 0, cachable: false }
    this.#listener.onResults([{ callId, reply }])
  }

  #end(reason: string, refusal?: Refusal): void {
    if (this.#isOver) return
    this.close()
    this.#listener.onEnd(reason, refusal)
  }
}
