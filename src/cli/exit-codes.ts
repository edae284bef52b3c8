/**
 * Exit codes of the command, for scripts. Numbers from 64 on follow BSD's sysexits where it has a word for the case, and
 * keep clear of what shells and common programs use. Under `lock` the command's own code comes through unchanged.
 */
import type { ErrorCode } from "../contract/errors.ts"

export interface ExitCodes {
  readonly ok: number
  readonly usage: number
  readonly notFound: number
  readonly unavailable: number
  readonly internal: number
  readonly refused: number
  readonly disk: number
  readonly busy: number
  readonly denied: number
  readonly setup: number
  readonly lost: number
}

export const exitCodes: ExitCodes = {
  ok: 0,
  usage: 64,
  notFound: 66,
  unavailable: 69,
  internal: 70,
  refused: 73,
  disk: 74,
  busy: 75,
  denied: 77,
  setup: 78,
  lost: 79,
}

export const exitCodeMeanings: readonly (readonly [keyof ExitCodes, string])[] = [
  ["ok", "done"],
  ["usage", "the command line is wrong"],
  ["notFound", "there is no such file or directory"],
  ["unavailable", "the cell did not answer in time: no quorum, no master, or nobody at these addresses"],
  ["internal", "a bug: please report it"],
  ["refused", "the cell has refused the call for another reason, which is printed"],
  ["disk", "the replica's disk has failed"],
  ["busy", "the lock is not free (with --try), or was not free in time (with --wait)"],
  ["denied", "you have no right to this; or, from may: it would not be allowed"],
  ["setup", "the cell can't be started as it is set up: ports, directories, cell.json"],
  ["lost", "the lock was lost, and the command was stopped before anybody else could get it"],
]

/** As shells do it: a process that died of signal n ends with 128 + n. */
export function exitCodeOfSignal(signalNumber: number): number {
  return 128 + signalNumber
}

/** A session expires when the cell has been out of reach for longer than a session lasts. */
export function exitCodeOfRefusal(code: ErrorCode): number {
  switch (code) {
    case "NODE_NOT_FOUND":
      return exitCodes.notFound
    case "INVALID_ARGUMENT":
    case "INVALID_PATH":
      return exitCodes.usage
    case "NO_QUORUM":
    case "NOT_MASTER":
    case "FAIL_OVER_IN_PROGRESS":
    case "EPOCH_STALE":
    case "OVERLOADED":
    case "DEADLINE_EXCEEDED":
    case "SESSION_EXPIRED":
      return exitCodes.unavailable
    case "LOCK_NOT_HELD":
      return exitCodes.lost
    case "PERMISSION_DENIED":
    case "UNAUTHENTICATED":
      return exitCodes.denied
    case "INTERNAL":
      return exitCodes.internal
    default:
      return exitCodes.refused
  }
}
