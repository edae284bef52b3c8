/** The name service of a replica, put together from what its doors have. */
import { Cell } from "../../client/cell.ts"
import { grpcPipesOf } from "../../client/grpc-pipe.ts"
import { StreamTransport } from "../../client/stream-transport.ts"
import { machineSurroundings } from "../../client/surroundings.ts"
import type { CellPicture } from "../cell-picture.ts"
import type { Cell as LocalCell, LocalReads } from "../cell.ts"
import type { CellConfig } from "../config.ts"
import { onBehalfOf } from "../grpc/forwarding.ts"
import type { ReplicaChannels } from "../grpc/replica-channels.ts"
import { StateAge } from "../state-age.ts"
import { NameService } from "./name-service.ts"
import { PrincipalLine } from "./principal-line.ts"
import { PrincipalLines } from "./principal-lines.ts"

export interface NamesParts {
  readonly cell: Pick<LocalCell, "status"> & LocalReads
  readonly config: CellConfig
  readonly channels: ReplicaChannels
  readonly picture: CellPicture
}

export interface OpenNames {
  readonly service: NameService
  close(): Promise<void>
}

/** Nothing is asked of the cell before somebody looks a name up, but how old the state is here. */
export function openNames({ cell, config, channels, picture }: NamesParts): OpenNames {
  const surroundings = machineSurroundings()
  const replicas = config.replicas.map(({ grpc }) => grpc)
  const { replicaId } = cell.status()
  const lines = new PrincipalLines((principal) => {
    const origin = { channelTo: (address: string) => channels.calling(address), metadata: onBehalfOf(principal) }
    // Sessions live in this very thread: one that is too busy to keep them alive is too busy to look names up.
    const client = new Cell({ replicas }, new StreamTransport(grpcPipesOf(origin)), surroundings)
    return new PrincipalLine(client, { sessionName: `names of replica ${replicaId}`, surroundings })
  }, surroundings)
  const age = new StateAge({ status: () => cell.status(), ask: (id) => picture.ask(id), surroundings })
  const service = new NameService({ cellName: config.cell, lines, replica: cell, age, surroundings })
  const close = async (): Promise<void> => {
    age.close()
    await service.close()
  }
  return { service, close }
}
