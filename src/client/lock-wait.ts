/**
 * Tells a waiting caller what it waits for. The cell is asked once the Acquire has turned out to wait, and again after
 * pauses that double: a long queue must not keep the master busy with questions about itself. An answer that differs
 * from the one before is passed on.
 */
import type { DurationMs } from "../base/instant.ts"
import type { LockParty, NodeRef } from "../contract/requests.ts"
import { busyLock, type BusyLock } from "./busy-lock.ts"
import type { LockKeeper } from "./lock-keeper.ts"

/** Which lock: by path, or, under its path for people, by a handle, which then is the holder. */
export interface LockTarget {
  readonly path: string
  readonly node: NodeRef
}

/** A lock that is free is granted faster than this. */
const firstLookMs: DurationMs = 100
const pauseMsMax: DurationMs = 60_000

/** Returns the way to stop. */
export function watchWait(keeper: LockKeeper, target: LockTarget, onBusy: (busy: BusyLock) => void): () => void {
  let isOver = false
  let told = ""
  let pauseMs = firstLookMs
  const look = async (): Promise<void> => {
    const busy = await busyLockFor(keeper, target)
    if (isOver) return
    if (busy !== undefined && gist(busy) !== told) {
      told = gist(busy)
      onBusy(busy)
    }
    pauseMs = Math.min(2 * pauseMs, pauseMsMax)
    plan()
  }
  let callOff: () => void
  const plan = (): void => {
    callOff = keeper.surroundings.schedule(pauseMs, () => void look())
  }
  plan()
  return () => {
    isOver = true
    callOff()
  }
}

/** Undefined if this session isn't found waiting: it has been granted the lock a moment ago, or nobody answers. */
async function busyLockFor(keeper: LockKeeper, { path, node }: LockTarget): Promise<BusyLock | undefined> {
  try {
    const { holders, waiters, delay } = await keeper.calls.call<"getLock">({ kind: "getLock", node })
    const waitersBefore = waiters.findIndex(({ sessionId }) => sessionId === keeper.calls.sessionId)
    return waitersBefore === -1 ? undefined : busyLock(path, { holders, waitersBefore, delay })
  } catch {
    // A courtesy. Whatever keeps the cell from answering, the Acquire itself will report.
    return undefined
  }
}

/** What makes an answer news; spans grow all the time. */
function gist({ holders, waitersBefore, delay }: BusyLock): string {
  const who = (party: LockParty): string => `${party.sessionId}@${party.since}`
  return [waitersBefore, delay?.sessionId ?? "", ...holders.map(who)].join(" ")
}
