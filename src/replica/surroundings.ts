/** What a master finds on its replica: kept by every replica, whether it leads or not. */
import type { StateMachine } from "../state-machine/state-machine.ts"
import type { ChangeRing } from "./change-ring.ts"
import type { ReplicaSettings } from "./settings.ts"
import type { SlotClock } from "./slot-clock.ts"

export interface Surroundings {
  readonly settings: ReplicaSettings
  /** Another one after a snapshot was installed. */
  readonly machine: () => StateMachine
  readonly changes: ChangeRing
  readonly slotClock: SlotClock
}
