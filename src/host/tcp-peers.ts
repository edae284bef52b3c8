/**
 * The Peers of a real replica: every replica dials every other one and sends over the connections it has dialled; over
 * those that others have dialled it only receives. So there are two connections to a pair, no rule about who dials whom,
 * and each replica finds out by itself that it can be heard again.
 *
 * Frames over plain TCP, or TLS where the cell has certificates: over gRPC a small message cost about twice as much, 15 us
 * instead of 7 with both sides, and between two programs of the same make that bought nothing.
 */
import type { Socket } from "node:net"
import { present } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import { GuardedListener } from "./guarded-listener.ts"
import type { Logger } from "./logger.ts"
import { PeerCaller } from "./peer-caller.ts"
import { PeerDialler } from "./peer-dialler.ts"
import type { PeerIdentity } from "./peer-hello.ts"
import type { Peers } from "./ports.ts"
import type { ReplicaTls } from "./replica-tls.ts"
import { ToldOnce } from "./told-once.ts"

export interface PeerAddress {
  readonly replicaId: ReplicaId
  /** `host:port`. */
  readonly address: string
}

export interface TcpPeersOptions {
  readonly cellId: string
  readonly self: ReplicaId
  /** All replicas of the cell, this one included. */
  readonly members: readonly PeerAddress[]
  readonly configDigest: string
  /** Where to listen, `host:port`, if it isn't this replica's own address among the members. */
  readonly listenAddress?: string | undefined
  /** Undefined: whoever can reach the port is believed to be who they say. */
  readonly tls?: ReplicaTls | undefined
  readonly log: Logger
}

/** The address is taken, or not ours to take. */
export class ListenError extends Error {
  override readonly name = "ListenError"
}

type Listener = (from: ReplicaId, messages: readonly Uint8Array[]) => void

export class TcpPeers implements Peers {
  readonly #options: TcpPeersOptions
  readonly #identity: PeerIdentity
  readonly #diallers = new Map<ReplicaId, PeerDialler>()
  /** Everybody who is connected, let in or not yet. */
  readonly #callers = new Set<PeerCaller>()
  /** Those who were let in: of each replica the latest. */
  readonly #guests = new Map<ReplicaId, PeerCaller>()
  readonly #told = new ToldOnce()
  #port: GuardedListener | undefined
  #listener: Listener = () => {}

  private constructor(options: TcpPeersOptions) {
    const { cellId, self, members, configDigest } = options
    this.#options = options
    this.#identity = { cellId, self, members: members.map(({ replicaId }) => replicaId), configDigest }
  }

  /** Listens first, so that a taken port is found out before anybody is called. */
  static async start(options: TcpPeersOptions): Promise<TcpPeers> {
    const own = options.members.find(({ replicaId }) => replicaId === options.self)
    const peers = new TcpPeers(options)
    await peers.#listen(options.listenAddress ?? present(own, "a replica is a member of its cell").address)
    for (const { replicaId, address } of options.members) {
      if (replicaId === options.self) continue
      const { log, tls } = options
      const dialler = new PeerDialler({ identity: peers.#identity, recipient: replicaId, address, tls, log })
      peers.#diallers.set(replicaId, dialler)
    }
    return peers
  }

  send(to: ReplicaId, messages: readonly Uint8Array[]): void {
    this.#diallers.get(to)?.send(messages)
  }

  onReceive(listener: Listener): void {
    this.#listener = listener
  }

  reachable(): readonly ReplicaId[] {
    const { members } = this.#identity
    return members.filter((replicaId) => this.#diallers.get(replicaId)?.isOpen === true || this.#guests.has(replicaId))
  }

  async close(): Promise<void> {
    this.#listener = () => {}
    this.#port?.stop()
    const farewells = [...this.#diallers.values(), ...this.#callers].map((each) => each.close())
    await Promise.all(farewells)
    this.#port?.close()
  }

  async #listen(address: string): Promise<void> {
    const { tls, log } = this.#options
    try {
      this.#port = await GuardedListener.open({
        address,
        tls: tls?.listening("replicas"),
        onConnection: (socket) => this.#accept(socket),
        log,
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ListenError(`can't listen for replicas at ${address}: ${reason}`, { cause })
    }
  }

  #accept(socket: Socket): void {
    const { tls, log } = this.#options
    const caller: PeerCaller = new PeerCaller(socket, {
      ...{ identity: this.#identity, tls, log, told: this.#told },
      onWelcome: (from) => {
        // The older connection of a replica that calls again has died without our noticing.
        void this.#guests.get(from)?.close()
        this.#guests.set(from, caller)
        this.#diallers.get(from)?.dialNow()
      },
      // One that was replaced may still have frames under way.
      onMessages: (from, messages) => {
        if (this.#guests.get(from) === caller) this.#listener(from, messages)
      },
      onGone: (from) => {
        this.#callers.delete(caller)
        if (from !== undefined && this.#guests.get(from) === caller) this.#guests.delete(from)
      },
    })
    this.#callers.add(caller)
  }
}
