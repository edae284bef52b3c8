/**
 * Messages that wait for a replica whose socket has not taken the last frame yet. They are bounded, and leave in frames
 * of a moderate size, in their order.
 */
import { frameBytesMax, framedBytes } from "./peer-frames.ts"

/** With what is in the socket. Beyond this, messages are dropped. (A frame's kind takes one byte.) */
const waitingBytesMax = frameBytesMax - 1
/** Waiting messages are sent in frames of about this size, so that none comes near the limit. */
const gatheredBytesMax = 8 * 1024 * 1024

export class PeerOutbox {
  #waiting: Uint8Array[] = []
  #waitingBytes = 0

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /**
   * False if only the first of the messages fit, next to `bytesInSocket`. The rest is dropped, and not all of it: a turn may
   * resend more than fits, and would do so again and again.
   */
  add(messages: readonly Uint8Array[], bytesInSocket: number): boolean {
    for (const message of messages) {
      const bytes = framedBytes(message)
      if (bytesInSocket + this.#waitingBytes + bytes > waitingBytesMax) return false
      this.#waiting.push(message)
      this.#waitingBytes += bytes
    }
    return true
  }

  /** Takes out what goes into the next frame. */
  gather(): readonly Uint8Array[] {
    if (this.#waitingBytes <= gatheredBytesMax) return this.#take(this.#waiting.length, this.#waitingBytes)
    let bytes = 0
    let count = 0
    for (const message of this.#waiting) {
      if (count > 0 && bytes + framedBytes(message) > gatheredBytesMax) break
      bytes += framedBytes(message)
      count += 1
    }
    return this.#take(count, bytes)
  }

  #take(count: number, bytes: number): readonly Uint8Array[] {
    const taken = count === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, count)
    this.#waiting = count === this.#waiting.length ? [] : this.#waiting.slice(count)
    this.#waitingBytes -= bytes
    return taken
  }
}
