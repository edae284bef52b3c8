/**
 * What stands in front of a resource that a lock guards. It lets a request through if its sequencer is genuine, is of
 * the right lock, and is not older than one that it has let through before (paper, 2.4). So a holder that was stopped,
 * lost its lock without noticing and woke up too late does no harm.
 *
 * A fence decides when a request comes in. Where a request that was let through may still be under way when that of the
 * next holder comes, the comparison belongs into the same transaction as the write: see `claviger/fence/postgres`.
 */
import type { LockMode } from "../contract/lock-mode.ts"
import { quoted } from "../contract/node-path.ts"
import type { SequencerStatement } from "../contract/sequencer.ts"
import { compareMarks, type HighWaterMarks, lockNameOf, type Mark, markOf, type Raising } from "./marks.ts"
import { memoryMarks } from "./memory-marks.ts"
import { type Refused, refused } from "./refusals.ts"
import { SequencerVerifier, type VerifierOptions } from "./verifier.ts"

/** Which locks open the way. */
export interface Requirement {
  /**
   * The path, or paths, of the lock that guards this: `/ls/<cell>/...`, or `/ls/local/...` for whichever cell the keys
   * are of; `"any"` if the resource itself looks at the path of the statement. Without any of this nobody is admitted: a
   * genuine sequencer of some lock or other proves nothing.
   */
  readonly paths?: string | readonly string[]
  /** Exclusive holders only, unless said otherwise. */
  readonly modes?: readonly LockMode[]
}

export interface FenceOptions extends Requirement {
  readonly verifier: SequencerVerifier | VerifierOptions
  /** In memory unless said otherwise: `fileMarks` and `postgresMarks` outlive the process. */
  readonly marks?: HighWaterMarks
}

export interface Admitted {
  readonly kind: "admitted"
  readonly statement: SequencerStatement
}

export type Admission = Admitted | Refused

/** What a guard needs to know of a fence: a `Fence` or a `CellFence`. */
export interface AnyFence {
  /**
   * `text`: what stood in the request, whatever that is. What `requirement` says counts instead of what the fence was
   * set up with. Never throws and never rejects.
   */
  admit(text: unknown, requirement?: Requirement): Promise<Admission>
}

const localRoot = "/ls/local"

export class Fence implements AnyFence {
  readonly #verifier: SequencerVerifier
  readonly #marks: HighWaterMarks
  readonly #paths: string | readonly string[]
  readonly #modes: readonly LockMode[]

  constructor({ verifier, marks = memoryMarks(), paths = [], modes = ["exclusive"] }: FenceOptions) {
    this.#verifier = verifier instanceof SequencerVerifier ? verifier : new SequencerVerifier(verifier)
    this.#marks = marks
    this.#paths = paths
    this.#modes = modes
  }

  async admit(text: unknown, { paths = this.#paths, modes = this.#modes }: Requirement = {}): Promise<Admission> {
    const verdict = await this.#verifier.verifyFetching(text)
    if (verdict.kind === "refused") return verdict
    const { statement } = verdict
    const asked = typeof paths === "string" ? [paths] : paths
    if (!asked.some((path) => isMeant(path, statement))) {
      return refused("otherPath", `This is not guarded by the lock of ${quoted(statement.path)}.`)
    }
    if (!modes.includes(statement.mode)) {
      return refused("otherMode", `To hold the lock in ${statement.mode} mode is not enough for this.`)
    }
    return await this.#raise(statement)
  }

  async #raise(statement: SequencerStatement): Promise<Admission> {
    const mark = markOf(statement)
    let raising: Raising
    try {
      raising = await this.#marks.raise(lockNameOf(statement), mark)
    } catch (cause) {
      return refused("marksFailed", "Nobody is let through while the resource can't keep its marks.", { cause })
    }
    if (raising.kind === "full") {
      return refused("marksFull", "There is no room for the mark of another lock, and none of the others is forgotten.")
    }
    const isHigher = compareMarks(raising.mark, mark) > 0
    return isHigher ? superseded(statement, raising.mark) : { kind: "admitted", statement }
  }
}

function isMeant(path: string, { cell, path: shown }: SequencerStatement): boolean {
  if (path === shown || path === "any") return true
  const isLocal = path === localRoot || path.startsWith(`${localRoot}/`)
  return isLocal && shown === `/ls/${cell}${path.slice(localRoot.length)}`
}

function superseded({ path, instance, lockGeneration }: SequencerStatement, supersededBy: Mark): Refused {
  const holder = quoted(supersededBy.principal)
  if (supersededBy.instance !== instance) {
    const detail = `${quoted(path)} was deleted and created again, and ${holder} has held its lock since.`
    return refused("otherInstance", detail, { supersededBy })
  }
  const generation = `at generation ${supersededBy.lockGeneration}; the sequencer is of generation ${lockGeneration}`
  return refused("staleGeneration", `${holder} has held the lock of ${quoted(path)} since, ${generation}.`, {
    supersededBy,
  })
}
