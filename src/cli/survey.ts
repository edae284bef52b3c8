/** Asks replicas, each by itself and all at once, and puts their answers together. */
import type { ReplicaId } from "../base/brand.ts"
import { ReplicaAdmin } from "../client/admin.ts"
import { cellStatusOf, type CellStatus, type KnownReplica, type ReplicaReport } from "../contract/cell-status.ts"

const answerWithinMs = 1_000

/** For a cell whose replicas are known; keeps its connections from one survey to the next. */
export class Survey {
  readonly #cell: string
  readonly #known: readonly KnownReplica[]
  readonly #admins: ReadonlyMap<ReplicaId, ReplicaAdmin>

  constructor(cell: string, known: readonly KnownReplica[]) {
    this.#cell = cell
    this.#known = known
    this.#admins = new Map(known.map(({ id, grpc }) => [id, new ReplicaAdmin(grpc)]))
  }

  async take(): Promise<CellStatus> {
    const reports = new Map<ReplicaId, ReplicaReport>()
    const asked = [...this.#admins].map(async ([id, admin]) => {
      const report = await reportOf(admin)
      // At the address of one replica another program, or another cell, may be listening by now.
      if (report?.replicaId === id && report.cell === this.#cell) reports.set(id, report)
    })
    await Promise.all(asked)
    return cellStatusOf(this.#cell, this.#known, reports)
  }

  close(): void {
    for (const admin of this.#admins.values()) admin.close()
  }
}

/** For a cell of which only some addresses are known. Undefined: nobody answers. */
export async function discover(addresses: readonly string[]): Promise<Survey | undefined> {
  const admins = addresses.map((address) => new ReplicaAdmin(address))
  try {
    const signal = AbortSignal.timeout(2 * answerWithinMs)
    const { cell, replicas } = await Promise.any(admins.map(async (admin) => await admin.getCellStatus({ signal })))
    return new Survey(cell, replicas)
  } catch {
    // Nobody could be reached: each reason would say that for one address.
    return undefined
  } finally {
    for (const admin of admins) admin.close()
  }
}

async function reportOf(admin: ReplicaAdmin): Promise<ReplicaReport | undefined> {
  try {
    return await admin.getStatus({ signal: AbortSignal.timeout(answerWithinMs) })
  } catch {
    return undefined
  }
}
