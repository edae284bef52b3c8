/**
 * The doors of a replica: gRPC and HTTP in front of whatever implements the port `Cell`. Everything a caller can ask of
 * a replica from outside comes in here.
 */
import { assert, present } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import type { Logger } from "../host/logger.ts"
import type { ReplicaTls } from "../host/replica-tls.ts"
import { systemClock } from "../host/system-clock.ts"
import { systemEntropy } from "../host/system-entropy.ts"
import { CellPicture } from "./cell-picture.ts"
import type { Cell, LocalReads } from "./cell.ts"
import type { CellConfig } from "./config.ts"
import { Forwarder } from "./grpc/forwarding.ts"
import { GrpcDoor } from "./grpc/grpc-door.ts"
import { ReplicaChannels } from "./grpc/replica-channels.ts"
import { AnyReplica } from "./http/any-replica.ts"
import { Calls } from "./http/calls.ts"
import { HttpDoor } from "./http/http-door.ts"
import { RequestNumbers } from "./http/request-numbers.ts"
import { resources } from "./http/resources.ts"
import { Metrics } from "./metrics/metrics.ts"
import { openNames } from "./names/open-names.ts"
import { KeyRotation } from "./key-rotation.ts"
import { SignedCell } from "./signed-cell.ts"

export { type CellTls, tlsFilesOf } from "./security-config.ts"
export { BindError, type BindProblem } from "./bind-error.ts"
export { Metrics } from "./metrics/metrics.ts"
export type { Cell, Ticket } from "./cell.ts"
export {
  type CellConfig,
  type CellTiming,
  type ParsedCellConfig,
  type ReplicaAddresses,
  cellConfigDigest,
  parseCellConfig,
  timingDefaults,
} from "./config.ts"

export interface ServerOptions {
  readonly cell: Cell & LocalReads
  readonly config: CellConfig
  /** Which of the replicas in `config` this is. */
  readonly replicaId: ReplicaId
  /** The replica's certificates, if `config` wants any. */
  readonly tls?: ReplicaTls | undefined
  /** Shown at `/metrics`; of a caller who measures more than the doors. */
  readonly metrics?: Metrics
  readonly log: Logger
}

export interface RunningServer {
  readonly grpcPort: number
  readonly httpPort: number
  /** Sends no more callers here, ends what is in flight and closes both doors. The cell goes on. */
  close(): Promise<void>
}

/** Opens both doors, or neither: rejects with a `BindError` if an address can't be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { cell, config, replicaId, tls, metrics = new Metrics(), log } = options
  assert((tls === undefined) === (config.tls === undefined), "a cell with TLS has its certificates at hand")
  const self = present(
    config.replicas.find(({ id }) => id === replicaId),
    "a replica is one of those in its cell's configuration",
  )
  const channels = new ReplicaChannels(config.replicas, tls)
  const picture = new CellPicture(cell, config, self, channels)
  const { administrators, anonymousLookups, cellId } = config
  metrics.measureReplica({ cell: config.cell, replicaId, status: () => cell.status() })
  const signed = new SignedCell(cell, { cellId, now: Date.now, entropy: systemEntropy })
  const forwarder = new Forwarder(channels)
  const grpc = new GrpcDoor({ cell: signed, forwarder, picture, meter: metrics.calls, tls, administrators, log })
  const anyReplica = new AnyReplica(signed, forwarder, metrics.calls.at("http"))
  const names = openNames({ cell, config, channels, picture })
  metrics.measureNames(() => names.service.load)
  const calls = new Calls(anyReplica, new RequestNumbers(replicaId, Date.now))
  const context = {
    ...{ cellName: config.cell, calls, anyReplica, picture, metrics, names: names.service },
    status: () => cell.status(),
    publicKeys: () => signed.keyring.jwks(),
  }
  const rotation = new KeyRotation({
    ...{ cell, everyDays: config.rotateKeysEveryDays, clock: systemClock, entropy: systemEntropy, log },
  })
  const isSecure = config.tls?.http === true
  const addresses = config.replicas.map(({ http }) => http)
  const http = new HttpDoor({
    ...{ isSecure, address: self.http, addresses, tls, anonymousLookups, context, resources, log },
  })
  const close = async (): Promise<void> => {
    rotation.stop()
    await Promise.all([grpc.close(), http.close(), names.close()])
    channels.close()
  }
  try {
    const grpcPort = await grpc.open(self.grpc)
    const httpPort = await http.open(self.http)
    rotation.start()
    return { grpcPort, httpPort, close }
  } catch (reason) {
    await close()
    throw reason
  }
}
