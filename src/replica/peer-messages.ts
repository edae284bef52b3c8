/** Everything that replicas say to each other: Paxos, snapshots, and digests of their states. */
import type { Slot } from "../base/brand.ts"
import { bool, bytes, type Codec, list, shape, text, uint, union } from "../base/codec.ts"
import type { StateEntry } from "../journal/record.ts"
import { type PaxosMessage, paxosMessageCodec } from "../paxos/messages.ts"

/** "Send me the entries of your state that follow `cursor`." The first request of a transfer has the cursor "". */
export interface SnapshotRequest {
  readonly kind: "snapshotRequest"
  /** Names the transfer; drawn by the one who fetches. */
  readonly transfer: number
  readonly cursor: string
  /** The state is of use only if it reaches further than this. */
  readonly above: Slot
}

export interface SnapshotPieceMessage {
  readonly kind: "snapshotPiece"
  readonly transfer: number
  /** The cursor of the request that this answers. */
  readonly after: string
  readonly entries: readonly StateEntry[]
  readonly cursor: string
  readonly last: boolean
  /** The slot whose state this is: the same in all pieces of a transfer. */
  readonly appliedThrough: Slot
}

/** "My state reaches no further than yours." */
interface SnapshotRefused {
  readonly kind: "snapshotRefused"
  readonly transfer: number
}

/** "My state at `slot` has this digest." */
export interface DigestReport {
  readonly kind: "digestReport"
  readonly slot: Slot
  readonly digest: number
}

export type SnapshotMessage = SnapshotRequest | SnapshotPieceMessage | SnapshotRefused

export type PeerMessage =
  | { readonly kind: "paxos"; readonly message: PaxosMessage }
  | { readonly kind: "snapshot"; readonly message: SnapshotMessage }
  | { readonly kind: "digest"; readonly message: DigestReport }

const snapshotMessageCodec: Codec<SnapshotMessage> = union<SnapshotMessage>({
  snapshotRequest: {
    tag: 1,
    codec: shape<Omit<SnapshotRequest, "kind">>({ transfer: uint, cursor: text, above: uint }),
  },
  snapshotPiece: {
    tag: 2,
    codec: shape<Omit<SnapshotPieceMessage, "kind">>({
      transfer: uint,
      after: text,
      entries: list(shape<StateEntry>({ key: text, payload: bytes })),
      cursor: text,
      last: bool,
      appliedThrough: uint,
    }),
  },
  snapshotRefused: { tag: 3, codec: shape<Omit<SnapshotRefused, "kind">>({ transfer: uint }) },
})

const digestReportCodec: Codec<DigestReport> = union<DigestReport>({
  digestReport: { tag: 1, codec: shape<Omit<DigestReport, "kind">>({ slot: uint, digest: uint }) },
})

export const peerMessageCodec: Codec<PeerMessage> = union<PeerMessage>({
  paxos: { tag: 1, codec: shape<{ readonly message: PaxosMessage }>({ message: paxosMessageCodec }) },
  snapshot: { tag: 2, codec: shape<{ readonly message: SnapshotMessage }>({ message: snapshotMessageCodec }) },
  digest: { tag: 3, codec: shape<{ readonly message: DigestReport }>({ message: digestReportCodec }) },
})
