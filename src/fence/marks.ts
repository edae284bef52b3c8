/**
 * High-water marks: for each lock the highest generation that was ever admitted. A fence is as good as its memory: one
 * that forgets its marks with a restart lets the next stale holder in, which is why there are marks that outlive it.
 */
import type { Epoch, Generation, Instance } from "../base/brand.ts"
import type { SequencerStatement } from "../contract/sequencer.ts"

export interface Mark {
  readonly instance: Instance
  readonly lockGeneration: Generation
  /** These two decide nothing. They say to whoever comes too late by whom he was superseded. */
  readonly epoch: Epoch
  readonly principal: string
}

export type Raising =
  /** The mark that stands now: the one that was asked for, an equal one, or a higher one, which has stayed. */
  | { readonly kind: "stands"; readonly mark: Mark }
  /** There is no mark for this lock, and no room for one: none of the others was forgotten. */
  | { readonly kind: "full" }

/**
 * Where marks are kept. `raise` compares and raises in one step that no other call can come between, and answers only
 * when the mark that it names would survive whatever these marks are meant to survive. May throw, or reject, if it can't
 * be done: then nobody is admitted.
 */
export interface HighWaterMarks {
  /** `lock`: whichever text names the lock. It is the same for the same node, and for no other node. */
  raise(lock: string, mark: Mark): Raising | Promise<Raising>
}

/**
 * Negative if `left` is the lower one. Instances first: a node that is deleted and created again has a larger one, and
 * the generations of its lock begin anew.
 */
export function compareMarks(left: Mark, right: Mark): number {
  return left.instance - right.instance || left.lockGeneration - right.lockGeneration
}

/** The cell's id stands in front, so that a cell which is founded anew under its old name begins with marks of its own. */
export function lockNameOf({ cellId, path }: SequencerStatement): string {
  return `${cellId}${path}`
}

export function markOf({ instance, lockGeneration, epoch, principal }: SequencerStatement): Mark {
  return { instance, lockGeneration, epoch, principal }
}
