/**
 * One replica's way to another: dials, says hello, sends frames, and dials again when the way is lost. Frames are only
 * taken while the other side has answered our hello; at all other times they are dropped at once, because by the time a
 * replica is back, what was meant for it is stale. Retransmission is Paxos's business.
 *
 * Every attempt has a gRPC client of its own, thrown away with it: gRPC's own reconnection waits for seconds after a
 * failure and can't be hurried, and a replica that comes back must be reached at once.
 */
import { Client, credentials, status, type StatusObject } from "@grpc/grpc-js"
import type { ReplicaId } from "../base/brand.ts"
import type { Logger } from "./logger.ts"
import { callExchange, type CallingStream, type FrameReceived } from "./peer-codec.ts"
import { helloTo, objectionTo, type PeerIdentity } from "./peer-hello.ts"
import { channelOptions } from "./peer-channel.ts"
import type { ReplicaTls } from "./replica-tls.ts"

const redialMsMin = 50
const redialMsMax = 1_000
/** For the connection and the answer to our hello together. */
const answerMsMax = 2_000
/** Waiting for a replica that does not drain its socket. Beyond this, frames to it are dropped. */
const waitingBytesMax = 64 * 1024 * 1024
/** Waiting messages are sent in frames of about this size, so that none comes near the limit. */
const gatheredBytesMax = 8 * 1024 * 1024
const farewellMsMax = 300

export interface PeerDiallerOptions {
  readonly identity: PeerIdentity
  readonly recipient: ReplicaId
  /** `host:port`. */
  readonly address: string
  readonly tls: ReplicaTls | undefined
  readonly log: Logger
}

interface Attempt {
  readonly client: Client
  readonly stream: CallingStream
  readonly deadline: NodeJS.Timeout
}

export class PeerDialler {
  readonly #options: PeerDiallerOptions
  #attempt: Attempt | undefined
  #isOpen = false
  #isClosed = false
  #redial: NodeJS.Timeout | undefined
  #redialMs = redialMsMin
  /** The trouble that was logged last: each is told once, not every second. */
  #trouble: string | undefined

  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #isWriting = false

  constructor(options: PeerDiallerOptions) {
    this.#options = options
    this.#dial()
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  send(messages: readonly Uint8Array[]): void {
    if (!this.#isOpen) return
    for (const message of messages) {
      // The rest is dropped, and not all of it: a turn may resend more than fits, and would do so again and again.
      if (this.#waitingBytes + message.length > waitingBytesMax) {
        this.#complain("does not drain its socket: messages to it are dropped")
        break
      }
      this.#waiting.push(message)
      this.#waitingBytes += message.length
    }
    if (!this.#isWriting && this.#waiting.length > 0) this.#write()
  }

  /** The other replica has just called us, so it is there: don't wait for the next attempt. */
  dialNow(): void {
    if (this.#redial === undefined) return
    clearTimeout(this.#redial)
    this.#dial()
  }

  /** Lets frames that were sent get through, briefly. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#redial)
    const attempt = this.#attempt
    if (attempt === undefined) return
    if (this.#isOpen) {
      this.#isOpen = false
      const isOver = new Promise((resolve) => attempt.stream.once("status", resolve))
      attempt.stream.end()
      await Promise.race([isOver, new Promise((resolve) => setTimeout(resolve, farewellMsMax).unref())])
    }
    this.#abandon(attempt)
  }

  #dial(): void {
    const { identity, recipient, address, tls } = this.#options
    this.#redial = undefined
    const calling = tls?.calling(recipient) ?? { credentials: credentials.createInsecure(), options: {} }
    const client = new Client(address, calling.credentials, { ...channelOptions, ...calling.options })
    const stream = callExchange(client)
    const deadline = setTimeout(() => this.#lose(attempt, "does not answer"), answerMsMax)
    const attempt: Attempt = { client, stream, deadline }
    this.#attempt = attempt
    stream.on("data", (frame: FrameReceived) => this.#receive(attempt, frame))
    stream.on("status", (ended: StatusObject) => this.#lose(attempt, reasonOf(ended)))
    // Every error is told as a status too.
    stream.on("error", () => {})
    stream.write({ hello: helloTo(recipient, identity) })
  }

  #receive(attempt: Attempt, frame: FrameReceived): void {
    if (attempt !== this.#attempt || this.#isOpen || this.#isClosed) return
    const objection =
      frame.hello === null ? "answers without a hello" : objectionTo(frame.hello, this.#options.identity)
    if (objection !== undefined) return this.#lose(attempt, objection)
    clearTimeout(attempt.deadline)
    this.#isOpen = true
    this.#redialMs = redialMsMin
    this.#trouble = undefined
    this.#options.log.info(this.#fields(), "reached a replica")
  }

  #lose(attempt: Attempt, reason: string): void {
    if (attempt !== this.#attempt || this.#isClosed) return
    this.#complain(reason)
    this.#abandon(attempt)
    const waitMs = this.#redialMs * (0.5 + Math.random() / 2)
    this.#redialMs = Math.min(this.#redialMs * 2, redialMsMax)
    this.#redial = setTimeout(() => this.#dial(), waitMs)
  }

  #abandon(attempt: Attempt): void {
    this.#attempt = undefined
    this.#isOpen = false
    this.#waiting = []
    this.#waitingBytes = 0
    this.#isWriting = false
    clearTimeout(attempt.deadline)
    attempt.stream.cancel()
    attempt.client.close()
  }

  /** One frame is under way at a time. What is sent meanwhile shares the next one. */
  #write(): void {
    const attempt = this.#attempt
    if (attempt === undefined) return
    const { messages, bytes } = this.#gather()
    this.#isWriting = true
    attempt.stream.write({ messages }, () => {
      if (attempt !== this.#attempt) return
      this.#waitingBytes -= bytes
      this.#isWriting = false
      if (this.#waiting.length > 0) this.#write()
    })
  }

  #gather(): { readonly messages: Uint8Array[]; readonly bytes: number } {
    let bytes = 0
    let count = 0
    for (const message of this.#waiting) {
      if (count > 0 && bytes + message.length > gatheredBytesMax) break
      bytes += message.length
      count += 1
    }
    const messages = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count)
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count)
    return { messages, bytes }
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

function reasonOf(ended: StatusObject): string {
  return ended.code === status.OK ? "it has closed the connection" : ended.details
}
