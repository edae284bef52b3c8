/** A cell of three replicas in this process: real disks, real sockets, real doors. */
import { afterAll, beforeAll, vi } from "vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Logger, silentLogger } from "../../src/host/logger.ts"
import { foundReplica } from "../../src/host/replica-directory.ts"
import { type RunningReplica, startReplica } from "../../src/host/start-replica.ts"
import { type CellConfig, Metrics, type RunningServer, startServer, timingDefaults } from "../../src/server/index.ts"
import { freePortBlock } from "../system/support/free-ports.ts"

export interface ServedReplica {
  readonly replica: RunningReplica
  readonly server: RunningServer
  /** `host:port` of its gRPC door. */
  readonly grpc: string
  /** The URL of its HTTP door. */
  readonly http: string
}

export interface ServedCell {
  /** All are to be asked in tests only. */
  readonly master: ServedReplica
  /** One that is not master. */
  readonly other: ServedReplica
}

const ids = [1, 2, 3]

/** Started before the first test of a file and stopped after the last. */
export function servedCell(cellName: string, log: Logger = silentLogger): ServedCell {
  const directory = mkdtempSync(join(tmpdir(), "claviger-"))
  let replicas: readonly ServedReplica[] = []
  const find = (isMaster: boolean): ServedReplica => {
    const found = replicas.find(({ replica }) => (replica.host.status().role === "master") === isMaster)
    if (found === undefined) throw new Error("there is no such replica")
    return found
  }
  beforeAll(async () => {
    replicas = await start(await configOf(cellName), directory, log)
    await vi.waitFor(() => find(true), { timeout: 15_000, interval: 10 })
  })
  afterAll(async () => {
    await Promise.all(replicas.map(({ server }) => server.close()))
    await Promise.all(replicas.map(({ replica }) => replica.stop()))
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    get master() {
      return find(true)
    },
    get other() {
      return find(false)
    },
  }
}

async function configOf(cell: string): Promise<CellConfig> {
  const base = await freePortBlock(3 * ids.length)
  const address = (offset: number): string => `127.0.0.1:${base + offset}`
  const replicas = ids.map((id) => ({ id, grpc: address(id - 1), http: address(id + 2), peer: address(id + 5) }))
  return {
    ...{ cell, cellId: "some-cell-id", replicas, timing: timingDefaults },
    ...{ tls: undefined, administrators: ["anonymous"], anonymousLookups: false, rotateKeysEveryDays: 0 },
  }
}

async function start(config: CellConfig, directory: string, log: Logger): Promise<readonly ServedReplica[]> {
  const { cell: cellName, cellId, replicas, timing, administrators } = config
  const members = replicas.map(({ id, peer, grpc }) => ({ replicaId: id, peerAddress: peer, doorAddress: grpc }))
  return Promise.all(
    replicas.map(async ({ id, grpc, http }) => {
      const own = { cellName, cellId, directory: join(directory, String(id)), log }
      await foundReplica({ ...own, replicaId: id })
      const metrics = new Metrics()
      const replica = await startReplica({
        ...{ ...own, self: id, members, configDigest: "digest", timing, administrators },
        meter: metrics.meterReplica(),
        onFatal: (reason) => {
          throw reason
        },
      })
      metrics.measureHost(replica.measures)
      const server = await startServer({ cell: replica.host, config, replicaId: id, metrics, log })
      return { replica, server, grpc, http: `http://${http}` }
    }),
  )
}
