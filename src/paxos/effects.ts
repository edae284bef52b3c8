/**
 * What a step of Paxos leaves behind, gathered in one outbox per turn. The order of safety is in its shape: `records`
 * are made durable first, `sendAfterSync` leaves after that, `send` may leave at once.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import type { Ballot } from "./ballot.ts"
import type { AcceptedSlot, Incarnation, PaxosMessage } from "./messages.ts"

/** What an acceptor must not forget. */
export type PaxosRecord =
  | { readonly kind: "promised"; readonly ballot: Ballot; readonly incarnations: readonly Incarnation[] }
  | ({ readonly kind: "accepted" } & AcceptedSlot)
  | { readonly kind: "trimmed"; readonly from: Slot; readonly through: Slot }
  | { readonly kind: "admitted"; readonly incarnation: number }

export interface PaxosEnvelope {
  readonly to: ReplicaId
  readonly message: PaxosMessage
}

export interface ChosenSlot {
  readonly slot: Slot
  readonly value: Uint8Array
}

/** Explained to people and asserted on by tests; nothing depends on it. */
export type PaxosTrace =
  | { readonly kind: "preVoteBegan"; readonly ballot: Ballot }
  | { readonly kind: "preVoteRefused"; readonly candidate: ReplicaId; readonly reason: "lease" | "ballot" | "behind" }
  | { readonly kind: "prepareBegan"; readonly ballot: Ballot; readonly admits: ReplicaId | undefined }
  | { readonly kind: "prepareIgnored"; readonly candidate: ReplicaId; readonly reason: "lease" | "learner" }
  | { readonly kind: "promised"; readonly ballot: Ballot }
  | { readonly kind: "promiseDiscounted"; readonly voter: ReplicaId }
  | { readonly kind: "olderValueAdopted"; readonly slot: Slot; readonly ballot: Ballot }
  | { readonly kind: "holeFilled"; readonly slot: Slot }
  | { readonly kind: "ledFrom"; readonly ballot: Ballot; readonly slot: Slot }
  | { readonly kind: "steppedDown"; readonly ballot: Ballot; readonly reason: StepDownReason }
  | { readonly kind: "acceptResent"; readonly slot: Slot }
  | { readonly kind: "acceptIgnored"; readonly slot: Slot }
  | { readonly kind: "fetchBegan"; readonly from: ReplicaId; readonly above: Slot }
  | { readonly kind: "fetchAnswered"; readonly to: ReplicaId; readonly count: number }
  | { readonly kind: "logTrimmed"; readonly through: Slot }
  | { readonly kind: "mastershipHandedOver"; readonly successor: ReplicaId }
  | { readonly kind: "admissionBegan"; readonly replicaId: ReplicaId }
  | { readonly kind: "votingAgain"; readonly incarnation: number }

export type StepDownReason = "higherBallot" | "quorumLost" | "neverCaughtUp" | "handOver" | "admission"

export class Outbox {
  readonly records: PaxosRecord[] = []
  readonly sendAfterSync: PaxosEnvelope[] = []
  readonly send: PaxosEnvelope[] = []
  /** Newly chosen, in order and without gaps. */
  readonly chosen: ChosenSlot[] = []
  readonly trace: PaxosTrace[] = []
  /** Set when the log of others no longer reaches back to where this replica is. */
  snapshotNeededFrom: ReplicaId | undefined
}
