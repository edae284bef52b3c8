/**
 * The cell as this replica pictures it: it asks all the others how they are, waits a moment, and puts the answers
 * together. Nothing here goes through Paxos, so the picture can be had when the cell serves nobody, which is when it is
 * wanted most.
 */
import type { Client } from "@grpc/grpc-js"
import type { ReplicaId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { cellStatusOf, type CellStatus, type ReplicaReport } from "../contract/cell-status.ts"
import { reportFromWire } from "../wire/admin-messages.ts"
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

  /** What another replica knows of itself; undefined if it doesn't say so in time. */
  async ask(replicaId: ReplicaId): Promise<ReplicaReport | undefined> {
    const other = this.#config.replicas.find(({ id }) => id === replicaId)
    return other && (await ask(this.#channels.to(other.grpc)))
  }

  async take(): Promise<CellStatus> {
    const { cell, replicas } = this.#config
    const reports = new Map<ReplicaId, ReplicaReport>()
    const asked = replicas.map(async ({ id, grpc }) => {
      const report = id === this.#self.id ? this.report() : await ask(this.#channels.to(grpc))
      if (report !== undefined) reports.set(id, report)
    })
    await Promise.all(asked)
    return cellStatusOf(cell, replicas, reports)
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
