/**
 * The doors of a replica: gRPC and HTTP in front of whatever implements the port `Cell`. Everything a caller can ask of
 * a replica from outside comes in here.
 */
import { assert, present } from "../base/assert.ts"
import type { ReplicaId } from "../base/brand.ts"
import type { Logger } from "../host/logger.ts"
import type { ReplicaTls } from "../host/replica-tls.ts"
import { CellPicture } from "./cell-picture.ts"
import type { Cell } from "./cell.ts"
import type { CellConfig } from "./config.ts"
import { GrpcDoor } from "./grpc/grpc-door.ts"
import { ReplicaChannels } from "./grpc/replica-channels.ts"
import { HttpDoor } from "./http/http-door.ts"
import { SignedCell } from "./signed-cell.ts"

export { type CellTls, tlsFilesOf } from "./security-config.ts"
export { BindError, type BindProblem } from "./bind-error.ts"
export type { Cell, Ticket } from "./cell.ts"
export {
  type CellConfig,
  type CellTiming,
  type Parsed,
  type ReplicaAddresses,
  type ReplicaConfig,
  cellConfigDigest,
  parseCellConfig,
  parseReplicaConfig,
  timingDefaults,
} from "./config.ts"

export interface ServerOptions {
  readonly cell: Cell
  readonly config: CellConfig
  /** Which of the replicas in `config` this is. */
  readonly replicaId: ReplicaId
  /** The replica's certificates, if `config` wants any. */
  readonly tls?: ReplicaTls | undefined
  readonly log: Logger
}

export interface RunningServer {
  readonly grpcPort: number
  readonly httpPort: number
  /** Sends no more callers here, ends what is in flight and closes both doors. The cell goes on. */
  close(): Promise<void>
}

/** Opens both doors, or neither: rejects with a `BindError` if an address can't be had. */
export async function startServer({ cell, config, replicaId, tls, log }: ServerOptions): Promise<RunningServer> {
  assert((tls === undefined) === (config.tls === undefined), "a cell with TLS has its certificates at hand")
  const self = present(
    config.replicas.find(({ id }) => id === replicaId),
    "a replica is one of those in its cell's configuration",
  )
  const channels = new ReplicaChannels(config.replicas, tls)
  const picture = new CellPicture(cell, config, self, channels)
  const { administrators } = config
  const grpc = new GrpcDoor({ cell: new SignedCell(cell), channels, picture, tls, administrators, log })
  const http = new HttpDoor(() => cell.status(), picture, config.tls?.http === true ? tls : undefined)
  const close = async (): Promise<void> => {
    await Promise.all([grpc.close(), http.close()])
    channels.close()
  }
  try {
    const grpcPort = await grpc.open(self.grpc)
    const httpPort = await http.open(self.http)
    return { grpcPort, httpPort, close }
  } catch (reason) {
    await close()
    throw reason
  }
}
