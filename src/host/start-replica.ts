/**
 * Puts a real replica together: disk, what is on it, peers, clock and loop. The doors are attached by the caller, who
 * also decides what to do when the replica fails: in a process of its own, to end it.
 */
import type { ReplicaId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { Prng } from "../base/prng.ts"
import { limits } from "../contract/limits.ts"
import { sealOf } from "../journal/codec.ts"
import { Replica } from "../replica/replica.ts"
import type { ReplicaSettings } from "../replica/settings.ts"
import { TcpPeers } from "./tcp-peers.ts"
import { Host } from "./host.ts"
import type { Logger } from "./logger.ts"
import type { HostMeasures, Meter } from "./meter.ts"
import { meteredDisk } from "./metered-disk.ts"
import type { Peers } from "./ports.ts"
import { openReplicaDirectory } from "./replica-directory.ts"
import type { ReplicaTls } from "./replica-tls.ts"
import { systemClock, systemTimers } from "./system-clock.ts"
import { systemEntropy } from "./system-entropy.ts"
import { logTrace } from "./trace-log.ts"

export interface ReplicaOptions {
  readonly cellName: string
  readonly cellId: string
  readonly self: ReplicaId
  /** All replicas of the cell, this one included. */
  readonly members: readonly Member[]
  readonly timing: Timing
  /** Over everything that must be the same on all replicas. */
  readonly configDigest: string
  readonly directory: string
  /** For the peer port; undefined: plain text. */
  readonly tls?: ReplicaTls | undefined
  /** Principals on the list of administrators of a cell that is founded now. */
  readonly administrators: readonly string[]
  readonly log: Logger
  /** Called once, when this replica must not go on. */
  readonly onFatal: (reason: Error) => void
  /** Undefined: nobody measures. */
  readonly meter?: Meter | undefined
}

/** Addresses as `host:port`. */
export interface Member {
  readonly replicaId: ReplicaId
  /** For the other replicas. */
  readonly peerAddress: string
  /** Its gRPC door, told to clients as a hint. */
  readonly doorAddress: string
}

interface Timing {
  readonly heartbeatMs: DurationMs
  readonly masterLeaseMs: DurationMs
  readonly electionJitterMs: DurationMs
  readonly driftPerMille: number
}

export interface RunningReplica {
  readonly host: Host
  readonly peers: Peers
  /** As things are now. */
  readonly measures: () => HostMeasures
  /** Hands the mastership over, makes everything durable, and lets go of port and directory. */
  stop(): Promise<void>
}

export async function startReplica(options: ReplicaOptions): Promise<RunningReplica> {
  const { cellId, cellName, self, directory, configDigest, tls, log, meter } = options
  const records = await openReplicaDirectory({ cellId, cellName, replicaId: self, directory, log })
  const members = options.members.map(({ replicaId, peerAddress }) => ({ replicaId, address: peerAddress }))
  try {
    const peers = await TcpPeers.start({ cellId, self, members, configDigest, tls, log })
    const dice = new Prng(drawSeed())
    const core = new Replica(settingsOf(options), records.revived, dice, systemClock.now())
    const disk = meter === undefined ? records.disk : meteredDisk(records.disk, meter)
    const host = new Host({
      ...{ core, self, disk, seal: sealOf(cellId, self), peers, log },
      ...{ clock: systemClock, timers: systemTimers, onFatal: options.onFatal },
      onTrace: (event) => {
        logTrace(log, event)
        meter?.onTrace(event)
      },
      onTurn: (inputCount) => meter?.onTurn(inputCount),
    })
    host.start()
    let stopping: Promise<void> | undefined
    const stop = async (): Promise<void> => {
      await host.stop()
      await peers.close()
      await records.close()
    }
    const measures = (): HostMeasures => {
      return { ...core.measures(), ...host.callsWaiting, reachableReplicas: peers.reachable() }
    }
    return { host, peers, measures, stop: () => (stopping ??= stop()) }
  } catch (error) {
    await records.close()
    throw error
  }
}

function settingsOf({ cellName, cellId, self, members, timing, administrators }: ReplicaOptions): ReplicaSettings {
  return {
    ...{ cellName, cellId, self, administrators, ...timing },
    replicas: members.map(({ replicaId }) => replicaId),
    doors: new Map(members.map(({ replicaId, doorAddress }) => [replicaId, doorAddress])),
    freshSecrets: {
      handleKey: systemEntropy.bytes(16),
      signingSeeds: [systemEntropy.bytes(32), systemEntropy.bytes(32)],
    },
    ...sizes,
  }
}

/** What needs no setting by operators. */
const sizes = {
  /** Enough to keep the disks of a wide-area cell busy. */
  windowSlots: 256,
  windowBytes: 8 * 1024 * 1024,
  /** A replica that is back within a few thousand writes catches up from the log, without a snapshot. */
  retainedSlots: 10_000,
  retainedBytes: 16 * 1024 * 1024,
  fetchBytes: 1024 * 1024,
  digestEverySlots: 1_000,
  unstoredSlotsMax: 256,
  batchBytes: 1024 * 1024,
  batchCommands: 1_000,
  snapshotPieceBytes: 512 * 1024,
  snapshotPatienceMs: 5_000,
  cacheLeaseMs: limits.cacheLeaseMs,
} as const

/** As large as a safe integer of whole bytes can be. */
function drawSeed(): number {
  return Buffer.from(systemEntropy.bytes(6)).readUIntBE(0, 6)
}
