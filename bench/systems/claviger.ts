/** Claviger as a system under test: the built command in processes of its own, and the client library as it was built. */
import type { Cell, ConnectOptions, Session } from "../../src/client/index.ts"
import { limits } from "../../src/contract/limits.ts"
import { RunningCell } from "../../test/system/support/running-cell.ts"
import { notYet, until } from "../../test/system/support/until.ts"
import type { BenchClient } from "../bench-client.ts"
import { ClavigerClient, connect, pathOf, readOf } from "../clients/claviger.ts"
import type {
  CachingSession,
  FleetOptions,
  Member,
  RunningSystem,
  SessionFleet,
  SystemUnderTest,
} from "../system-under-test.ts"

export const claviger: SystemUnderTest = {
  name: "claviger",
  absence: () => undefined,
  start: async (directory, memberCount) =>
    new RunningClaviger(await RunningCell.launch({ directory, replicaCount: memberCount })),
}

/** That a slot is chosen the others hear with the next one, so the last of all may be unknown to them for a while. */
const slotsBehindMax = 2

class RunningClaviger implements RunningSystem {
  readonly version = "this tree"
  readonly settings = "defaults"
  readonly #cell: RunningCell

  constructor(cell: RunningCell) {
    this.#cell = cell
  }

  get addresses(): readonly string[] {
    return this.#cell.addresses
  }

  async members(): Promise<readonly Member[]> {
    const reports = await this.#cell.reports()
    return this.#cell.ids.map((id) => {
      const report = reports.find(({ replicaId }) => replicaId === id)
      if (report === undefined) return { id, pid: 0, isLeader: false, appliedThrough: 0, firstLogEntry: undefined }
      const { pid, role, appliedThrough, firstLogSlot } = report
      return { id, pid, isLeader: role === "master", appliedThrough, firstLogEntry: firstLogSlot }
    })
  }

  async leader(): Promise<Member> {
    const { replicaId } = await this.#cell.master(30_000)
    const member = (await this.members()).find(({ id }) => id === replicaId)
    if (member === undefined) throw new Error(`replica ${replicaId} is no member`)
    return member
  }

  async untilLevel(ids: readonly number[] = this.#cell.ids): Promise<void> {
    await this.#cell.untilServing(ids)
    await until(`replicas ${ids.join(", ")} are level`, { withinMs: 120_000, everyMs: 20 }, async () => {
      // First the master, then the others: who has all that the master had a moment ago is level, writes or no writes.
      const { appliedThrough } = await this.#cell.master()
      const reports = await this.#cell.reports()
      const level = reports.filter((report) => report.appliedThrough >= appliedThrough - slotsBehindMax)
      return ids.every((id) => level.some(({ replicaId }) => replicaId === id)) ? true : notYet(appliedThrough)
    })
  }

  async connect(): Promise<BenchClient> {
    return await ClavigerClient.open({ addresses: this.addresses, isOneOfMany: false })
  }

  async lookUpUrl(id: number, key: string): Promise<string> {
    const { http } = await this.#cell.report(id)
    return `http://${http}/v1/names/${key}`
  }

  async openSessions(options: FleetOptions): Promise<SessionFleet> {
    return await ClavigerFleet.open(this.#cell.addresses, options)
  }

  async kill(id: number): Promise<void> {
    await this.#cell.kill(id)
  }

  async endCleanly(id: number): Promise<void> {
    await this.#cell.endCleanly(id)
  }

  async restart(id: number): Promise<void> {
    await this.#cell.restart(id)
  }

  directoryOf(id: number): string {
    return this.#cell.replicaDirectory(id)
  }

  tellLogs(): string {
    return this.#cell.tellLogs()
  }

  async end(): Promise<void> {
    await this.#cell.end()
  }
}

class ClavigerFleet implements SessionFleet {
  readonly sessions: readonly CachingSession[]
  readonly keepAliveEveryMs = limits.sessionLeaseMsDefault / 2
  readonly #cells: readonly Cell[]
  readonly #opened: readonly Session[]

  private constructor(cells: readonly Cell[], opened: readonly Session[]) {
    this.#cells = cells
    this.#opened = opened
    this.sessions = opened.map((session) => new ClavigerSession(session))
  }

  static async open(replicas: readonly string[], options: FleetOptions): Promise<ClavigerFleet> {
    const { count, connections, cacheBytesMax } = options
    // A thread for each connection would be a thread for each session.
    const common: ConnectOptions = { replicas, name: "bench", keepAlives: connections === "one" ? "worker" : "main" }
    const cells = await Promise.all(Array.from({ length: connections === "one" ? 1 : count }, () => connect(common)))
    const opened: Session[] = []
    while (opened.length < count) {
      const places = Array.from(
        { length: Math.min(openedAtATime, count - opened.length) },
        (_, step) => opened.length + step,
      )
      const opening = places.map((place) => cellOf(cells, place).openSession({ cacheBytesMax }))
      opened.push(...(await Promise.all(opening)))
    }
    return new ClavigerFleet(cells, opened)
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((session) => session.close()))
    for (const cell of this.#cells) await cell.close()
  }
}

const openedAtATime = 200

function cellOf(cells: readonly Cell[], place: number): Cell {
  const cell = cells[place % cells.length]
  if (cell === undefined) throw new Error("there is no connection")
  return cell
}

class ClavigerSession implements CachingSession {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  get isAlive(): boolean {
    return this.#session.standing === "safe"
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return await readOf(this.#session, key)
  }

  cached(key: string): Uint8Array | undefined {
    const known = this.#session.cached(pathOf(key))
    return known === "absent" ? undefined : known?.contents
  }
}
