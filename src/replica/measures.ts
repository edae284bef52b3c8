/**
 * What a replica can be measured by beyond its status: sizes and counts for whoever watches a cell, read when they are
 * asked for. Nothing decides anything by them.
 */
import type { LockCounts } from "../state-machine/lock-counts.ts"
import type { Load } from "./load.ts"

export interface ReplicaMeasures extends LockCounts {
  /** Of the highest ballot that this replica has promised: every election raises it. */
  readonly ballotRound: number
  /** Slots that are kept in memory, and their bytes. */
  readonly logSlots: number
  readonly logBytes: number
  /** Of all names and contents. */
  readonly nodeBytes: number
  readonly service: ServiceMeasures
}

/** Of a master; all of it is zero elsewhere. */
export interface ServiceMeasures extends Load {
  readonly cachingSessions: number
  /** How often a key is registered for a session. */
  readonly cacheRegistrations: number
  readonly parkedKeepAlives: number
  /** Mutations held back until nobody's cache can show what they change. */
  readonly heldMutations: number
}

export const nothingServed: ServiceMeasures = {
  ...{ cachingSessions: 0, cacheRegistrations: 0, parkedKeepAlives: 0 },
  ...{ heldMutations: 0, pendingCommands: 0, pendingBytes: 0 },
}
