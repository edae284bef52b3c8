/**
 * All that a master knows beyond the replicated state: leases, caches, notices, subscriptions, timers. Made anew by each
 * reign, as conservative as it has to be towards what the masters before it may have promised, and thrown away as a
 * whole when the reign ends. Here the parts are put together; each is explained in its own file.
 */
import type { Epoch } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import { CacheTable } from "./cache-table.ts"
import type { Calls } from "./calls.ts"
import { Interests } from "./interests.ts"
import { Invalidation } from "./invalidation.ts"
import { KeepAlives } from "./keep-alives.ts"
import { LeaseFloor } from "./lease-floor.ts"
import { LockDelays } from "./lock-delays.ts"
import { LockTimes } from "./lock-times.ts"
import { Mutations } from "./mutations.ts"
import { Reading } from "./reading.ts"
import type { Replies } from "./replies.ts"
import { Rounds } from "./rounds.ts"
import { SessionLeases } from "./session-leases.ts"
import { SessionNotices } from "./session-notices.ts"
import { Subscriptions } from "./subscriptions.ts"
import type { Surroundings } from "./surroundings.ts"
import { TimedWaits } from "./timed-waits.ts"
import { type Suspicion, touchedKeysOf } from "./touched-keys.ts"

export interface MasterMemory {
  readonly sessionLeases: SessionLeases
  readonly leaseFloor: LeaseFloor
  readonly notices: SessionNotices
  readonly subscriptions: Subscriptions
  readonly table: CacheTable
  readonly rounds: Rounds
  readonly invalidation: Invalidation
  readonly mutations: Mutations
  readonly lockDelays: LockDelays
  readonly timedWaits: TimedWaits
  readonly lockTimes: LockTimes
  readonly keepAlives: KeepAlives
  readonly reading: Reading
  readonly interests: Interests
}

export interface MasterMemoryOptions {
  readonly surroundings: Surroundings
  readonly calls: Calls
  readonly replies: Replies
  readonly epoch: Epoch
}

/** Of a master that takes over now. */
export function newMasterMemory(options: MasterMemoryOptions, now: Instant): MasterMemory {
  const { surroundings, calls, replies, epoch } = options
  const { settings, machine, slotClock } = surroundings
  const { driftPerMille } = settings
  const sessionLeases = new SessionLeases(driftPerMille)
  const leaseFloor = new LeaseFloor(driftPerMille)
  const notices = new SessionNotices(() => machine().appliedThrough)
  const subscriptions = new Subscriptions((principal, readers) => machine().isReader(principal, readers))
  const table = new CacheTable()
  const rounds = new Rounds()
  const invalidation = new Invalidation({ table, rounds, notices, sessionLeases })
  const mutations = new Mutations({
    invalidation,
    isTracking: () => sessionLeases.cachingCount > 0,
    touchedKeys: (command) => touchedKeysOf(surroundings, suspicion, command),
    enqueue: (call) => calls.enqueue(call),
  })
  // What is only counted may do anything to any path.
  const suspicion: Suspicion = {
    mayComeOrGo: (path) => mutations.isAnyUntracked || invalidation.mayComeOrGo(path),
  }
  const lockDelays = new LockDelays(driftPerMille, now)
  const timedWaits = new TimedWaits()
  const lockTimes = new LockTimes(slotClock, lockDelays)
  const keepAlives = new KeepAlives(surroundings, { sessionLeases, leaseFloor, notices, rounds, table, replies }, epoch)
  const reading = new Reading(surroundings, { table, invalidation, mutations, sessionLeases, lockTimes })
  const interests = new Interests(surroundings, { sessionLeases, subscriptions, notices, rounds, reading, mutations })
  return {
    ...{ sessionLeases, leaseFloor, notices, subscriptions, table, rounds, invalidation, mutations },
    ...{ lockDelays, timedWaits, lockTimes, keepAlives, reading, interests },
  }
}
