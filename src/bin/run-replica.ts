/**
 * A replica in a process of its own: configuration, founding, host, doors, and the ways in which it ends. The one place
 * where all of them meet.
 */
import { isLoopback } from "../base/address.ts"
import { deferred } from "../base/deferred.ts"
import { isFounded, markFounded, readCellFile, replicaDirectory } from "../cli/cell-directory.ts"
import { exitCodes } from "../cli/exit-codes.ts"
import { Failure } from "../cli/failure.ts"
import type { ReplicaNews } from "../cli/replica-news.ts"
import type { ReplicaToRun } from "../cli/services.ts"
import { DiskFailedError } from "../host/disk-errors.ts"
import { foundReplica } from "../host/replica-directory.ts"
import type { Logger } from "../host/logger.ts"
import { startReplica, type ReplicaOptions, type RunningReplica } from "../host/start-replica.ts"
import {
  cellConfigDigest,
  Metrics,
  parseCellConfig,
  startServer,
  type CellConfig,
  type ReplicaAddresses,
  type RunningServer,
} from "../server/index.ts"
import { jsonLogger } from "./json-logger.ts"
import { certificatesOf, hostOf } from "./replica-certificates.ts"
import { failureOf } from "./start-failure.ts"

interface Running {
  readonly replica: RunningReplica
  readonly server: RunningServer
}

export async function runReplica(wanted: ReplicaToRun): Promise<number> {
  const ended = deferred<number>()
  const log = jsonLogger({ replica: wanted.id })
  const onFatal = (reason: Error): void => {
    log.error({ reason: reason.stack }, "this replica can't go on")
    ended.resolve(reason instanceof DiskFailedError ? exitCodes.disk : exitCodes.internal)
  }
  const running = await start(wanted, { log, onFatal }).catch((reason: unknown) => {
    const failure = failureOf(reason)
    report({ kind: "failed", message: failure.message, exitCode: failure.exitCode })
    throw failure
  })
  log.info({ grpcPort: running.server.grpcPort, httpPort: running.server.httpPort }, "the doors are open")
  report({ kind: "started" })

  const stop = (why: string): void => {
    log.info({ why }, "stopping")
    ended.resolve(exitCodes.ok)
  }
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => stop(signal))
  // The launcher is gone, however that came about: replicas that nobody sees would keep its ports.
  process.on("disconnect", () => stop("the launcher has ended"))

  const exitCode = await ended.promise
  if (exitCode === exitCodes.ok) await close(running)
  log.info({ exitCode }, "stopped")
  // After a failure nothing may run on: not a timer, not a reply that waits to be sent.
  process.exit(exitCode)
}

async function start(wanted: ReplicaToRun, ways: Pick<ReplicaOptions, "log" | "onFatal">): Promise<Running> {
  const { id, directory, isFounding } = wanted
  const config = readCellFile(directory, parseCellConfig)
  if (config === undefined) {
    throw new Failure(exitCodes.setup, `there is no cell in ${directory}. Name its directory with --data`)
  }
  const self = config.replicas.find((each) => each.id === id)
  if (self === undefined) {
    const ids = config.replicas.map((each) => each.id).join(", ")
    throw new Failure(exitCodes.usage, `the cell ${config.cell} has no replica ${id}; its replicas are ${ids}`)
  }
  const tls = certificatesOf(config, self, directory, ways.log)
  if (tls === undefined) warnIfExposed(self, ways.log)
  const metrics = new Metrics()
  const options: ReplicaOptions = { ...replicaOptions(config, wanted), tls, meter: metrics.meterReplica(), ...ways }
  if (isFounding) await found(options, directory)
  const replica = await startReplica(options)
  metrics.measureHost(replica.measures)
  metrics.measureProcess()
  try {
    const server = await startServer({ cell: replica.host, config, replicaId: id, tls, metrics, log: ways.log })
    return { replica, server }
  } catch (reason) {
    await replica.stop()
    throw reason
  }
}

function replicaOptions(config: CellConfig, wanted: ReplicaToRun): Omit<ReplicaOptions, "log" | "onFatal"> {
  return {
    cellName: config.cell,
    cellId: config.cellId,
    self: wanted.id,
    members: config.replicas.map(({ id, peer, grpc }) => ({ replicaId: id, peerAddress: peer, doorAddress: grpc })),
    timing: config.timing,
    configDigest: cellConfigDigest(config),
    directory: replicaDirectory(wanted.directory, wanted.id),
    administrators: config.administrators,
  }
}

/** A cell of plain text has no business outside of its machine. */
function warnIfExposed({ grpc, http, peer }: ReplicaAddresses, log: Logger): void {
  const exposed = [grpc, http, peer].filter((address) => !isLoopback(hostOf(address)))
  if (exposed.length === 0) return
  log.warn({ exposed }, "NO TLS: whoever can reach these addresses can do everything, and speak as a replica")
}

/** Marked after it is done: a replica that was interrupted in between is founded once more, which does no harm. */
async function found({ cellId, cellName, self, directory, log }: ReplicaOptions, cellDirectory: string): Promise<void> {
  if (isFounded(cellDirectory, self)) {
    const advice = "Start it without --found: it learns from the others what it has lost"
    throw new Failure(exitCodes.setup, `replica ${self} was founded before. ${advice}`)
  }
  await foundReplica({ cellId, cellName, replicaId: self, directory, log })
  markFounded(cellDirectory, self)
}

/** Callers are answered before their streams end, and the mastership is handed over before both. */
async function close({ replica, server }: Running): Promise<void> {
  await replica.host.stop()
  await server.close()
  await replica.stop()
}

/** To the launcher, if one has started this process. */
function report(news: ReplicaNews): void {
  if (process.send !== undefined && process.connected) process.send(news)
}
