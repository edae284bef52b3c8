/**
 * A simulated cell: its replicas' hosts, the network between them, and the door that clients knock at. Also what one can
 * do to a cell as a whole when the faults are over.
 */
import type { ReplicaId } from "../../src/base/brand.ts"
import { Prng } from "../../src/base/prng.ts"
import { limits } from "../../src/contract/limits.ts"
import type { Reply, Request } from "../../src/contract/requests.ts"
import type { ReplicaSettings } from "../../src/replica/settings.ts"
import { type Door, hintOf } from "./client.ts"
import { fastDisk } from "./disk.ts"
import { type HostTempo, SimulatedHost } from "./host.ts"
import { type Network, fairWeather } from "../../src/testing/network.ts"
import type { WorldOptions } from "./options.ts"
import type { Timeline } from "../../src/testing/time.ts"
import type { Watch } from "./watch.ts"
import { cellName } from "./workload.ts"

/** As its doors know it too. */
export const cellId = "simulated"

const steadyTempo: HostTempo = { turnDelayMax: 100, oversleepMax: 0, frozenTurnsPerMille: 0, frozenTurnMax: 0 }

export class SimulatedCell implements Door {
  readonly replicas: readonly ReplicaId[]
  readonly hosts: readonly SimulatedHost[]
  readonly #network: Network

  constructor(
    options: WorldOptions,
    world: { readonly timeline: Timeline; readonly network: Network; readonly dice: Prng; readonly watch: Watch },
    tempo: HostTempo,
  ) {
    const { timeline, network, dice, watch } = world
    this.#network = network
    this.replicas = Array.from({ length: options.replicaCount }, (_, place) => place + 1)
    this.hosts = this.replicas.map((self) => {
      const settings = settingsOf(options, this.replicas, self, dice)
      const habits = { tempo, splitsFrames: options.splitsFrames, rateErrorMax: options.rateErrorMax }
      return new SimulatedHost(settings, { timeline, network, dice: new Prng(dice.next32()) }, habits, watch)
    })
    for (const host of this.hosts) {
      host.connect((to, from, messages) => {
        watch.delivered(to, messages)
        this.host(to).receive(from, messages)
      })
    }
  }

  host(replicaId: ReplicaId): SimulatedHost {
    const host = this.hosts[replicaId - 1]
    if (host === undefined) throw new RangeError(`there is no replica ${String(replicaId)}`)
    return host
  }

  ask(replicaId: ReplicaId, request: Request, answer: (reply: Reply | undefined) => void): () => void {
    return this.host(replicaId).ask(request, answer)
  }

  /** The replica that takes itself for the master, if there is one. */
  master(): SimulatedHost | undefined {
    return this.hosts.find(({ replica }) => replica?.status().role === "master")
  }

  /** How many more replicas may lose their records without the cell losing what it has promised. */
  get spareMemories(): number {
    const forgetful = this.hosts.filter(({ remembers }) => !remembers).length
    return Math.floor((this.hosts.length - 1) / 2) - forgetful
  }

  /** All faults end: links, disks and processes are as good as new, and everybody runs. */
  heal(): void {
    this.#network.mendAll()
    this.#network.weather = fairWeather
    for (const host of this.hosts) {
      host.tempo = steadyTempo
      host.disk.speed = fastDisk
      host.thaw()
      if (host.isStopping) host.crash("clean stop")
      if (!host.isUp) host.start()
    }
  }

  /** One line per replica, for a run that got stuck. */
  describe(): string[] {
    return this.hosts.map((host) => {
      const status = host.replica?.status()
      const vote = host.isVoting ? "votes" : "does not vote"
      return `replica ${String(host.replicaId)} ${vote} ${status === undefined ? "down" : JSON.stringify(status)}`
    })
  }

  /** Whether all replicas run, vote, and are at the same slot with the same state. */
  hasConverged(): boolean {
    const statuses = this.hosts.map(({ replica }) => replica?.status())
    const first = statuses[0]
    return (
      first !== undefined &&
      this.hosts.every(({ isVoting }) => isVoting) &&
      statuses.every((status) => status?.appliedThrough === first.appliedThrough && status.digest === first.digest)
    )
  }
}

function settingsOf(
  { timing, driftPerMille }: WorldOptions,
  replicas: readonly ReplicaId[],
  self: ReplicaId,
  dice: Prng,
): ReplicaSettings {
  const secret = (length: number): Uint8Array => Uint8Array.from({ length }, () => dice.below(256))
  const { sessionLeaseMs: _session, gracePeriodMs: _grace, ...bounds } = timing
  return {
    ...bounds,
    driftPerMille,
    self,
    replicas,
    administrators: [],
    cacheLeaseMs: limits.cacheLeaseMs,
    retainedBytes: 1_000_000,
    fetchBytes: 2000,
    cellName,
    cellId,
    doors: new Map(replicas.map((replica) => [replica, hintOf(replica)])),
    freshSecrets: { handleKey: secret(16), signingSeeds: [secret(32), secret(32)] },
    batchBytes: 100_000,
    unstoredSlotsMax: timing.retainedSlots / 4,
    snapshotPatienceMs: timing.masterLeaseMs,
  }
}
