/**
 * What an errand of a simulated program has at hand: its session, ways to wait and to choose, and the checkers that it
 * tells what it sees. Programs see time by their machine's clock; only what they tell the checkers is in true time.
 */
import type { Prng } from "../../../src/base/prng.ts"
import { CellError, type Session } from "../../../src/client/index.ts"
import type { RunningClient } from "../../../src/testing/running-client.ts"
import type { ProcessClock, Timeline } from "../../../src/testing/time.ts"
import type { EffectsChecker } from "../checkers/effects.ts"
import type { EventOrderChecker } from "../checkers/event-order.ts"
import type { FreshnessChecker } from "../checkers/freshness.ts"
import type { LostInTimeChecker } from "../checkers/lost-in-time.ts"
import type { Findings } from "../findings.ts"
import type { GuardedResource } from "./guarded-resource.ts"

export interface Checkers {
  readonly freshness: FreshnessChecker
  readonly lostInTime: LostInTimeChecker
  readonly events: EventOrderChecker
  readonly effects: EffectsChecker
}

/** The program and its surroundings. */
export interface Tools {
  readonly process: RunningClient
  readonly clock: ProcessClock
  readonly timeline: Timeline
  readonly dice: Prng
  readonly checkers: Checkers
  readonly findings: Findings
  readonly resource: GuardedResource
  readonly holdMsMax: number
  readonly mark: (kind: string) => void
  /** A value that nobody else writes. */
  readonly uniqueValue: () => string
  /** No new errands are begun, and waiting is cut short. */
  readonly isDraining: () => boolean
}

export type Errand = (session: Session, tools: Tools) => Promise<void>

export type Attempt<T> =
  { readonly kind: "done"; readonly value: T } | { readonly kind: "failed"; readonly error: CellError }

/** Failures that a program has to live with come back as values; all others are findings. */
export async function attempt<T>(work: Promise<T>, { findings, timeline, process, mark }: Tools): Promise<Attempt<T>> {
  try {
    return { kind: "done", value: await work }
  } catch (reason) {
    const error = CellError.from(reason)
    mark(`told ${error.code}`)
    if (!expected.has(error.code)) {
      const stack = error.cause instanceof Error ? (error.cause.stack ?? "") : ""
      findings.report("client", timeline.now, `${process.name} was told ${error.message}${stack}`)
    }
    return { kind: "failed", error }
  }
}

const expected: ReadonlySet<string> = new Set([
  ...[
    "NODE_NOT_FOUND",
    "NODE_EXISTS",
    "GENERATION_MISMATCH",
    "SEQUENCER_STALE",
    "SEQUENCER_MALFORMED",
    "LOCK_HELD",
    "LOCK_NOT_HELD",
  ],
  ...["HANDLE_INVALID", "HANDLE_BUSY", "SESSION_EXPIRED", "DEADLINE_EXCEEDED", "CANCELLED", "DIRECTORY_NOT_EMPTY"],
  ...["REQUEST_FORGOTTEN"],
])

/** By the clock of the program's machine. */
export async function pause(spanMs: number, { process, isDraining }: Tools): Promise<void> {
  await new Promise<void>((resolve) => process.surroundings.schedule(isDraining() ? 1 : spanMs, resolve))
}

export const cellName = "sim"
/** Every node has two names. What the program uses, the checkers know by the cell's own name. */
export const root = `/ls/${cellName}`

export function anyNameOf(path: string, dice: Prng): string {
  return dice.chance(1, 4) ? path.replace(root, "/ls/local") : path
}

export const filesPath = `${root}/files`
export const filePaths: readonly string[] = ["a", "b", "c", "d", "e"].map((name) => `${filesPath}/${name}`)
export const livePath = `${root}/live`
/** One file for each process, which nobody reads. */
export const rowsPath = `${root}/rows`
export const locksPath = `${root}/locks`
export const lockPaths: readonly string[] = ["x", "y", "z"].map((name) => `${locksPath}/${name}`)
