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
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import { lockService } from "../wire/load.ts"
import { messageBounds } from "../wire/message-bounds.ts"
import { sizeOfRequest } from "../wire/request-size.ts"
import { resultToContract } from "../wire/to-contract.ts"
import { callToWire } from "../wire/to-wire.ts"
import { channelsWith, refusalBehind, type Channel, type ClientTls } from "./tls.ts"
import type { Call, CallStream, StreamListener, Transport } from "./transport.ts"

const { path, requestSerialize, responseDeserialize } = lockService.Connect
type Sent = Parameters<typeof requestSerialize>[0]
type Received = ReturnType<typeof responseDeserialize>

/** A replica that is up completes a connection in a few round trips; the search has others to ask. */
const connectWithinMs = 1_000

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
    const terms = { metadata: metadata.clone(), hasTls: this.#hasTls }
    const stream = new GrpcStream(client, terms, listener, () => this.#streams.delete(stream))
    this.#streams.add(stream)
    return stream
  }

  close(): void {
    for (const stream of this.#streams) stream.close()
  }
}

class GrpcStream implements CallStream {
  readonly #client: Client
  readonly #duplex: ClientDuplexStream<Sent, Received>
  readonly #listener: StreamListener
  readonly #onOver: () => void
  readonly #connecting: NodeJS.Timeout
  #gathered: Call[] = []
  #isOver = false

  /** `onOver` is called once, whichever side has ended the stream. */
  constructor(
    client: Client,
    { metadata, hasTls }: { readonly metadata: Metadata; readonly hasTls: boolean },
    listener: StreamListener,
    onOver: () => void,
  ) {
    this.#listener = listener
    this.#onOver = onOver
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
    this.#connecting = setTimeout(() => {
      const state = this.#client.getChannel().getConnectivityState(false)
      if (state !== connectivityState.READY) this.#end(`no connection within ${connectWithinMs} ms`)
    }, connectWithinMs)
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
    this.#onOver()
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
