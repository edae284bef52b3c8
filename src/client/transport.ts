/**
 * The port through which the client library reaches a cell: one stream to one replica at a time, which carries calls
 * one way and their results the other. A transport neither retries nor chooses; when a stream ends, it is over.
 */
import type { Refusal } from "../contract/errors.ts"
import type { SignedReply, SignedRequest } from "../wire/signed-forms.ts"

export interface Call {
  /** Names the call in its result, on this stream only. */
  readonly callId: number
  readonly request: SignedRequest
}

export interface CallResult {
  readonly callId: number
  readonly reply: SignedReply
}

/** Never called from within `open` or `send`. */
export interface StreamListener {
  onResults(results: readonly CallResult[]): void
  /**
   * Called once, unless the client closed the stream itself. What was not answered until then may have happened. With
   * `refusal` the stream has not just broken: one of the two sides wants nothing to do with the other.
   */
  onEnd(reason: string, refusal?: Refusal): void
}

export interface CallStream {
  /** Whether its connection has come about. */
  readonly isConnected: boolean
  /** Calls issued in one turn of the event loop travel together, in the order in which they were issued. */
  send(call: Call): void
  close(): void
}

export interface Transport {
  /** Returns at once; calls are sent as soon as the connection stands. A failure to connect is an `onEnd`. */
  open(address: string, listener: StreamListener): CallStream
  close(): void
}
