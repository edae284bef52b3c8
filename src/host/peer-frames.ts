/**
 * What goes over a connection between replicas, to bytes and back. Each side begins with the preamble; then come frames:
 * a length (four bytes, big-endian), and as many bytes, of which the first says the kind. A frame of messages holds what
 * one turn of the sender had to say, each message with a length of its own; one without any says that the sender is there.
 *
 * A reader takes chunks as the socket gives them. It trusts no length, and allocates nothing for a frame that is too long.
 */
import { utf8 } from "../base/bytes.ts"

export type Frame =
  | { readonly kind: "messages"; readonly messages: readonly Uint8Array[] }
  | { readonly kind: "hello"; readonly body: Uint8Array }
  /** Why the caller is turned away, in words. The connection ends with it. */
  | { readonly kind: "refusal"; readonly reason: string }
  /** The bytes are no frames; there is nothing to be had from this connection any more. */
  | { readonly kind: "malformed"; readonly reason: string }

/** So that whoever has the wrong port is told so. It never changes; formats are told apart by the hello. */
export const preamble: Uint8Array = utf8("claviger")

/** One frame, and so one message, at most. The largest message is a piece of a log or of a snapshot. */
export const frameBytesMax: number = 64 * 1024 * 1024
/** Of somebody who has not been let in yet: room enough for a hello, or for the reason of a refusal. */
export const firstFrameBytesMax: number = 64 * 1024

const kinds = { messages: 0, hello: 1, refusal: 2 } as const
const lengthBytes = 4

export function encodeHello(body: Uint8Array): Buffer {
  return encodeFrame(kinds.hello, body)
}

export function encodeRefusal(reason: string): Buffer {
  return encodeFrame(kinds.refusal, utf8(reason))
}

function encodeFrame(kind: number, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(lengthBytes + 1 + body.length)
  frame.writeUInt32BE(1 + body.length)
  frame[lengthBytes] = kind
  frame.set(body, lengthBytes + 1)
  return frame
}

/** One buffer, so that one system call takes it: copying a turn's messages costs less than a list of them would. */
export function encodeMessages(messages: readonly Uint8Array[]): Buffer {
  let length = 1
  for (const message of messages) length += framedBytes(message)
  const frame = Buffer.allocUnsafe(lengthBytes + length)
  frame.writeUInt32BE(length)
  frame[lengthBytes] = kinds.messages
  let at = lengthBytes + 1
  for (const message of messages) {
    frame.writeUInt32BE(message.length, at)
    frame.set(message, at + lengthBytes)
    at += framedBytes(message)
  }
  return frame
}

/** What a message takes up in a frame. */
export function framedBytes(message: Uint8Array): number {
  return lengthBytes + message.length
}

export class FrameReader {
  /** Frames longer than this are refused; may be changed between frames. */
  bytesMax: number
  #chunk: Buffer = Buffer.alloc(0)
  #at = 0
  /** How much of the preamble, of the frame's length, and of the frame itself has been read. */
  #preambleRead = 0
  #lengthRead = 0
  #read = 0
  #length = 0
  #frame: Buffer | undefined

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax
  }

  /** The next bytes of the connection. All frames of the bytes before must have been taken. */
  push(chunk: Buffer): void {
    this.#chunk = chunk
    this.#at = 0
  }

  /**
   * The next frame that is complete, or malformed, after which there are no others. A frame's bytes are copied out of the
   * chunk, by then in the processor's cache: values stay in the log for long, and must not keep 64 KiB each with them.
   */
  next(): Frame | undefined {
    const objection = this.#readPreamble() ?? this.#readLength()
    if (objection !== undefined) return { kind: "malformed", reason: objection }
    const frame = this.#frame
    if (frame === undefined) return undefined
    const count = this.#chunk.copy(frame, this.#read, this.#at)
    this.#at += count
    this.#read += count
    if (this.#read < frame.length) return undefined
    this.#frame = undefined
    this.#lengthRead = 0
    return frameIn(frame)
  }

  #readPreamble(): string | undefined {
    for (; this.#preambleRead < preamble.length && this.#at < this.#chunk.length; this.#preambleRead += 1) {
      if (this.#chunk[this.#at] !== preamble[this.#preambleRead]) return objectionToSpeech(this.#chunk)
      this.#at += 1
    }
    return undefined
  }

  #readLength(): string | undefined {
    if (this.#frame !== undefined) return undefined
    for (; this.#lengthRead < lengthBytes; this.#lengthRead += 1) {
      const byte = this.#chunk[this.#at]
      if (byte === undefined) return undefined
      this.#length = (this.#lengthRead === 0 ? 0 : this.#length) * 256 + byte
      this.#at += 1
    }
    if (this.#length === 0) return "it sends a frame of no kind"
    if (this.#length > this.bytesMax) return `it sends a frame of more than ${this.bytesMax} bytes`
    this.#frame = Buffer.allocUnsafe(this.#length)
    this.#read = 0
    return undefined
  }
}

function frameIn(frame: Buffer): Frame {
  switch (frame[0]) {
    case kinds.messages:
      return messagesIn(frame)
    case kinds.hello:
      return { kind: "hello", body: frame.subarray(1) }
    case kinds.refusal:
      return { kind: "refusal", reason: frame.toString("utf8", 1) }
    default:
      return { kind: "malformed", reason: "it sends a frame of unknown kind" }
  }
}

function messagesIn(frame: Buffer): Frame {
  const messages: Uint8Array[] = []
  let at = 1
  while (at < frame.length) {
    const start = at + lengthBytes
    const end = start <= frame.length ? start + frame.readUInt32BE(at) : start
    if (end > frame.length) return { kind: "malformed", reason: "it sends a message that does not fit into its frame" }
    messages.push(new Uint8Array(frame.buffer, frame.byteOffset + start, end - start))
    at = end
  }
  return { kind: "messages", messages }
}

/** Of the first bytes of somebody who doesn't know the preamble. */
function objectionToSpeech(chunk: Buffer): string {
  // Records of TLS: an alert, or a handshake.
  if (chunk[0] === 0x15 || chunk[0] === 0x16) return "it speaks TLS: give certificates to all replicas or to none"
  if (/^(?:[A-Z]+ [/*]|HTTP\/)/.test(chunk.toString("latin1", 0, 10))) {
    return "it speaks HTTP, as gRPC does: check the addresses, and run the same version everywhere"
  }
  return "it does not speak as replicas do: check the addresses, and run the same version everywhere"
}
