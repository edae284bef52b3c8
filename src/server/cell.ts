/**
 * The port through which the doors reach the replica behind them. The host of the replica is the real thing; tests put
 * a scripted one in its place.
 */
import type { Named } from "../base/brand.ts"
import type { Reply, ReplicaStatus, Request } from "../contract/requests.ts"

/** Names a submitted request. Positive, and never given out twice. */
export type Ticket = Named<number, "Ticket">

export interface Cell {
  /** `onReply` is called once, later, unless the ticket is abandoned first. */
  submit(request: Request, onReply: (reply: Reply) => void): Ticket
  /** Nobody waits for the reply any more. What was asked for may still happen. */
  abandon(ticket: Ticket): void
  status(): ReplicaStatus
  /** The 32 bytes behind the cell's signing key; undefined until the replica has learned them. */
  signingSeed(): Uint8Array | undefined
  /** Gives the mastership away, if this replica has it. */
  handOver(): void
}
