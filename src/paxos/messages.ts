/**
 * What replicas say to each other, and its bytes. The names are those of "Paxos Made Simple": phase 1 is prepare and
 * promise, phase 2 accept and accepted. `chosenThrough` rides along everywhere, so nobody is told twice.
 */
import type { ReplicaId, Slot } from "../base/brand.ts"
import { bool, bytes, type Codec, list, maybe, shape, uint, union } from "../base/codec.ts"
import type { Instant } from "../base/instant.ts"
import { type Ballot, ballotCodec } from "./ballot.ts"

/** Votes that `replicaId` cast in an incarnation of a lower `round` no longer count (admission.ts). */
export interface Incarnation {
  readonly replicaId: ReplicaId
  readonly round: number
}

export interface AcceptedSlot {
  readonly slot: Slot
  readonly ballot: Ballot
  readonly value: Uint8Array
}

/** "Would you promise me `ballot`?" Changes nothing at the one who is asked. */
export interface PreVote {
  readonly kind: "preVote"
  readonly ballot: Ballot
  readonly chosenThrough: Slot
}

export interface PreVoteAnswer {
  readonly kind: "preVoteAnswer"
  readonly ballot: Ballot
  readonly granted: boolean
  readonly promised: Ballot
  readonly chosenThrough: Slot
}

/** Phase 1a, for all slots above the candidate's `chosenThrough` at once. */
export interface Prepare {
  readonly kind: "prepare"
  readonly ballot: Ballot
  readonly chosenThrough: Slot
  /** The replica that this ballot admits after it has lost its records, in its new incarnation. */
  readonly admits: Incarnation | undefined
}

/** Phase 1b: what was accepted above the higher one of the two `chosenThrough`. */
export interface Promised {
  readonly kind: "promise"
  readonly ballot: Ballot
  readonly chosenThrough: Slot
  readonly accepted: readonly AcceptedSlot[]
  /** Of the sender. */
  readonly incarnation: number
  /** Of everybody, as far as the sender knows. */
  readonly incarnations: readonly Incarnation[]
}

/** "I have promised a higher ballot": an answer to prepare, accept and heartbeat. */
export interface Nack {
  readonly kind: "nack"
  readonly ballot: Ballot
  readonly promised: Ballot
}

/** Phase 2a. `sentAt`: on the leader's clock; whoever answers has granted a master lease from there. */
export interface Accept {
  readonly kind: "accept"
  readonly ballot: Ballot
  readonly slot: Slot
  readonly value: Uint8Array
  readonly chosenThrough: Slot
  readonly sentAt: Instant
}

/** Phase 2b. */
export interface Accepted {
  readonly kind: "accepted"
  readonly ballot: Ballot
  readonly slot: Slot
  readonly sentAt: Instant
}

export interface Heartbeat {
  readonly kind: "heartbeat"
  readonly ballot: Ballot
  readonly chosenThrough: Slot
  readonly sentAt: Instant
}

export interface HeartbeatAnswer {
  readonly kind: "heartbeatAnswer"
  readonly ballot: Ballot
  readonly sentAt: Instant
  readonly chosenThrough: Slot
}

/** The leader of `ballot` leaves, renounces its lease and asks `successor` to stand at once. */
interface HandOver {
  readonly kind: "handOver"
  readonly ballot: Ballot
  readonly successor: ReplicaId
}

/** "Tell me the values chosen above this slot." */
export interface Fetch {
  readonly kind: "fetch"
  readonly above: Slot
}

export interface Chosen {
  readonly kind: "chosen"
  /** Consecutive, from slot `above` + 1. Empty when the sender's log begins later. */
  readonly above: Slot
  readonly values: readonly Uint8Array[]
  readonly chosenThrough: Slot
  /** The lowest slot in the sender's log. */
  readonly firstSlot: Slot
}

/** A learner that has lost its records asks the leader of `ballot` to be admitted. */
export interface Rejoin {
  readonly kind: "rejoin"
  readonly ballot: Ballot
  /** Drawn by the learner's process: tells its requests from those of an earlier process. */
  readonly nonce: number
}

/** The learner may vote again, from `ballot` on, once it knows what was chosen through `through`. */
export interface Admitted {
  readonly kind: "admitted"
  readonly ballot: Ballot
  readonly nonce: number
  readonly through: Slot
  /** Of everybody, as far as the majority that promised this ballot knows: the learner has forgotten them too. */
  readonly incarnations: readonly Incarnation[]
}

export type PaxosMessage =
  | PreVote
  | PreVoteAnswer
  | Prepare
  | Promised
  | Nack
  | Accept
  | Accepted
  | Heartbeat
  | HeartbeatAnswer
  | HandOver
  | Fetch
  | Chosen
  | Rejoin
  | Admitted

const acceptedSlotCodec: Codec<AcceptedSlot> = shape<AcceptedSlot>({
  slot: uint,
  ballot: ballotCodec,
  value: bytes,
})

const incarnationCodec: Codec<Incarnation> = shape<Incarnation>({ replicaId: uint, round: uint })

const ballot = ballotCodec

export const paxosMessageCodec: Codec<PaxosMessage> = union<PaxosMessage>({
  preVote: { tag: 1, codec: shape<Omit<PreVote, "kind">>({ ballot, chosenThrough: uint }) },
  preVoteAnswer: {
    tag: 2,
    codec: shape<Omit<PreVoteAnswer, "kind">>({ ballot, granted: bool, promised: ballot, chosenThrough: uint }),
  },
  prepare: {
    tag: 3,
    codec: shape<Omit<Prepare, "kind">>({ ballot, chosenThrough: uint, admits: maybe(incarnationCodec) }),
  },
  promise: {
    tag: 4,
    codec: shape<Omit<Promised, "kind">>({
      ballot,
      chosenThrough: uint,
      accepted: list(acceptedSlotCodec),
      incarnation: uint,
      incarnations: list(incarnationCodec),
    }),
  },
  nack: { tag: 5, codec: shape<Omit<Nack, "kind">>({ ballot, promised: ballot }) },
  accept: {
    tag: 6,
    codec: shape<Omit<Accept, "kind">>({ ballot, slot: uint, value: bytes, chosenThrough: uint, sentAt: uint }),
  },
  accepted: { tag: 7, codec: shape<Omit<Accepted, "kind">>({ ballot, slot: uint, sentAt: uint }) },
  heartbeat: { tag: 8, codec: shape<Omit<Heartbeat, "kind">>({ ballot, chosenThrough: uint, sentAt: uint }) },
  heartbeatAnswer: {
    tag: 9,
    codec: shape<Omit<HeartbeatAnswer, "kind">>({ ballot, sentAt: uint, chosenThrough: uint }),
  },
  handOver: { tag: 10, codec: shape<Omit<HandOver, "kind">>({ ballot, successor: uint }) },
  fetch: { tag: 11, codec: shape<Omit<Fetch, "kind">>({ above: uint }) },
  chosen: {
    tag: 12,
    codec: shape<Omit<Chosen, "kind">>({ above: uint, values: list(bytes), chosenThrough: uint, firstSlot: uint }),
  },
  rejoin: { tag: 13, codec: shape<Omit<Rejoin, "kind">>({ ballot, nonce: uint }) },
  admitted: {
    tag: 14,
    codec: shape<Omit<Admitted, "kind">>({ ballot, nonce: uint, through: uint, incarnations: list(incarnationCodec) }),
  },
})
