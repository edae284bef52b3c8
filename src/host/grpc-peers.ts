/**
 * The Peers of a real replica: every replica dials every other one and sends over the streams it has dialled; over those
 * that others have dialled it only receives. So there are two streams to a pair, no rule about who dials whom, and each
 * replica finds out by itself that it can be heard again.
 */
import { type ConnectionInjector, Server, ServerCredentials, status } from "@grpc/grpc-js"
import { present } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import { GuardedListener } from "./guarded-listener.ts"
import type { Logger } from "./logger.ts"
import { channelOptions } from "./peer-channel.ts"
import { type CalledStream, type FrameReceived, type HelloReceived, messagesOf, peerService } from "./peer-codec.ts"
import { PeerDialler } from "./peer-dialler.ts"
import { helloTo, objectionTo, type PeerIdentity } from "./peer-hello.ts"
import type { Peers } from "./ports.ts"
import type { ReplicaTls } from "./replica-tls.ts"
import { ToldOnce } from "./told-once.ts"

export interface PeerAddress {
  readonly replicaId: ReplicaId
  /** `host:port`. */
  readonly address: string
}

export interface GrpcPeersOptions {
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

/** For a caller's first frame. */
const helloMsMax = 2_000
const shutdownMsMax = 500

export class GrpcPeers implements Peers {
  readonly #identity: PeerIdentity
  readonly #tls: ReplicaTls | undefined
  readonly #log: Logger
  readonly #server: Server
  readonly #connections: ConnectionInjector
  readonly #diallers = new Map<ReplicaId, PeerDialler>()
  readonly #callers = new Map<ReplicaId, CalledStream>()
  /** Callers who were turned away, by who they claim to be. */
  readonly #turnedAway = new ToldOnce()
  #port: GuardedListener | undefined
  #listener: Listener = () => {}

  private constructor({ cellId, self, members, configDigest, tls, log }: GrpcPeersOptions) {
    this.#identity = { cellId, self, members: members.map(({ replicaId }) => replicaId), configDigest }
    this.#tls = tls
    this.#log = log
    this.#server = new Server(channelOptions)
    this.#server.addService(peerService, { Exchange: (stream: CalledStream) => this.#accept(stream) })
    // The listener has done what there is of TLS.
    this.#connections = this.#server.createConnectionInjector(ServerCredentials.createInsecure())
  }

  /** Listens first, so that a taken port is found out before anybody is called. */
  static async start(options: GrpcPeersOptions): Promise<GrpcPeers> {
    const own = options.members.find(({ replicaId }) => replicaId === options.self)
    const peers = new GrpcPeers(options)
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
    return members.filter((replicaId) => this.#diallers.get(replicaId)?.isOpen === true || this.#callers.has(replicaId))
  }

  async close(): Promise<void> {
    this.#listener = () => {}
    await Promise.all([...this.#diallers.values()].map((dialler) => dialler.close()))
    for (const stream of this.#callers.values()) stream.end()
    await this.#shutDown()
  }

  async #listen(address: string): Promise<void> {
    try {
      this.#port = await GuardedListener.open({
        address,
        tls: this.#tls?.listening("replicas"),
        onConnection: (socket) => this.#connections.injectConnection(socket),
        log: this.#log,
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ListenError(`can't listen for replicas at ${address}: ${reason}`, { cause })
    }
  }

  async #shutDown(): Promise<void> {
    this.#port?.stop()
    await new Promise<void>((resolve) => {
      const deadline = setTimeout(() => {
        this.#server.forceShutdown()
        resolve()
      }, shutdownMsMax)
      this.#server.tryShutdown(() => {
        clearTimeout(deadline)
        resolve()
      })
    })
    this.#port?.close()
  }

  #accept(stream: CalledStream): void {
    let from: ReplicaId | undefined
    const deadline = setTimeout(() => refuse(stream, "no hello came"), helloMsMax)
    stream.on("data", (frame: FrameReceived) => {
      if (from === undefined) {
        clearTimeout(deadline)
        from = this.#welcome(stream, frame)
      }
      // A stream that was refused, or replaced by a newer one, may still have frames under way.
      if (from !== undefined && this.#callers.get(from) === stream && frame.messages.length > 0) {
        this.#listener(from, messagesOf(frame))
      }
    })
    const forget = (): void => {
      clearTimeout(deadline)
      if (from !== undefined && this.#callers.get(from) === stream) this.#callers.delete(from)
    }
    stream.on("end", () => {
      forget()
      stream.end()
    })
    stream.on("cancelled", forget)
    stream.on("error", forget)
  }

  /** The caller's id, once it has shown that it belongs here. */
  #welcome(stream: CalledStream, frame: FrameReceived): ReplicaId | undefined {
    const objection = frame.hello === null ? "the first frame has no hello" : this.#objectionTo(stream, frame.hello)
    if (frame.hello === null || objection !== undefined) {
      this.#tellRefusal(stream, frame.hello, objection ?? "")
      refuse(stream, objection ?? "")
      return undefined
    }
    const from = frame.hello.replicaId
    this.#turnedAway.forget(claimantOf(frame.hello))
    // The older stream of a replica that calls again has died without our noticing.
    this.#callers.get(from)?.end()
    this.#callers.set(from, stream)
    stream.write({ hello: helloTo(from, this.#identity) })
    this.#diallers.get(from)?.dialNow()
    return from
  }

  /** First who the caller is, which its certificate says; then whether the two of us fit together. */
  #objectionTo(stream: CalledStream, hello: HelloReceived): string | undefined {
    const objection = this.#tls === undefined ? undefined : objectionToBearer(this.#tls, stream, hello.replicaId)
    return objection ?? objectionTo(hello, this.#identity)
  }

  #tellRefusal(stream: CalledStream, hello: HelloReceived | null, reason: string): void {
    if (!this.#turnedAway.isNews(claimantOf(hello), reason)) return
    const claims = { address: stream.getPeer(), claimedId: hello?.replicaId, claimedCell: hello?.cellId }
    this.#log.error({ ...claims, reason }, "turned a replica away")
  }
}

function objectionToBearer(tls: ReplicaTls, stream: CalledStream, claimedId: ReplicaId): string | undefined {
  const { sslPeerCertificate } = stream.getAuthContext()
  if (sslPeerCertificate === undefined) return "the caller has no certificate"
  const bearer = tls.bearerOf(sslPeerCertificate)
  switch (bearer.kind) {
    case "replica":
      if (bearer.replicaId === claimedId) return undefined
      return `the caller says that it is replica ${claimedId}, and its certificate that it is replica ${bearer.replicaId}`
    case "client":
      return "the caller's certificate is a client's"
    case "stranger":
      return bearer.reason
  }
}

/** Without the address: a caller dials from another port every time. */
function claimantOf(hello: HelloReceived | null): string {
  return hello === null ? "" : `${hello.replicaId} of ${hello.cellId}`
}

function refuse(stream: CalledStream, details: string): void {
  stream.emit("error", Object.assign(new Error(details), { code: status.FAILED_PRECONDITION, details }))
}
