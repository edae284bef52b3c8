/**
 * The gRPC door of a replica: the lock service, the admin service, health and reflection on one port, and on the same port
 * the stream of the client library, in frames. Its options bound what a single connection can cost.
 */
import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import { type ConnectionInjector, Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js"
import { ReflectionService } from "@grpc/reflection"
import { GuardedListener } from "../../host/guarded-listener.ts"
import type { Logger } from "../../host/logger.ts"
import { frameProtocol } from "../../wire/frames.ts"
import { adminPackage, adminService, lockService, lockServicePackage } from "../../wire/load.ts"
import { messageBounds } from "../../wire/message-bounds.ts"
import { BindError } from "../bind-error.ts"
import type { CellPicture } from "../cell-picture.ts"
import { ConnectStreams } from "../connect/connect-streams.ts"
import { serveFrames } from "../connect/framed-caller.ts"
import type { CallMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"
import { adminHandlers } from "./admin-service.ts"
import { tellByFirstByte } from "./first-byte.ts"
import type { Forwarder } from "./forwarding.ts"
import { gatekeeper, type GatekeeperOptions, streamPrincipal } from "./gatekeeper.ts"
import { Health } from "./health.ts"
import { lockServiceHandlers } from "./lock-service.ts"
import { PlainHttp2 } from "./plain-http2.ts"
import { refuseUnreadable, withAnyBytesRead } from "./unreadable-messages.ts"

const options: ServerOptions = {
  "grpc.max_receive_message_length": messageBounds.requestBytesMax,
  "grpc.max_send_message_length": messageBounds.responseBytesMax,
  // A parked KeepAlive or a waiting Acquire takes up a stream each; a client with more of them uses Connect.
  "grpc.max_concurrent_streams": 1000,
  // A client that has vanished without a word is found out, and what it was waiting for is abandoned.
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.max_connection_idle_ms": 5 * 60_000,
  // In megabytes: what HTTP/2 may buffer for one connection.
  "grpc-node.max_session_memory": 32,
}

/** How long calls in flight get to end by themselves once the door is being closed. */
const graceMs = 300

export interface GrpcDoorOptions extends GatekeeperOptions {
  readonly cell: SignedCell
  readonly forwarder: Forwarder
  readonly picture: CellPicture
  readonly meter: CallMeter
  readonly log: Logger
}

export class GrpcDoor {
  readonly #options: GrpcDoorOptions
  readonly #server: Server
  readonly #connections: ConnectionInjector
  readonly #streams: ConnectStreams
  readonly #health: Health
  #listener: GuardedListener | undefined

  constructor(doorOptions: GrpcDoorOptions) {
    const { cell, forwarder, picture, meter } = doorOptions
    this.#options = doorOptions
    this.#server = new Server({ ...options, interceptors: [gatekeeper(doorOptions), refuseUnreadable] })
    // The listener has done what there is of TLS.
    this.#connections = this.#server.createConnectionInjector(ServerCredentials.createInsecure())
    this.#streams = new ConnectStreams(cell, meter.at("stream"))
    const locks = lockServiceHandlers({ cell, forwarder, streams: this.#streams, meter: meter.at("grpc") })
    this.#server.addService(withAnyBytesRead(lockService), locks)
    this.#server.addService(withAnyBytesRead(adminService), adminHandlers(cell, picture))
    this.#health = new Health(this.#server, () => cell.status())
    new ReflectionService({ ...lockServicePackage, ...adminPackage }).addToServer(this.#server)
  }

  /** Resolves to the port, which is drawn by the system if `address` has port zero. Rejects with a `BindError`. */
  async open(address: string): Promise<number> {
    const { tls, log } = this.#options
    try {
      this.#listener = await GuardedListener.open({
        address,
        tls: tls?.listening("everybody"),
        onConnection: (socket) => {
          this.#take(socket)
        },
        log,
      })
      return this.#listener.port
    } catch (cause) {
      throw new BindError(address, "gRPC", cause)
    }
  }

  /** With TLS the handshake has settled what is spoken. */
  #take(socket: Socket): void {
    const onFrames = (): void => {
      serveFrames(socket, streamPrincipal(socket, this.#options), this.#streams)
    }
    if (!(socket instanceof TLSSocket)) {
      const onHttp2 = (): void => {
        this.#connections.injectConnection(new PlainHttp2(socket))
      }
      tellByFirstByte(socket, { onFrames, onHttp2 })
    } else if (socket.alpnProtocol === frameProtocol) onFrames()
    else this.#connections.injectConnection(socket)
  }

  /** Takes no new calls, ends all streams, and gives calls in flight a moment before it cuts them off. */
  async close(): Promise<void> {
    this.#listener?.stop()
    this.#health.close()
    this.#streams.close()
    await new Promise<void>((resolve) => {
      // gRPC waits for ever for a connection that was just breaking when it was asked to close it.
      const cutOff = setTimeout(() => {
        this.#server.forceShutdown()
        resolve()
      }, graceMs)
      this.#server.tryShutdown(() => {
        clearTimeout(cutOff)
        resolve()
      })
    })
    this.#listener?.close()
  }
}
