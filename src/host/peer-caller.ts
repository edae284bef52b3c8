/**
 * A caller at the peer port: a replica, once it has said who it is and shown that it belongs here, and somebody to be
 * turned away until then. The answer to its hello is ours, or a refusal in words.
 */
import type { Socket } from "node:net"
import { type PeerCertificate, TLSSocket } from "node:tls"
import { unreachable } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import { deferred } from "../base/deferred.ts"
import type { Logger } from "./logger.ts"
import { type ConnectionLoss, type FrameOfPeer, PeerConnection } from "./peer-connection.ts"
import { encodeHello, encodeRefusal, firstFrameBytesMax, frameBytesMax, preamble } from "./peer-frames.ts"
import { type Hello, helloTo, objectionTo, type PeerIdentity, readHello } from "./peer-hello.ts"
import type { ReplicaTls } from "./replica-tls.ts"
import type { ToldOnce } from "./told-once.ts"

export interface PeerCallerOptions {
  readonly identity: PeerIdentity
  readonly tls: ReplicaTls | undefined
  readonly log: Logger
  /** Shared by all callers: those who are turned away come again. */
  readonly told: ToldOnce
  readonly onWelcome: (from: ReplicaId) => void
  readonly onMessages: (from: ReplicaId, messages: readonly Uint8Array[]) => void
  /** `from` is undefined for one that was never let in. */
  readonly onGone: (from: ReplicaId | undefined) => void
}

/** For the hello. */
const helloMsMax = 2_000
/** Longer than any that was drawn; a stranger's may be as long as a first frame. */
const cellIdShown = 64

export class PeerCaller {
  readonly #socket: Socket
  readonly #options: PeerCallerOptions
  readonly #connection: PeerConnection
  readonly #gone = deferred<void>()
  readonly #deadline: NodeJS.Timeout
  /** Kept, because a socket that is closed no longer knows. */
  readonly #host: string
  readonly #address: string
  #from: ReplicaId | undefined

  constructor(socket: Socket, options: PeerCallerOptions) {
    this.#socket = socket
    this.#options = options
    this.#host = socket.remoteAddress ?? ""
    this.#address = `${this.#host}:${socket.remotePort ?? ""}`
    this.#connection = new PeerConnection(socket, {
      frameBytesMax: firstFrameBytesMax,
      onFrame: (frame) => this.#receive(frame),
      onLoss: (loss) => this.#leave(loss),
    })
    this.#deadline = setTimeout(() => this.#turnAway("no hello came"), helloMsMax)
  }

  async close(): Promise<void> {
    this.#connection.end()
    await this.#gone.promise
  }

  #receive(frame: FrameOfPeer): void {
    const from = this.#from
    if (from === undefined) return this.#meet(frame)
    switch (frame.kind) {
      case "messages":
        if (frame.messages.length > 0) this.#options.onMessages(from, frame.messages)
        return
      case "hello":
      case "refusal":
        return this.#connection.cut({ kind: "malformed", reason: `it sends a ${frame.kind} where messages are due` })
      default:
        return unreachable(frame)
    }
  }

  #meet(frame: FrameOfPeer): void {
    const received = frame.kind === "hello" ? readHello(frame.body) : undefined
    if (received === undefined) return this.#turnAway("the first frame has no hello")
    const { identity, told, onWelcome } = this.#options
    const objection = this.#objectionTo(received)
    if (objection !== undefined) return this.#turnAway(objection, received)
    const from = received.replicaId
    clearTimeout(this.#deadline)
    told.forget(claimantOf(received))
    this.#from = from
    this.#connection.frameBytesMax = frameBytesMax
    this.#connection.greet(preamble, encodeHello(helloTo(from, identity)))
    onWelcome(from)
  }

  /** First who the caller is, which its certificate says; then whether the two of us fit together. */
  #objectionTo(hello: Hello): string | undefined {
    const { identity, tls } = this.#options
    const objection = tls === undefined ? undefined : objectionToBearer(tls, this.#socket, hello.replicaId)
    return objection ?? objectionTo(hello, identity)
  }

  /** In words, to the caller and once to our own people. */
  #turnAway(reason: string, hello?: Hello): void {
    clearTimeout(this.#deadline)
    this.#connection.end(Buffer.concat([preamble, encodeRefusal(reason)]))
    const { log, told } = this.#options
    if (hello === undefined) return this.#tellOfStranger(reason)
    if (!told.isNews(claimantOf(hello), reason)) return
    const claims = {
      address: this.#address,
      claimedId: hello.replicaId,
      claimedCell: hello.cellId.slice(0, cellIdShown),
    }
    log.error({ ...claims, reason }, "turned a replica away")
  }

  #leave(loss: ConnectionLoss): void {
    clearTimeout(this.#deadline)
    if (loss.kind === "malformed") this.#tellOfNonsense(loss.reason)
    this.#options.onGone(this.#from)
    this.#gone.resolve()
  }

  #tellOfNonsense(reason: string): void {
    const { log, told } = this.#options
    if (this.#from === undefined) return this.#tellOfStranger(reason)
    if (!told.isNews(`replica ${this.#from}`, reason)) return
    log.error({ address: this.#address, replicaId: this.#from, reason }, "dropped the connection of a replica")
  }

  #tellOfStranger(reason: string): void {
    const { log, told } = this.#options
    if (told.isNews(this.#host, reason)) log.warn({ from: this.#host, reason }, "refused a connection")
  }
}

function objectionToBearer(tls: ReplicaTls, socket: Socket, claimedId: ReplicaId): string | undefined {
  // An empty object where the caller has shown none, whatever the type says.
  const certificate: Partial<PeerCertificate> = socket instanceof TLSSocket ? socket.getPeerCertificate() : {}
  if (certificate.raw === undefined) return "the caller has no certificate"
  const bearer = tls.bearerOf(certificate as PeerCertificate)
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
function claimantOf({ replicaId, cellId }: Hello): string {
  return `${replicaId} of ${cellId}`
}
