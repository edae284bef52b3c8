/** Everything that can be measured: side by side with other systems first, then what only this one is asked. */
import type { Comparison } from "./comparison.ts"
import { failOver } from "./comparisons/fail-over.ts"
import { growth } from "./comparisons/growth.ts"
import { handOff } from "./comparisons/hand-off.ts"
import { idleSessions } from "./comparisons/idle-sessions.ts"
import { locks } from "./comparisons/locks.ts"
import { manyFiles } from "./comparisons/many-files.ts"
import { reads } from "./comparisons/reads.ts"
import { told } from "./comparisons/told.ts"
import { writes } from "./comparisons/writes.ts"
import type { Workload } from "./workload.ts"
import { cacheMemory } from "./workloads/cache-memory.ts"
import { cached } from "./workloads/cached.ts"
import { catchUp } from "./workloads/catch-up.ts"
import { election } from "./workloads/election.ts"
import { invalidate } from "./workloads/invalidate.ts"
import { lookups } from "./workloads/lookups.ts"
import { mix } from "./workloads/mix.ts"
import { sequencers } from "./workloads/sequencers.ts"
import { sessions } from "./workloads/sessions.ts"
import { stalls } from "./workloads/stalls.ts"
import { watchers } from "./workloads/watchers.ts"

export const comparisons: readonly Comparison[] = [
  ...[writes, reads, locks, handOff],
  ...[failOver, told, manyFiles, idleSessions],
  growth,
]

export const workloads: readonly Workload[] = [
  ...[election, catchUp, stalls, mix],
  ...[cached, cacheMemory, invalidate, sessions, lookups, watchers],
  sequencers,
]
