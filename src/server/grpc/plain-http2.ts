/**
 * An HTTP/2 connection in plain text whose first bytes have been looked at (first-byte.ts). What was put back into a
 * socket Node's HTTP/2 takes in one go: a call, and what breaks the connection behind it, before gRPC's library has been
 * told of the call. It then answers on a stream that is gone, and the error, which nobody catches, would end the replica.
 * So each frame (RFC 9113, section 4.1) is handed on by itself, when all that the last one has led to was done: the order
 * that Node keeps with what it reads itself.
 */
import type { Socket } from "node:net"
import { Duplex } from "node:stream"

const prefaceBytes = 24
const headBytes = 9
const lengthBytes = 3

export class PlainHttp2 extends Duplex {
  readonly #socket: Socket
  /** Not handed on yet, from `#at`. */
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** Of the preface, or of a frame's payload. */
  #left = prefaceBytes
  #headRead = 0
  #length = 0
  /** Whether the reader has taken all that was handed on. */
  #isWanted = false
  #hasEnded = false

  constructor(socket: Socket) {
    // So that one frame at a time lies here, at most.
    super({ readableHighWaterMark: 1 })
    this.#socket = socket
    socket.on("data", (chunk: Buffer) => {
      // Nothing more comes before all of it was handed on.
      socket.pause()
      this.#chunk = chunk
      this.#at = 0
      this.#handOn()
    })
    socket.on("end", () => {
      this.#hasEnded = true
      this.#handOn()
    })
    socket.on("close", () => {
      this.destroy()
    })
  }

  override _read(): void {
    this.#isWanted = true
    // The piece before may be on its way to the reader just now, and what it leads to takes a tick of its own.
    process.nextTick(() => {
      process.nextTick(() => {
        this.#handOn()
      })
    })
  }

  // What goes wrong with the socket also closes it, and so ends this. Nobody is told twice.

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#socket.write(chunk, () => {
      done()
    })
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), "", done)
  }

  override _final(done: () => void): void {
    this.#socket.end(() => {
      done()
    })
  }

  override _destroy(_error: Error | null, done: () => void): void {
    this.#socket.destroy()
    done()
  }

  #handOn(): void {
    if (!this.#isWanted || this.destroyed) return
    if (this.#at < this.#chunk.length) {
      this.#isWanted = false
      this.push(this.#nextPiece())
    } else if (this.#hasEnded) {
      this.#isWanted = false
      this.push(null)
    } else this.#socket.resume()
  }

  /** What has come of the preface, or of one frame. */
  #nextPiece(): Buffer {
    const from = this.#at
    if (this.#left === 0) this.#readHead()
    const count = Math.min(this.#left, this.#chunk.length - this.#at)
    this.#at += count
    this.#left -= count
    return this.#chunk.subarray(from, this.#at)
  }

  /** Its first three bytes are the length of the payload. */
  #readHead(): void {
    for (; this.#headRead < headBytes; this.#headRead += 1) {
      const byte = this.#chunk[this.#at]
      if (byte === undefined) return
      if (this.#headRead < lengthBytes) this.#length = (this.#headRead === 0 ? 0 : this.#length) * 256 + byte
      this.#at += 1
    }
    this.#headRead = 0
    this.#left = this.#length
  }
}
