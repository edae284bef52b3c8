/** The traces that people should read, as one line each. All others are for metrics and tests. */
import type { TraceEvent } from "../replica/effects.ts"
import type { Logger } from "./logger.ts"

/** A client that answers is waited for some milliseconds, one that has died for its whole cache lease. */
const longWaitMs = 1_000

export function logTrace(log: Logger, event: TraceEvent): void {
  const { kind, ...fields } = event
  switch (event.kind) {
    case "prepareBegan":
      return log.info(fields, "stands for election")
    case "promised":
      return log.info(fields, "follows a candidate, should it win")
    case "becameMaster":
      return log.info(fields, "this replica is master")
    case "ceasedToBeMaster":
      return log.info(fields, "this replica is no longer master")
    case "mastershipHandedOver":
      return log.info(fields, "handed the mastership over")
    case "steppedDown":
      return log.info(fields, "stepped down")
    case "admissionBegan":
      return log.info(fields, "admitting a replica that had lost its records")
    case "votingAgain":
      return log.info(fields, "this replica votes again")
    case "snapshotFetchBegan":
      return log.info(fields, "too far behind for the log: fetching a snapshot")
    case "snapshotFetchFailed":
      return log.warn(fields, "a fetched snapshot was not sound")
    case "snapshotInstalled":
      return log.info(fields, "installed a snapshot")
    case "digestDisagreed":
      return log.error(fields, "this replica's state differs from that of the others")
    case "sessionEnded":
      return log.info(fields, "a session ended")
    case "leaseFloorProposed":
      return log.info(fields, "session leases follow the load")
    case "lockDelayEndProposed":
      return log.info(fields, "a lock-delay is over")
    case "writeWaitedFor":
      if (event.waitedMs >= longWaitMs) log.warn(fields, "a write waited for a client that did not answer")
      return
    default:
      return
  }
}
