/**
 * One connection between two replicas, seen from either end: frames to and from a socket. A cable that was cut says
 * nothing, and TCP would wait for minutes: so each side says that it is there when it has nothing else to say, and one
 * that hears nothing for about three seconds gives the connection up.
 */
import type { Socket } from "node:net"
import { encodeMessages, type Frame, FrameReader } from "./peer-frames.ts"
import { PeerOutbox } from "./peer-outbox.ts"

export type FrameOfPeer = Exclude<Frame, { readonly kind: "malformed" }>

export interface ConnectionLoss {
  /** `malformed`: the other side has sent what no replica sends. */
  readonly kind: "closed" | "malformed"
  readonly reason: string
}

export interface PeerConnectionOptions {
  readonly frameBytesMax: number
  /** Not called any more once this side has ended the connection. */
  readonly onFrame: (frame: FrameOfPeer) => void
  /** Called once, when nothing more will come, whoever has ended it. */
  readonly onLoss: (loss: ConnectionLoss) => void
}

const beatMs = 500
const silentBeatsMax = 5
/** For what was sent last to get through. */
const farewellMsMax = 300

export class PeerConnection {
  readonly #socket: Socket
  readonly #options: PeerConnectionOptions
  readonly #reader: FrameReader
  readonly #outbox = new PeerOutbox()
  #loss: ConnectionLoss = { kind: "closed", reason: "it has closed the connection" }
  #isOver = false
  readonly #beat: NodeJS.Timeout
  #silentBeats = 0
  #bytesHeard = 0
  #bytesSaid = 0

  /** `socket` may still be connecting. */
  constructor(socket: Socket, options: PeerConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#reader = new FrameReader(options.frameBytesMax)
    this.#beat = setInterval(() => this.#takeBeat(), beatMs)
    socket.setNoDelay(true)
    socket.on("data", (chunk: Buffer) => this.#receive(chunk))
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // An error about several addresses of one name has no message of its own.
      this.#loss = { kind: "closed", reason: error.message === "" ? (error.code ?? error.name) : error.message }
    })
    socket.once("close", () => {
      this.#isOver = true
      clearInterval(this.#beat)
      options.onLoss(this.#loss)
    })
  }

  /** For larger frames, of somebody who has shown that it belongs here. */
  set frameBytesMax(bytesMax: number) {
    this.#reader.bytesMax = bytesMax
  }

  /** Before all messages: what the two sides have to say to come together. */
  greet(...greetings: readonly Uint8Array[]): void {
    if (!this.#isOver) this.#socket.write(Buffer.concat(greetings), this.#flush)
  }

  /** In one frame, at once if the socket has taken the last one. False if some didn't fit and were dropped. */
  send(messages: readonly Uint8Array[]): boolean {
    if (this.#isOver) return true
    const fit = this.#outbox.add(messages, this.#socket.writableLength)
    this.#flush()
    return fit
  }

  /** Lets what was sent get through, and a last word, briefly. */
  end(lastWord?: Uint8Array): void {
    if (this.#isOver) return
    this.#isOver = true
    while (!this.#outbox.isEmpty) this.#socket.write(encodeMessages(this.#outbox.gather()))
    if (lastWord === undefined) this.#socket.end()
    else this.#socket.end(lastWord)
    const deadline = setTimeout(() => this.#socket.destroy(), farewellMsMax)
    this.#socket.once("close", () => clearTimeout(deadline))
  }

  /** Ends the connection without further words to the other side. */
  cut(loss: ConnectionLoss): void {
    this.#isOver = true
    this.#loss = loss
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return
    this.#reader.push(chunk)
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      if (frame.kind === "malformed") return this.cut(frame)
      this.#options.onFrame(frame)
      if (this.#isOver) return
    }
  }

  /**
   * A frame that the system has taken at once is out of `writableLength` when `write` returns. If it could not take it
   * all, what is sent meanwhile shares the next frame, which leaves when the socket calls back.
   */
  readonly #flush = (): void => {
    if (this.#outbox.isEmpty || this.#isOver || this.#socket.writableLength > 0) return
    this.#socket.write(encodeMessages(this.#outbox.gather()), this.#flush)
  }

  /** Silence is counted in beats of our own: a replica that was stopped for a while has missed nothing when it goes on. */
  #takeBeat(): void {
    const { bytesRead, bytesWritten } = this.#socket
    this.#silentBeats = bytesRead === this.#bytesHeard ? this.#silentBeats + 1 : 0
    this.#bytesHeard = bytesRead
    if (this.#silentBeats >= silentBeatsMax) return this.cut({ kind: "closed", reason: "it has fallen silent" })
    // The first word is the greeting's; and a frame under way is sign enough.
    const isQuiet = bytesWritten > 0 && bytesWritten === this.#bytesSaid && this.#socket.writableLength === 0
    if (isQuiet && !this.#isOver) this.#socket.write(encodeMessages([]), this.#flush)
    this.#bytesSaid = this.#socket.bytesWritten
  }
}
