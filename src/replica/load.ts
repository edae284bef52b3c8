/**
 * What is shed under overload, and in which order (design: KeepAlives and what sets others free come first, then writes,
 * then reads, then whatever opens something new). The measure is how much has been taken in and has not reached the log.
 */
import type { DurationMs } from "../base/instant.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { lifelines } from "../contract/lifelines.ts"
import { limits } from "../contract/limits.ts"
import type { OperationKind } from "../contract/requests.ts"

export interface Load {
  readonly pendingCommands: number
  /** Of their contents. */
  readonly pendingBytes: number
}

/** In tenths of what the master takes in at most. */
type Tenths = 5 | 8 | 10 | 20

/** Long enough for a thousand calls to reach the log, short enough that nobody gives up. */
const retryAfterMs: DurationMs = 500

export function refuseOverload(kind: OperationKind, load: Load): Refusal | undefined {
  // They cost nothing and don't go through the log, and writes wait for a session that has not resumed.
  if (kind === "keepAlive" || kind === "resume" || kind === "unsubscribe") return undefined
  const tenths = shareOf(kind)
  const isFull =
    load.pendingCommands * 10 >= limits.pendingCommandsMax * tenths ||
    (load.pendingBytes * 10 >= limits.pendingBytesMax * tenths && !lifelines.has(kind))
  if (!isFull) return undefined
  const { pendingCommands, pendingBytes } = load
  const sentence = `${pendingCommands} calls with ${pendingBytes} bytes are waiting: no call of ${kind} is taken in now.`
  return { ...refuse("OVERLOADED", sentence), retryAfterMs }
}

function shareOf(kind: OperationKind): Tenths {
  if (lifelines.has(kind)) return 20
  switch (kind) {
    case "createSession":
    case "open":
    case "subscribe":
      return 5
    case "getContentsAndStat":
    case "getStat":
    case "readDir":
    case "checkAccess":
    case "getLock":
    case "getSequencer":
    case "checkSequencer":
    case "listSessions":
      return 8
    default:
      return 10
  }
}
