/** What the launcher of a cell needs of the server's and the host's floors: no disk, no doors. */
import { readPem } from "../cli/client-tls.ts"
import { exitCodes } from "../cli/exit-codes.ts"
import { Failure } from "../cli/failure.ts"
import type { Launching } from "../cli/services.ts"
import { DiskInUseError, lockDirectory } from "../host/directory-lock.ts"
import { silentLogger } from "../host/logger.ts"
import { TlsSetupError } from "../host/tls-setup.ts"
import { type CellConfig, parseCellConfig, timingDefaults } from "../server/config.ts"
import { tlsFilesOf } from "../server/security-config.ts"
import { certificatesOf } from "./replica-certificates.ts"

export const launching: Launching = {
  timing: timingDefaults,
  parseCell: parseCellConfig,
  ownTls: (file, directory) => {
    const parsed = parseCellConfig(file)
    const [first] = file.replicas
    if (parsed.kind === "faulty" || parsed.config.tls === undefined || first === undefined) return undefined
    refuseUnusable(parsed.config, directory)
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

/** What is wrong with the certificates of all replicas, told at once; they would only say so one by one. */
function refuseUnusable(config: CellConfig, directory: string): void {
  const problems = new Set<string>()
  for (const replica of config.replicas) {
    try {
      certificatesOf(config, replica, directory, silentLogger)
    } catch (reason) {
      if (!(reason instanceof TlsSetupError)) throw reason
      for (const problem of reason.problems) problems.add(problem)
    }
  }
  if (problems.size > 0) throw new Failure(exitCodes.setup, new TlsSetupError([...problems]).message)
}
