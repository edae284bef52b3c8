/**
 * What goes over the wire between replicas: frames in protobuf, and inside them messages in the replicas' own codec.
 * A frame is one turn's worth, so the price of protobuf and HTTP/2 is paid per turn and not per message.
 */
import type { Client, ClientDuplexStream, ServerDuplexStream } from "@grpc/grpc-js"
import { MalformedBytesError } from "../base/bytes.ts"
import { decode, encode } from "../base/codec.ts"
import { type PeerMessage, peerMessageCodec } from "../replica/peer-messages.ts"
import type { Frame, Frame__Output } from "../wire/generated/claviger/peer/v1/Frame.ts"
import type { Hello, Hello__Output } from "../wire/generated/claviger/peer/v1/Hello.ts"
import type { PeerServiceDefinition } from "../wire/generated/claviger/peer/v1/PeerService.ts"
import { loadPackage } from "../wire/load.ts"

/** Raised with every change to frames or messages that an older program would misread. */
export const peerFormatVersion = 1

/** One frame, and so one message, at most. The largest message is a piece of a log or of a snapshot. */
export const frameBytesMax: number = 64 * 1024 * 1024

export type HelloSent = Required<Hello>
export type HelloReceived = Hello__Output
export type FrameReceived = Frame__Output
export type CallingStream = ClientDuplexStream<Frame, Frame__Output>
export type CalledStream = ServerDuplexStream<Frame__Output, Frame>

// Generated from the same file, which is what makes the cast true; see wire/load.ts.
export const peerService: PeerServiceDefinition = loadPackage("claviger/peer/v1/peer.proto")[
  "claviger.peer.v1.PeerService"
] as object as PeerServiceDefinition

export function callExchange(client: Client): CallingStream {
  const { path, requestSerialize, responseDeserialize } = peerService.Exchange
  return client.makeBidiStreamRequest<Frame, Frame__Output>(path, requestSerialize, responseDeserialize)
}

/** The messages of a frame, as plain bytes. */
export function messagesOf(frame: FrameReceived): Uint8Array[] {
  return frame.messages.map((message) => new Uint8Array(message.buffer, message.byteOffset, message.byteLength))
}

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
