/** A pipe that is a `Connect` call of gRPC's, as any gRPC client could make it, through whatever speaks HTTP/2. */
import {
  Client,
  connectivityState,
  Metadata,
  type ChannelOptions,
  type ClientDuplexStream,
  type ServiceError,
} from "@grpc/grpc-js"
import { lockService } from "../wire/load.ts"
import { messageBounds } from "../wire/message-bounds.ts"
import { callToWire } from "../wire/to-wire.ts"
import { channelsWith, refusalBehind, type Channel } from "./channels.ts"
import type { OpenPipe, Pipe } from "./pipe.ts"
import { readResults } from "./results.ts"
import type { ClientTls } from "./tls.ts"
import type { Call, StreamListener } from "./transport.ts"

const { path, requestSerialize, responseDeserialize } = lockService.Connect
type Sent = Parameters<typeof requestSerialize>[0]
type Received = ReturnType<typeof responseDeserialize>

const channelOptions: ChannelOptions = {
  // Every attempt starts afresh: the search for the master paces itself, and a channel's own back-off, kept for all
  // channels to the address, would make a replica that has just come back look dead.
  "grpc.use_local_subchannel_pool": 1,
  "grpc.max_receive_message_length": messageBounds.responseBytesMax,
  // The link tries again itself. (To be ready for it, the library would keep each message, at each message's cost.)
  "grpc.enable_retries": 0,
}

/** By which credentials pipes are opened, and what they say beside their calls. */
export interface PipeOrigin {
  readonly channelTo: (address: string) => Channel
  readonly metadata: Metadata
}

/** Without `tls` in plain text. Throws a `CellError` for certificates that can't be used. */
export function grpcPipes(tls?: ClientTls): OpenPipe {
  return pipesOf({ channelTo: channelsWith(tls), metadata: new Metadata() }, tls !== undefined)
}

/** For a replica that has a session on somebody's behalf: it has credentials of its own, and says for whom. */
export function grpcPipesOf(origin: PipeOrigin): OpenPipe {
  return pipesOf(origin, false)
}

function pipesOf({ channelTo, metadata }: PipeOrigin, hasTls: boolean): OpenPipe {
  return (address, listener) => {
    const { credentials, options } = channelTo(address)
    const client = new Client(address, credentials, { ...channelOptions, ...options })
    return new GrpcPipe(client, { metadata: metadata.clone(), hasTls }, listener)
  }
}

class GrpcPipe implements Pipe {
  readonly #client: Client
  readonly #duplex: ClientDuplexStream<Sent, Received>
  #isClosed = false

  constructor(
    client: Client,
    { metadata, hasTls }: { readonly metadata: Metadata; readonly hasTls: boolean },
    listener: StreamListener,
  ) {
    this.#client = client
    this.#duplex = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
    this.#duplex.on("data", (message: Received) => {
      if (!this.#isClosed) listener.onResults(readResults(message))
    })
    this.#duplex.on("error", (error: ServiceError) => {
      if (!this.#isClosed) listener.onEnd(error.message, refusalBehind(error, hasTls))
    })
    this.#duplex.on("end", () => {
      if (!this.#isClosed) listener.onEnd("the replica has ended the stream")
    })
  }

  get isConnected(): boolean {
    return this.#client.getChannel().getConnectivityState(false) === connectivityState.READY
  }

  write(calls: readonly Call[]): void {
    this.#duplex.write({ calls: calls.map(({ callId, request }) => callToWire(callId, request)) })
  }

  close(): void {
    this.#isClosed = true
    this.#duplex.cancel()
    this.#client.close()
  }
}
