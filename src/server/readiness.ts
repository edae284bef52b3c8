/**
 * Whether a replica is fit to be asked: it is the master, or it knows the master and its state is up to date. Health
 * over gRPC and `/readyz` over HTTP both say what is decided here.
 */
import type { ReplicaStatus } from "../contract/requests.ts"

/** A replica that is applying what has just been chosen lags by a few slots, and is well. */
const lagSlotsMax = 1000

/** What speaks against asking this replica, as sentences. None: it is ready. */
export function obstacles(status: ReplicaStatus): readonly string[] {
  const found: string[] = []
  if (status.master === 0) found.push("No master is known.")
  if (status.role === "learner") found.push("This replica is still learning and does not vote yet.")
  const lagSlots = status.chosenThrough - status.appliedThrough
  if (lagSlots > lagSlotsMax) {
    found.push(`This replica has applied slot ${status.appliedThrough} of ${status.chosenThrough}.`)
  }
  return found
}
