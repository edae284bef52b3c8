/** Doors of a cell with certificates, and knocking at them as one person or another. */
import { Client } from "@grpc/grpc-js"
import { channelsWith } from "../../../src/client/channels.ts"
import type { Logger } from "../../../src/host/logger.ts"
import { silentLogger } from "../../../src/host/logger.ts"
import type { Cell, LocalReads } from "../../../src/server/cell.ts"
import type { CellConfig } from "../../../src/server/config.ts"
import { startServer } from "../../../src/server/index.ts"
import type { Issued } from "../../support/certificates.ts"
import type { CellCertificates } from "../../support/tls-cell.ts"
import { type Door, configOf } from "./loopback.ts"

/** The name in `configOf`. */
export const cellName = "test"

export interface SecureDoor extends Door {
  /** The same door, as whoever shows this certificate sees it; text stands for a client of that name. */
  as(shown: Issued | string): Door
}

interface SecureDoorOptions {
  readonly id?: 1 | 2
  readonly grpc?: Parameters<typeof configOf>[0]
  readonly log?: Logger
  readonly http?: boolean
  readonly anonymousLookups?: boolean
}

const opened: { close(): Promise<void> }[] = []

export async function openSecureDoor(
  certificates: CellCertificates,
  cell: Cell & LocalReads,
  { id = 1, grpc = {}, log = silentLogger, http = false, anonymousLookups = false }: SecureDoorOptions = {},
): Promise<SecureDoor> {
  const config: CellConfig = {
    ...configOf({ ...grpc, [id]: "127.0.0.1:0" }),
    tls: { certificate: "", privateKey: "", peerAuthority: "", clientAuthority: "", http },
    ...{ administrators: ["root"], anonymousLookups },
  }
  const server = await startServer({ cell, config, replicaId: id, tls: certificates.replica(id), log })
  opened.push(server)
  const address = `127.0.0.1:${server.grpcPort}`
  const as = (shown: Issued | string): Door => {
    const { credentials, options } = channelsWith(certificates.client(shown))(address)
    const client = new Client(address, credentials, { ...options, "grpc.use_local_subchannel_pool": 1 })
    opened.push({
      close: () => {
        client.close()
        return Promise.resolve()
      },
    })
    return { ...server, address, http: `https://127.0.0.1:${server.httpPort}`, client }
  }
  return { ...as("alice"), as }
}

export async function closeSecureDoors(): Promise<void> {
  await Promise.all(opened.splice(0).map((each) => each.close()))
}
