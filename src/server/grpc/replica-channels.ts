/**
 * Connections from this replica's doors to those of the other replicas, made when first needed and kept. (What replicas
 * say to each other as members of the cell goes another way: see host/.)
 */
import { Client, credentials } from "@grpc/grpc-js"
import type { ReplicaId } from "../../base/brand.ts"
import { present } from "../../base/assert.ts"
import type { Calling, ReplicaTls } from "../../host/replica-tls.ts"
import { messageBounds } from "../../wire/message-bounds.ts"

export interface ReplicaDoor {
  readonly id: ReplicaId
  /** The address of its gRPC door. */
  readonly grpc: string
}

export class ReplicaChannels {
  readonly #clients = new Map<string, Client>()
  readonly #doors: readonly ReplicaDoor[]
  readonly #tls: ReplicaTls | undefined

  /** Without `tls` in plain text. */
  constructor(doors: readonly ReplicaDoor[], tls: ReplicaTls | undefined) {
    this.#doors = doors
    this.#tls = tls
  }

  /** A client of the replica whose gRPC address this is. */
  to(address: string): Client {
    const known = this.#clients.get(address)
    if (known !== undefined) return known
    const calling = this.calling(address)
    const client = new Client(address, calling.credentials, {
      ...calling.options,
      "grpc.max_receive_message_length": messageBounds.responseBytesMax,
      // A master that was restarted should be found again well within a fail-over.
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 1000,
      // A replica that was stopped, or cut off, keeps its connections and says nothing: what was forwarded to it comes
      // back as a failure, whether or not its caller has set a deadline.
      "grpc.keepalive_time_ms": 2_000,
      "grpc.keepalive_timeout_ms": 2_000,
      // Calls are forwarded once. Whether to try again is for the caller to say, who knows what is safe.
      "grpc.enable_retries": 0,
    })
    this.#clients.set(address, client)
    return client
  }

  /** How the replica at this gRPC address is called, for whoever makes a connection of their own. */
  calling(address: string): Calling {
    if (this.#tls === undefined) return { credentials: credentials.createInsecure(), options: {} }
    const door = this.#doors.find(({ grpc }) => grpc === address)
    return this.#tls.calling(present(door, "hints name doors of the configuration").id)
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
  }
}
