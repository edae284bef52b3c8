/** Messages between replicas, to the bytes that frames carry and back. */
import { MalformedBytesError } from "../base/bytes.ts"
import { decode, encode } from "../base/codec.ts"
import { type PeerMessage, peerMessageCodec } from "../replica/peer-messages.ts"

export function encodeMessage(message: PeerMessage): Uint8Array {
  return encode(peerMessageCodec, message)
}

/** Undefined for bytes that are no message: the sender is broken or of another making, which must not stop us. */
export function decodeMessage(bytes: Uint8Array): PeerMessage | undefined {
  try {
    return decode(peerMessageCodec, bytes)
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined
    throw error
  }
}
