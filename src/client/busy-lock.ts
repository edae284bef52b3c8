/** Why a lock can't be had just now, as a value and in words: who waits for a lock wants to know whom for. */
import type { DurationMs } from "../base/instant.ts"
import type { LockDelay, LockParty } from "../contract/requests.ts"

export interface BusyLock {
  readonly path: string
  readonly holders: readonly LockParty[]
  /** How many are served first. */
  readonly waitersBefore: number
  /** A lost holder bars the lock. */
  readonly delay: LockDelay | undefined
  /** All this in one line: "held by alice for 12 s, 2 wait before you". */
  readonly reason: string
}

export function busyLock(path: string, found: Omit<BusyLock, "path" | "reason">): BusyLock {
  return { path, ...found, reason: [barrierInWords(found), ...queueInWords(found.waitersBefore)].join(", ") }
}

function barrierInWords({ holders, delay }: Pick<BusyLock, "holders" | "delay">): string {
  if (delay !== undefined) {
    const { remainingMs, clientName, reason } = delay
    return `lock-delay, ${seconds(Math.ceil(remainingMs / 1000))} left: ${clientName} was lost (${reason})`
  }
  const [first, ...others] = holders
  if (first === undefined) return "held by nobody just now"
  const more = others.length === 0 ? "" : ` and ${others.length} more`
  return `held by ${first.clientName}${more}${spanInWords(first.forMs)}`
}

/** The master may not know how long it has been. */
function spanInWords(forMs: DurationMs): string {
  return forMs < 1_000 ? "" : ` for ${seconds(Math.floor(forMs / 1000))}`
}

function queueInWords(waitersBefore: number): readonly string[] {
  if (waitersBefore === 0) return []
  return [waitersBefore === 1 ? "1 waits before you" : `${waitersBefore} wait before you`]
}

function seconds(count: number): string {
  return count < 120 ? `${count} s` : `${Math.floor(count / 60)} min`
}
