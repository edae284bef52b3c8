/** Claviger as a system under test: the built command, five processes, the client library of this repository. */
import { CellError, connect, type Cell, type Session } from "../../src/client/index.ts"
import { RunningCell } from "../../test/system/support/running-cell.ts"
import { notYet, until } from "../../test/system/support/until.ts"
import type { BenchClient, Member, RunningSystem, SystemUnderTest } from "../system-under-test.ts"

export const claviger: SystemUnderTest = {
  name: "claviger",
  start: async (directory) => new RunningClaviger(await RunningCell.launch({ directory })),
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
    return await ClavigerClient.open(this.#cell.addresses)
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

class ClavigerClient implements BenchClient {
  readonly #cell: Cell
  readonly #session: Session

  private constructor(cell: Cell, session: Session) {
    this.#cell = cell
    this.#session = session
  }

  static async open(replicas: readonly string[]): Promise<ClavigerClient> {
    const cell = await connect({ replicas, name: "bench" })
    return new ClavigerClient(cell, await cell.openSession())
  }

  async write(key: string, contents: Uint8Array): Promise<void> {
    await this.#session.set(pathOf(key), contents)
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      return (await this.#session.get(pathOf(key))).contents
    } catch (error) {
      if (error instanceof CellError && error.code === "NODE_NOT_FOUND") return undefined
      throw error
    }
  }

  async lockAndUnlock(key: string): Promise<void> {
    const lock = await this.#session.acquire(pathOf(key))
    await lock.release()
  }

  async close(): Promise<void> {
    await this.#session.close()
    await this.#cell.close()
  }
}

function pathOf(key: string): string {
  return `/ls/local/${key}`
}
