/**
 * The `Connect` stream without gRPC, as the client library speaks it at a replica's gRPC door: over TCP, or TLS where
 * the cell has certificates, both sides begin with the preamble, and then come frames, each laid out as gRPC lays out a
 * message: one byte, a length of four (big-endian), and as many bytes. What it saves is HTTP/2: see docs/decisions/0008.
 *
 * A reader takes chunks as the socket gives them. It trusts no length, and keeps no more than has come.
 */
import { utf8 } from "../base/bytes.ts"

export type Frame =
  /** A `ClientMessage` or `ServerMessage`, whichever way it goes. The bytes may be a part of the chunk. */
  | { readonly kind: "message"; readonly bytes: Buffer }
  /** An `ErrorDetail`: why the replica wants nothing to do with the client. The last frame, and only a replica's. */
  | { readonly kind: "refusal"; readonly bytes: Buffer }
  /** The bytes are no frames; there is nothing to be had from this connection any more. */
  | { readonly kind: "malformed"; readonly reason: string }

/** With the version of what follows. Another one than HTTP's first letter tells the two apart. */
export const preamble: Uint8Array = utf8("CLAVIGER/1\n")

/** By which name TLS settles that frames are spoken (ALPN, RFC 7301). */
export const frameProtocol = "claviger/1"

const kinds = { message: 0, refusal: 1 } as const
const headBytes = 5

export function encodeMessage(message: Uint8Array): Buffer {
  return encodeFrame(kinds.message, message)
}

export function encodeRefusal(detail: Uint8Array): Buffer {
  return encodeFrame(kinds.refusal, detail)
}

/** One buffer, so that one system call takes it: copying costs less than a list of two would. */
function encodeFrame(kind: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + body.length)
  frame[0] = kind
  frame.writeUInt32BE(body.length, 1)
  frame.set(body, headBytes)
  return frame
}

export class FrameReader {
  readonly #bytesMax: number
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** How much of the preamble, and of the frame's head, has been read. */
  #preambleRead = 0
  #headRead = 0
  #kind = 0
  #length = 0
  /** Of the frame's body, as far as it has come: undefined before its head is complete. */
  #parts: Buffer[] | undefined
  #partsBytes = 0

  /** Frames with more bytes than this are refused. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Whether the other side has said who it is. */
  get isGreeted(): boolean {
    return this.#preambleRead === preamble.length
  }

  /** The next bytes of the connection. All frames of the bytes before must have been taken. */
  push(chunk: Buffer): void {
    this.#chunk = chunk
    this.#at = 0
  }

  /** The next frame that is complete, or malformed, after which there are no others. */
  next(): Frame | undefined {
    const objection = this.#readPreamble() ?? this.#readHead()
    if (objection !== undefined) return { kind: "malformed", reason: objection }
    const parts = this.#parts
    if (parts === undefined) return undefined
    const part = this.#chunk.subarray(this.#at, this.#at + this.#length - this.#partsBytes)
    this.#at += part.length
    this.#partsBytes += part.length
    if (parts.length > 0 || this.#partsBytes < this.#length) parts.push(part)
    if (this.#partsBytes < this.#length) return undefined
    this.#parts = undefined
    this.#headRead = 0
    const bytes = parts.length === 0 ? part : Buffer.concat(parts, this.#length)
    return { kind: this.#kind === kinds.message ? "message" : "refusal", bytes }
  }

  #readPreamble(): string | undefined {
    for (; this.#preambleRead < preamble.length && this.#at < this.#chunk.length; this.#preambleRead += 1) {
      if (this.#chunk[this.#at] !== preamble[this.#preambleRead]) return objectionToSpeech(this.#chunk)
      this.#at += 1
    }
    return undefined
  }

  #readHead(): string | undefined {
    if (this.#parts !== undefined) return undefined
    for (; this.#headRead < headBytes; this.#headRead += 1) {
      const byte = this.#chunk[this.#at]
      if (byte === undefined) return undefined
      if (this.#headRead === 0) this.#kind = byte
      else this.#length = (this.#headRead === 1 ? 0 : this.#length) * 256 + byte
      this.#at += 1
    }
    if (this.#kind !== kinds.message && this.#kind !== kinds.refusal) return "a frame of unknown kind"
    if (this.#length > this.#bytesMax) return `a frame of ${this.#length} bytes, where ${this.#bytesMax} are the most`
    this.#parts = []
    this.#partsBytes = 0
    return undefined
  }
}

/** Of the first bytes of somebody who doesn't know the preamble. */
function objectionToSpeech(chunk: Buffer): string {
  // Records of TLS: an alert, or a handshake.
  if (chunk[0] === 0x15 || chunk[0] === 0x16) return "it speaks TLS"
  if (/^CLAVIGER/i.test(chunk.toString("latin1", 0, 8))) return "it speaks another version: run the same one everywhere"
  return "it does not speak as a replica does: check the address"
}
