/**
 * From what is on the disk to what a replica starts with. Beyond the seals of single records the whole is judged: the
 * stored state must add up to the digest that was stored with it, or else entries are missing or stale.
 */
import { MalformedBytesError } from "../base/bytes.ts"
import { type Expected, type Mismatch, type Recovered, recover } from "../journal/recovery.ts"
import type { DiskEntry } from "../journal/record.ts"
import type { PaxosMemory } from "../paxos/paxos.ts"
import { Restoring } from "../state-machine/restore.ts"
import { StateMachine } from "../state-machine/state-machine.ts"

/** What `new Replica` takes. */
export interface Revived {
  readonly memory: PaxosMemory
  readonly machine: StateMachine
}

export type Revival =
  /** Nothing is there: write `birthRecords` first, then read again. */
  | { readonly kind: "empty" }
  | { readonly kind: "sound"; readonly revived: Revived }
  /** Set the disk's contents aside and begin as a learner. */
  | { readonly kind: "damaged"; readonly reason: string }
  /** It belongs to another cell, replica or version of this program: refuse to start. */
  | { readonly kind: "foreign"; readonly mismatch: Mismatch; readonly reason: string }

export function revive(entries: Iterable<DiskEntry>, expected: Expected): Revival {
  const restoring = new Restoring(expected.cellName)
  const recovery = recover(entries, expected, (entry) => restoring.take(entry))
  if (recovery.kind !== "sound") return recovery
  try {
    return { kind: "sound", revived: rebuild(recovery.recovered, restoring) }
  } catch (error) {
    if (error instanceof MalformedBytesError) return { kind: "damaged", reason: error.message }
    throw error
  }
}

function rebuild({ identity, promise, progress, accepted }: Recovered, restoring: Restoring): Revived {
  const machine = new StateMachine(restoring.cellName, restoring.state())
  const isSame = restoring.isEmpty || machine.digest === progress.digest
  if (machine.appliedThrough !== progress.appliedThrough || !isSame) {
    throw new MalformedBytesError(`the stored state is not that of slot ${String(progress.appliedThrough)}`)
  }
  const { voting, incarnation } = identity
  const memory: PaxosMemory = {
    promised: promise.ballot,
    incarnations: promise.incarnations,
    incarnation,
    voting,
    chosenThrough: progress.appliedThrough,
    accepted,
  }
  return { memory, machine }
}
