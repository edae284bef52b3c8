/** What a replica must be told: the same for all replicas of a cell, but for `self` and the freshly drawn secrets. */
import type { ReplicaId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import type { PaxosSettings } from "../paxos/settings.ts"

export interface ReplicaSettings extends PaxosSettings {
  /** The `<cell>` of `/ls/<cell>/...`. */
  readonly cellName: string
  readonly cellId: string
  /** Where each replica's gRPC door is, for hints. */
  readonly doors: ReadonlyMap<ReplicaId, string>
  /** Drawn anew by each process. Those of the cell's very first master become the cell's; all others are never used. */
  readonly freshSecrets: { readonly handleKey: Uint8Array; readonly signingSeeds: readonly Uint8Array[] }
  /** Principals on the list of administrators when the cell is founded. */
  readonly administrators: readonly string[]
  /**
   * How long a client may use its cache without a word from the master. Not less than `limits.cacheLeaseMs`, which every
   * client trusts from the birth of its session until its first KeepAlive is answered.
   */
  readonly cacheLeaseMs: DurationMs
  /** Every so many slots the replicas compare the digests of their states. */
  readonly digestEverySlots: number
  /** Applied slots whose effects are not stored yet: so many, at most, does a start have to apply again. */
  readonly unstoredSlotsMax: number
  readonly batchBytes: number
  readonly batchCommands: number
  readonly snapshotPieceBytes: number
  /** A snapshot's sender that has been silent for so long is given up. */
  readonly snapshotPatienceMs: DurationMs
}
