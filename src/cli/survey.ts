/** Asks replicas, each by itself and all at once, and puts their answers together. */
import type { ReplicaId } from "../base/brand.ts"
import type { DurationMs } from "../base/instant.ts"
import { ReplicaAdmin } from "../client/admin.ts"
import { CellError } from "../client/errors.ts"
import type { ClientTls } from "../client/tls.ts"
import { cellStatusOf, type CellStatus, type KnownReplica, type ReplicaReport } from "../contract/cell-status.ts"
import { nobodyAnswers, nobodyThere } from "./nobody-listens.ts"

/** What came of asking around. */
export interface Surveyed {
  readonly picture: CellStatus
  /** Replicas that are down in the picture because they kept silent; the others refused the connection. */
  readonly silent: ReadonlySet<ReplicaId>
}

/** For a cell whose replicas are known; keeps its connections from one survey to the next. */
export class Survey {
  readonly #cell: string
  readonly #known: readonly KnownReplica[]
  readonly #patienceMs: DurationMs
  readonly #admins: ReadonlyMap<ReplicaId, ReplicaAdmin>

  /** `patienceMs`: how long a replica may take to answer; one on a busy machine takes a while. */
  constructor(cell: string, known: readonly KnownReplica[], patienceMs: DurationMs, tls?: ClientTls) {
    this.#cell = cell
    this.#patienceMs = patienceMs
    this.#known = known
    this.#admins = new Map(known.map(({ id, grpc }) => [id, new ReplicaAdmin(grpc, tls)]))
  }

  async take(): Promise<Surveyed> {
    const reports = new Map<ReplicaId, ReplicaReport>()
    const silent = new Set<ReplicaId>()
    const asked = [...this.#admins].map(async ([id, admin]) => {
      const report = await answerOf(admin, this.#patienceMs)
      if (report === "silent") silent.add(id)
      // At the address of one replica another program, or another cell, may be listening by now.
      else if (report !== "refused" && report.replicaId === id && report.cell === this.#cell) reports.set(id, report)
    })
    await Promise.all(asked)
    return { picture: cellStatusOf(this.#cell, this.#known, reports), silent }
  }

  close(): void {
    for (const admin of this.#admins.values()) admin.close()
  }
}

/**
 * For a cell of which only some addresses are known. Whoever is asked for the cell asks the others in turn, and waits for
 * those that keep silent: so the larger part of the time goes into this.
 */
export async function discover(addresses: readonly string[], patienceMs: DurationMs, tls?: ClientTls): Promise<Survey> {
  const admins = addresses.map((address) => new ReplicaAdmin(address, tls))
  const ownPatienceMs = Math.ceil(patienceMs / 3)
  const signal = AbortSignal.timeout(patienceMs - ownPatienceMs)
  const { cell, replicas } = await askAny(addresses, admins, async (admin) => await admin.getCellStatus({ signal }))
  return new Survey(cell, replicas, ownPatienceMs, tls)
}

/** The first answer that any of the replicas gives; if none does, what is the matter with them. Closes the connections. */
export async function askAny<Answer>(
  addresses: readonly string[],
  admins: readonly ReplicaAdmin[],
  ask: (admin: ReplicaAdmin) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await Promise.any(admins.map(ask))
  } catch (reason) {
    if (!(reason instanceof AggregateError)) throw reason
    const refusal = reason.errors.find(isRefusal)
    if (refusal !== undefined) throw refusal
    if (reason.errors.some(isSilence)) throw nobodyAnswers(addresses)
    throw nobodyThere(addresses)
  } finally {
    for (const admin of admins) admin.close()
  }
}

async function answerOf(admin: ReplicaAdmin, patienceMs: DurationMs): Promise<ReplicaReport | "refused" | "silent"> {
  try {
    return await admin.getStatus({ signal: AbortSignal.timeout(patienceMs) })
  } catch (reason) {
    return isSilence(reason) ? "silent" : "refused"
  }
}

/** Somebody is there, and does not want us, or has said why not: no connection that failed leaves the outcome known. */
function isRefusal(reason: unknown): reason is CellError {
  if (!(reason instanceof CellError)) return false
  const { code, details } = reason
  return code === "UNAUTHENTICATED" || code === "PERMISSION_DENIED" || !details.outcomeUnknown
}

/** Only a deadline ends a silence. A replica that is gone shows at once, by refusing the connection. */
function isSilence(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError"
}
