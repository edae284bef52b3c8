/**
 * The port through which the doors reach the replica behind them. The host of the replica is the real thing; tests put
 * a scripted one in its place.
 */
import type { Named } from "../base/brand.ts"
import type { LocalOperation, LocalReply, Reply, ReplicaStatus, Request } from "../contract/requests.ts"
import type { SigningSecret } from "../contract/signing-keys.ts"

/** Names a submitted request. Positive, and never given out twice. */
export type Ticket = Named<number, "Ticket">

/** What a replica answers by itself, from its own state, which may be behind the cell's. */
export interface LocalReads {
  readLocally(operation: LocalOperation, principal: string): LocalReply
}

export interface Cell {
  /** `onReply` is called once, later, unless the ticket is abandoned first. */
  submit(request: Request, onReply: (reply: Reply) => void): Ticket
  /** Nobody waits for the reply any more. What was asked for may still happen. */
  abandon(ticket: Ticket): void
  status(): ReplicaStatus
  /**
   * The keys of the cell's sequencers, private halves included; no door passes those on. The same list until they
   * change; empty until the replica has learned them.
   */
  signingKeys(): readonly SigningSecret[]
  /** Gives the mastership away, if this replica has it. */
  handOver(): void
}
