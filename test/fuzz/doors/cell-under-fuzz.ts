/**
 * A cell of one replica with both its doors, on a real disk and real sockets, that keeps a record of what it should never
 * have to say: every error it logs.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { Logger } from "../../../src/host/logger.ts"
import { foundReplica } from "../../../src/host/replica-directory.ts"
import { type RunningReplica, startReplica } from "../../../src/host/start-replica.ts"
import { type CellConfig, Metrics, startServer, timingDefaults } from "../../../src/server/index.ts"
import { freePortBlock } from "../../system/support/free-ports.ts"

/** How the cell is, as far as its callers can't see it. */
export interface Look {
  /** What it has logged as errors since it started. */
  readonly errors: readonly string[]
  readonly rssBytes: number
  /** What is in use on and off the heap, after a collection if the process has been started with one to call. */
  readonly heapBytes: number
  /** Calls that wait for an answer. */
  readonly waitingCalls: number
  readonly sessions: number
  readonly nodes: number
}

export interface CellUnderFuzz {
  /** `host:port` of each door. */
  readonly grpc: string
  readonly http: string
  /** Undefined: the cell's process has ended. */
  look(): Promise<Look | undefined>
  stop(): Promise<void>
}

const cellName = "test"

export async function startCellUnderFuzz(): Promise<CellUnderFuzz> {
  const directory = mkdtempSync(join(tmpdir(), "claviger-fuzz-"))
  const errors: string[] = []
  const note = (fields: object, message: string): void => void errors.push(`${message}: ${JSON.stringify(fields)}`)
  const log: Logger = { info: () => {}, warn: () => {}, error: note }
  const config = await configOf()
  const { replica, stop } = await start(config, directory, log, (reason) => note({ reason: reason.stack }, "fatal"))
  while (replica.host.status().role !== "master") await delay(10)
  const { grpc = "", http = "" } = config.replicas[0] ?? {}
  return {
    ...{ grpc, http },
    look: () => Promise.resolve(lookAt(replica, errors)),
    stop: async () => {
      await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function configOf(): Promise<CellConfig> {
  const base = await freePortBlock(3)
  const address = (offset: number): string => `127.0.0.1:${base + offset}`
  return {
    ...{ cell: cellName, cellId: "cell-under-fuzz", timing: timingDefaults, tls: undefined, rotateKeysEveryDays: 0 },
    replicas: [{ id: 1, grpc: address(0), http: address(1), peer: address(2) }],
    ...{ administrators: ["anonymous"], anonymousLookups: false },
  }
}

async function start(
  config: CellConfig,
  directory: string,
  log: Logger,
  onFatal: (reason: Error) => void,
): Promise<{ readonly replica: RunningReplica; readonly stop: () => Promise<void> }> {
  const { cell, cellId, replicas, timing, administrators } = config
  const own = { cellName: cell, cellId, directory, log }
  const members = replicas.map(({ id, peer, grpc }) => ({ replicaId: id, peerAddress: peer, doorAddress: grpc }))
  await foundReplica({ ...own, replicaId: 1 })
  const metrics = new Metrics()
  const replica = await startReplica({
    ...{ ...own, self: 1, members, configDigest: "digest", timing, administrators, onFatal },
    meter: metrics.meterReplica(),
  })
  metrics.measureHost(replica.measures)
  const server = await startServer({ cell: replica.host, config, replicaId: 1, metrics, log })
  const stop = async (): Promise<void> => {
    await server.close()
    await replica.stop()
  }
  return { replica, stop }
}

function lookAt(replica: RunningReplica, errors: readonly string[]): Look {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const { sessionCount, nodeCount } = replica.host.status()
  const { outstandingCalls } = replica.measures()
  return {
    ...{ errors, rssBytes: rss, heapBytes: heapUsed + external },
    ...{ waitingCalls: outstandingCalls, sessions: sessionCount, nodes: nodeCount },
  }
}
