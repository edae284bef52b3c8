/** One way to one replica, beneath a stream of calls: gRPC (grpc-pipe.ts), or frames over a socket (framed-pipe.ts). */
import type { Call, StreamListener } from "./transport.ts"

export interface Pipe {
  /** Whether the replica has taken us in. */
  readonly isConnected: boolean
  /** In one message. They leave as soon as the connection stands. */
  write(calls: readonly Call[]): void
  /** What is under way is given up. The listener is called no more. */
  close(): void
}

/** Returns at once. The listener is never called from within. */
export type OpenPipe = (address: string, listener: StreamListener) => Pipe
