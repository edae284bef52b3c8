/**
 * Writing and reading bytes: unsigned varints up to 2^53 - 1, length-prefixed byte strings and UTF-8 text.
 * A reader never trusts a length: running past the end or meeting a malformed number raises `MalformedBytesError`.
 */
import { assert } from "./assert.ts"
import { type KeptBytes, copyKept } from "./kept-bytes.ts"
import { passingBytes } from "./passing-bytes.ts"

/** The bytes at hand are not what they claim to be. The one error of this floor that callers are meant to catch. */
export class MalformedBytesError extends Error {
  override readonly name = "MalformedBytesError"
}

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const noBytes: Uint8Array = new Uint8Array(0)

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** How many bytes `text` takes as UTF-8, without encoding it. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    // The two halves of a surrogate pair are two units and four bytes.
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return length
}

export class ByteWriter {
  #buffer: Uint8Array
  #length = 0

  constructor(capacity = 128) {
    this.#buffer = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** What was written, as a copy that nothing else will change. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  /** The same, for bytes that are let go soon. */
  finishInPassing(): Uint8Array {
    const copy = passingBytes(this.#length)
    copy.set(this.lend())
    return copy
  }

  /** What was written, as a view that is good until more is. */
  lend(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Begins anew in the same buffer. */
  reset(): void {
    this.#length = 0
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
  }

  /** Unsigned, little-endian base 128: one byte below 128, at most eight. */
  varint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, "only safe, non-negative integers are written")
    this.#reserve(8)
    let rest = value
    while (rest >= 0x8000_0000) {
      this.#buffer[this.#length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#length++] = rest
  }

  /** Four bytes, big-endian. */
  uint32(value: number): void {
    this.#reserve(4)
    this.#buffer[this.#length++] = value >>> 24
    this.#buffer[this.#length++] = value >>> 16
    this.#buffer[this.#length++] = value >>> 8
    this.#buffer[this.#length++] = value
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length)
    this.raw(bytes)
  }

  kept(kept: KeptBytes): void {
    this.varint(kept.length)
    this.#reserve(kept.length)
    copyKept(kept, this.#buffer, this.#length)
    this.#length += kept.length
  }

  text(text: string): void {
    // Names and paths are nearly always short and ASCII; for those a plain loop beats the encoder fivefold.
    if (text.length < 64 && this.#asciiText(text)) return
    this.bytes(encoder.encode(text))
  }

  #asciiText(text: string): boolean {
    this.#reserve(text.length + 1)
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      if (unit >= 0x80) return false
      this.#buffer[this.#length + 1 + at] = unit
    }
    this.#buffer[this.#length] = text.length
    this.#length += text.length + 1
    return true
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + count))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}

export class ByteReader {
  readonly #buffer: Uint8Array
  #at = 0

  constructor(buffer: Uint8Array) {
    this.#buffer = buffer
  }

  get remaining(): number {
    return this.#buffer.length - this.#at
  }

  byte(): number {
    const value = this.#buffer[this.#at]
    if (value === undefined) throw new MalformedBytesError("ends too early")
    this.#at += 1
    return value
  }

  varint(): number {
    let value = 0
    let weight = 1
    for (let count = 0; count < 8; count += 1) {
      const byte = this.byte()
      value += (byte & 0x7f) * weight
      if (byte < 0x80) {
        if (byte === 0 && count > 0) throw new MalformedBytesError("a number is longer than it needs to be")
        if (!Number.isSafeInteger(value)) throw new MalformedBytesError("a number exceeds 2^53 - 1")
        return value
      }
      weight *= 128
    }
    throw new MalformedBytesError("a number does not end")
  }

  uint32(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0
  }

  /** A view into the buffer, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.remaining) throw new MalformedBytesError("ends too early")
    this.#at += length
    return this.#buffer.subarray(this.#at - length, this.#at)
  }

  bytes(): Uint8Array {
    return this.raw(this.varint())
  }

  text(): string {
    const bytes = this.bytes()
    try {
      return strictDecoder.decode(bytes)
    } catch (cause) {
      throw new MalformedBytesError("text is not valid UTF-8", { cause })
    }
  }

  /** Refuses bytes that nobody has asked for. */
  end(): void {
    if (this.remaining > 0) throw new MalformedBytesError(`${String(this.remaining)} bytes too many`)
  }
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  // A leader compares what it proposed with what was chosen, and nearly always holds the very same object.
  if (left === right) return true
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at += 1) if (left[at] !== right[at]) return false
  return true
}
