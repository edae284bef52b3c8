/** The certificates of one replica as `cell.json` names them: read and checked, by the replica and by its launcher. */
import { splitAddress } from "../base/address.ts"
import { present } from "../base/assert.ts"
import type { Logger } from "../host/logger.ts"
import type { ReplicaTls } from "../host/replica-tls.ts"
import { readReplicaTls } from "../host/tls-setup.ts"
import type { CellConfig, ReplicaAddresses } from "../server/config.ts"
import { tlsFilesOf } from "../server/security-config.ts"

/** Undefined in a cell of plain text. `directory`: where `cell.json` lies. Throws a `TlsSetupError`. */
export function certificatesOf(
  { cell, tls }: CellConfig,
  { id, grpc }: ReplicaAddresses,
  directory: string,
  log: Logger,
): ReplicaTls | undefined {
  if (tls === undefined) return undefined
  const bearer = { cellName: cell, self: id, doorHost: hostOf(grpc) }
  return readReplicaTls(tlsFilesOf(tls, directory, id), bearer, log, Date.now())
}

export function hostOf(address: string): string {
  return present(splitAddress(address), "the configuration was parsed").host
}
