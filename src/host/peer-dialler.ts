/**
 * One replica's way to another: dials, says hello, sends frames, and dials again when the way is lost. Frames are only
 * taken while the other side has answered our hello; at all other times they are dropped at once, because by the time a
 * replica is back, what was meant for it is stale. Retransmission is Paxos's business.
 */
import { connect, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { splitAddress } from "../base/address.ts"
import { present, unreachable } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import { deferred } from "../base/deferred.ts"
import type { Logger } from "./logger.ts"
import { type FrameOfPeer, PeerConnection } from "./peer-connection.ts"
import { encodeHello, firstFrameBytesMax, preamble } from "./peer-frames.ts"
import { helloTo, objectionTo, type PeerIdentity, readHello } from "./peer-hello.ts"
import type { ReplicaTls } from "./replica-tls.ts"

const redialMsMin = 50
const redialMsMax = 1_000
/** For the connection and the answer to our hello together. */
const answerMsMax = 2_000

export interface PeerDiallerOptions {
  readonly identity: PeerIdentity
  readonly recipient: ReplicaId
  /** `host:port`. */
  readonly address: string
  readonly tls: ReplicaTls | undefined
  readonly log: Logger
}

interface Attempt {
  readonly connection: PeerConnection
  readonly deadline: NodeJS.Timeout
  /** Settles when the connection is over. */
  readonly ended: Promise<void>
}

export class PeerDialler {
  readonly #options: PeerDiallerOptions
  #attempt: Attempt | undefined
  #isOpen = false
  #redial: NodeJS.Timeout | undefined
  #redialMs = redialMsMin
  /** The trouble that was logged last: each is told once, not every second. */
  #trouble: string | undefined

  constructor(options: PeerDiallerOptions) {
    this.#options = options
    this.#dial()
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  send(messages: readonly Uint8Array[]): void {
    if (!this.#isOpen || this.#attempt === undefined) return
    const fit = this.#attempt.connection.send(messages)
    if (!fit) this.#complain("does not drain its socket: messages to it are dropped")
  }

  /** The other replica has just called us, so it is there: don't wait for the next attempt. */
  dialNow(): void {
    if (this.#redial === undefined) return
    clearTimeout(this.#redial)
    this.#dial()
  }

  /** Lets frames that were sent get through, briefly. */
  async close(): Promise<void> {
    clearTimeout(this.#redial)
    this.#redial = undefined
    const attempt = this.#attempt
    if (attempt === undefined) return
    const wasOpen = this.#isOpen
    this.#abandon(attempt)
    if (wasOpen) attempt.connection.end()
    else attempt.connection.cut({ kind: "closed", reason: "this replica stops" })
    await attempt.ended
  }

  #dial(): void {
    const { identity, recipient } = this.#options
    this.#redial = undefined
    const socket = this.#call(() => connection.greet(preamble, encodeHello(helloTo(recipient, identity))))
    const { promise: ended, resolve } = deferred<void>()
    const connection = new PeerConnection(socket, {
      frameBytesMax: firstFrameBytesMax,
      onFrame: (frame) => this.#receive(attempt, frame),
      onLoss: ({ reason }) => {
        resolve()
        this.#lose(attempt, reason)
      },
    })
    const deadline = setTimeout(() => this.#lose(attempt, "does not answer"), answerMsMax)
    const attempt: Attempt = { connection, deadline, ended }
    this.#attempt = attempt
  }

  /** Where there is TLS nothing is said before the other side's certificate has been looked at. */
  #call(onConnected: () => void): Socket {
    const { recipient, address, tls } = this.#options
    const { host, port } = present(splitAddress(address), "a configuration holds proper addresses")
    if (tls === undefined) return connect({ host, port }, onConnected)
    return connectTls({ ...tls.dialling(recipient), host, port }, onConnected)
  }

  #receive(attempt: Attempt, frame: FrameOfPeer): void {
    // A ping, if anything, once the way is open: what the other side has to say it says over its own.
    if (attempt !== this.#attempt || this.#isOpen) return
    const objection = this.#objectionTo(frame)
    if (objection !== undefined) return this.#lose(attempt, objection)
    clearTimeout(attempt.deadline)
    this.#isOpen = true
    this.#redialMs = redialMsMin
    this.#trouble = undefined
    this.#options.log.info(this.#fields(), "reached a replica")
  }

  /** To the answer to our hello. */
  #objectionTo(frame: FrameOfPeer): string | undefined {
    switch (frame.kind) {
      case "refusal":
        return frame.reason
      case "hello": {
        const received = readHello(frame.body)
        return received === undefined ? withoutHello : objectionTo(received, this.#options.identity)
      }
      case "messages":
        return withoutHello
      default:
        return unreachable(frame)
    }
  }

  #lose(attempt: Attempt, reason: string): void {
    if (attempt !== this.#attempt) return
    this.#complain(reason)
    this.#abandon(attempt)
    attempt.connection.cut({ kind: "closed", reason })
    const waitMs = this.#redialMs * (0.5 + Math.random() / 2)
    this.#redialMs = Math.min(this.#redialMs * 2, redialMsMax)
    this.#redial = setTimeout(() => this.#dial(), waitMs)
  }

  #abandon(attempt: Attempt): void {
    this.#attempt = undefined
    this.#isOpen = false
    clearTimeout(attempt.deadline)
  }

  #complain(trouble: string): void {
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#options.log.warn({ ...this.#fields(), reason: trouble }, "a replica is out of reach")
  }

  #fields(): { readonly replicaId: ReplicaId; readonly address: string } {
    return { replicaId: this.#options.recipient, address: this.#options.address }
  }
}

const withoutHello = "answers without a hello"
