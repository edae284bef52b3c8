/**
 * How large messages between clients and replicas get, in bytes. Both ends batch up to a size and refuse beyond
 * another, which leaves room for the largest single operation on top of a full batch.
 */
export interface MessageBounds {
  /** A batch of calls or results is sent on before it gets larger than this. */
  readonly batchBytes: number
  /** The largest message a replica reads: a batch, and one more call, be it the largest transaction there may be. */
  readonly requestBytesMax: number
  /** The largest message a client has to be ready for; what gRPC libraries of all languages accept unasked. */
  readonly responseBytesMax: number
  /** Answers of one stream that a replica keeps for a client that doesn't take them: a few bytes may ask for megabytes. */
  readonly untakenBytesMax: number
}

export const messageBounds: MessageBounds = {
  batchBytes: 256 * 1024,
  requestBytesMax: 4 * 1024 * 1024,
  responseBytesMax: 4 * 1024 * 1024,
  untakenBytesMax: 64 * 1024 * 1024,
}
