/**
 * The cell as this replica pictures it: it asks all the others how they are, waits a moment, and puts the answers
 * together. Nothing here goes through Paxos, so the picture can be had when the cell serves nobody, which is when it is
 * wanted most.
 */
import type { Client } from "@grpc/grpc-js"
import type { DurationMs } from "../base/instant.ts"
import { type CellReplica, type CellStatus, type ReplicaReport, reportFromWire } from "../wire/admin-messages.ts"
import { adminService } from "../wire/load.ts"
import type { Cell } from "./cell.ts"
import type { CellConfig, ReplicaAddresses } from "./config.ts"
import type { ReplicaChannels } from "./grpc/replica-channels.ts"
import { version } from "./version.ts"

const patienceMs: DurationMs = 1000

export class CellPicture {
  readonly #cell: Pick<Cell, "status">
  readonly #config: CellConfig
  readonly #self: ReplicaAddresses
  readonly #channels: ReplicaChannels

  constructor(cell: Pick<Cell, "status">, config: CellConfig, self: ReplicaAddresses, channels: ReplicaChannels) {
    this.#cell = cell
    this.#config = config
    this.#self = self
    this.#channels = channels
  }

  /** What this replica knows of itself. */
  report(): ReplicaReport {
    const { grpc, http, peer } = this.#self
    return { ...this.#cell.status(), pid: process.pid, version, grpc, http, peer }
  }

  async take(): Promise<CellStatus> {
    const asked = this.#config.replicas.map(async (replica) =>
      replica.id === this.#self.id ? this.report() : ask(this.#channels.to(replica.grpc)),
    )
    return compose(this.#config, await Promise.all(asked))
  }
}

/** The report of another replica; undefined if it doesn't come in time, or isn't one. */
function ask(client: Client): Promise<ReplicaReport | undefined> {
  const { path, requestSerialize, responseDeserialize } = adminService.GetStatus
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      {},
      { deadline: Date.now() + patienceMs },
      (_error, message) => {
        try {
          resolve(message === undefined ? undefined : reportFromWire(message))
        } catch {
          // What can't be understood counts as no answer: the picture shows the replica as down.
          resolve(undefined)
        }
      },
    )
  })
}

/** `reports`: of the replicas of `config`, in the same order. */
export function compose(config: CellConfig, reports: readonly (ReplicaReport | undefined)[]): CellStatus {
  const heard = reports.filter((report) => report !== undefined)
  // One that was deposed and doesn't know it yet still calls itself master, of an earlier epoch.
  const [master] = heard.filter(({ role }) => role === "master").sort((left, right) => right.epoch - left.epoch)
  const voterCount = heard.filter(({ role }) => role !== "learner").length
  const spareCount = voterCount - (Math.floor(config.replicas.length / 2) + 1)
  return {
    cell: config.cell,
    epoch: Math.max(0, ...heard.map(({ epoch }) => epoch)),
    master: master?.replicaId ?? 0,
    // The master knows who follows it, this replica who answers: what both count is safe to lose. But while there is
    // a master the cell serves, however few can be reached from here.
    canLose: master === undefined ? spareCount : Math.max(0, Math.min(master.canLose, spareCount)),
    replicas: config.replicas.map((replica, index) => describe(replica, reports[index], master)),
  }
}

function describe(
  { id, grpc, http }: ReplicaAddresses,
  report: ReplicaReport | undefined,
  master: ReplicaReport | undefined,
): CellReplica {
  if (report === undefined) {
    return { id, role: "down", pid: 0, grpc, http, chosenThrough: 0, appliedThrough: 0, version: "" }
  }
  const { pid, chosenThrough, appliedThrough } = report
  const role = report.role === "master" && report !== master ? "replica" : report.role
  return { id, role, pid, grpc, http, chosenThrough, appliedThrough, version: report.version }
}
