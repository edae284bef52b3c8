/**
 * The gRPC door of a replica: the lock service, the admin service, health and reflection on one port. Its options bound
 * what a single connection can cost.
 */
import { Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js"
import { ReflectionService } from "@grpc/reflection"
import { adminPackage, adminService, lockService, lockServicePackage } from "../../wire/load.ts"
import { messageBounds } from "../../wire/message-bounds.ts"
import { BindError } from "../bind-error.ts"
import type { CellPicture } from "../cell-picture.ts"
import type { SignedCell } from "../signed-cell.ts"
import { adminHandlers } from "./admin-service.ts"
import { Forwarder } from "./forwarding.ts"
import { Health } from "./health.ts"
import { LockService } from "./lock-service.ts"
import type { ReplicaChannels } from "./replica-channels.ts"

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

export class GrpcDoor {
  readonly #server = new Server(options)
  readonly #locks: LockService
  readonly #health: Health

  constructor(cell: SignedCell, channels: ReplicaChannels, picture: CellPicture) {
    this.#locks = new LockService(cell, new Forwarder(channels))
    this.#server.addService(lockService, this.#locks.handlers)
    this.#server.addService(adminService, adminHandlers(cell, picture))
    this.#health = new Health(this.#server, () => cell.status())
    new ReflectionService({ ...lockServicePackage, ...adminPackage }).addToServer(this.#server)
  }

  /** Resolves to the port, which is drawn by the system if `address` has port zero. Rejects with a `BindError`. */
  open(address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port)
        else reject(new BindError(address, "gRPC", error))
      })
    })
  }

  /** Takes no new calls, ends all streams, and gives calls in flight a moment before it cuts them off. */
  async close(): Promise<void> {
    this.#health.close()
    this.#locks.close()
    await new Promise<void>((resolve) => {
      const cutOff = setTimeout(() => {
        this.#server.forceShutdown()
      }, graceMs)
      this.#server.tryShutdown(() => {
        clearTimeout(cutOff)
        resolve()
      })
    })
  }
}
