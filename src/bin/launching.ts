/** What the launcher of a cell needs of the server's and the host's floors; both parts are light. */
import { readPem } from "../cli/client-tls.ts"
import { exitCodes } from "../cli/exit-codes.ts"
import { Failure } from "../cli/failure.ts"
import type { Launching } from "../cli/services.ts"
import { DiskInUseError, lockDirectory } from "../host/directory-lock.ts"
import { parseCellConfig, timingDefaults } from "../server/config.ts"
import { tlsFilesOf } from "../server/security-config.ts"

export const launching: Launching = {
  timing: timingDefaults,
  parseCell: parseCellConfig,
  ownTls: (file, directory) => {
    const parsed = parseCellConfig(file)
    const [first] = file.replicas
    if (parsed.kind === "faulty" || parsed.config.tls === undefined || first === undefined) return undefined
    const files = tlsFilesOf(parsed.config.tls, directory, first.id)
    return {
      certificateAuthority: readPem(files.peerAuthority),
      certificate: readPem(files.certificate),
      privateKey: readPem(files.privateKey),
    }
  },
  lockDirectory: (directory) => {
    try {
      return lockDirectory(directory)
    } catch (cause) {
      if (!(cause instanceof DiskInUseError)) throw cause
      const advice = "Stop it first, or name another directory with --data"
      throw new Failure(exitCodes.setup, `another process of claviger runs in ${directory}. ${advice}`, { cause })
    }
  },
}
