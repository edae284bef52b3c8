/**
 * Ballots, totally ordered: by round, then by replica. The replica is part of the order, so that two candidates of the
 * same round never own the same ballot ("Paxos Made Simple", 2.2: disjoint sets of numbers).
 */
import type { ReplicaId } from "../base/brand.ts"
import { type Codec, shape, uint } from "../base/codec.ts"

export interface Ballot {
  readonly round: number
  readonly replicaId: ReplicaId
}

/** Lower than every ballot a candidate can own. */
export const noBallot: Ballot = { round: 0, replicaId: 0 }

export const ballotCodec: Codec<Ballot> = shape<Ballot>({ round: uint, replicaId: uint })

/** Negative when `left` is lower, zero when they are the same, positive when `left` is higher. */
export function compareBallots(left: Ballot, right: Ballot): number {
  return left.round === right.round ? left.replicaId - right.replicaId : left.round - right.round
}

/** The lowest ballot that `replicaId` owns above `ballot`. */
export function nextBallot(ballot: Ballot, replicaId: ReplicaId): Ballot {
  return { round: ballot.round + 1, replicaId }
}
