/**
 * Why a replica can't start, for whoever has started it. What they can put right is told in its own words; all else is
 * a bug, and told with its stack.
 */
import { exitCodes } from "../cli/exit-codes.ts"
import { Failure } from "../cli/failure.ts"
import { DiskInUseError } from "../host/directory-lock.ts"
import { DiskFailedError } from "../host/disk-errors.ts"
import { ListenError } from "../host/tcp-peers.ts"
import { ForeignDirectoryError } from "../host/replica-directory.ts"
import { TlsSetupError } from "../host/tls-setup.ts"
import { UnknownFormatError } from "../journal/codec.ts"
import { BindError } from "../server/bind-error.ts"

export function failureOf(reason: unknown): Failure {
  if (reason instanceof Failure) return reason
  if (isSetupError(reason)) return new Failure(exitCodes.setup, reason.message, { cause: reason })
  const message = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
  return new Failure(reason instanceof DiskFailedError ? exitCodes.disk : exitCodes.internal, message, {
    cause: reason,
  })
}

const setupErrors = [
  ...[BindError, ListenError, TlsSetupError],
  ...[DiskInUseError, ForeignDirectoryError, UnknownFormatError],
]

/** The system's words for files that belong to somebody else. */
const forbidden: readonly unknown[] = ["EACCES", "EPERM", "EROFS"]

function isSetupError(reason: unknown): reason is Error {
  if (setupErrors.some((each) => reason instanceof each)) return true
  return reason instanceof Error && "code" in reason && forbidden.includes(reason.code)
}
