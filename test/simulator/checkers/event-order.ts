/**
 * Events: a subscription is told of every change it asks for, each once, in the order of the log, and none before some
 * replica has applied it. Only a resync may leave some out, and only up to the commit index that it names.
 */
import type { SessionId, Slot } from "../../../src/base/brand.ts"
import { parentPathOf } from "../../../src/contract/cache-key.ts"
import type { ChangeKind, NodeChange, Scope } from "../../../src/contract/changes.ts"
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Findings } from "../findings.ts"
import type { AppliedSlot, LogFollower } from "./applied-log.ts"

export interface Interest {
  readonly watcher: string
  readonly sessionId: SessionId
  readonly path: string
  readonly scope: Scope
  /** Empty: all. */
  readonly kinds: readonly ChangeKind[]
  /** The session has ended, or its process: nothing more is owed to it. */
  isOver(): boolean
}

interface Happened {
  readonly index: Slot
  readonly change: NodeChange
}

export class EventOrderChecker implements LogFollower {
  readonly #findings: Findings
  readonly #happened: Happened[] = []
  readonly #followed = new Set<FollowedInterest>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  applied({ slot, applied }: AppliedSlot): void {
    for (const { change } of applied.changes) this.#happened.push({ index: slot, change: asTold(change) })
  }

  /** Everything after `index` is to be told. */
  began(interest: Interest, index: Slot): FollowedInterest {
    const followed = new FollowedInterest(this.#findings, this.#happened, interest, index)
    this.#followed.add(followed)
    return followed
  }

  /** The watch was given up. */
  ended(followed: FollowedInterest): void {
    this.#followed.delete(followed)
  }

  /** Whether nothing is left to be told. */
  get isQuiet(): boolean {
    return [...this.#followed].every((followed) => followed.isQuiet)
  }

  /** When all has been quiet for long, nothing may be left to be told. */
  judge(at: TrueTime): void {
    for (const followed of this.#followed) followed.judge(at)
  }
}

/** Subscribers are not told who is asked to give way. */
function asTold(change: NodeChange): NodeChange {
  return change.kind === "lockRequested" ? { ...change, holders: [] } : change
}

export class FollowedInterest {
  readonly #findings: Findings
  readonly #happened: readonly Happened[]
  readonly #interest: Interest
  /** Everything before this place in the log's changes has been told, or is of no interest. */
  #place: number
  readonly #begunAt: Slot

  constructor(findings: Findings, happened: readonly Happened[], interest: Interest, index: Slot) {
    this.#findings = findings
    this.#happened = happened
    this.#interest = interest
    this.#place = 0
    this.#begunAt = index
    this.#skipThrough(index)
  }

  told(at: TrueTime, index: Slot, change: NodeChange): void {
    // The cell may have begun to tell before it could say that it has.
    if (index <= this.#begunAt) return
    const expected = this.#next()
    if (expected?.index === index && canonical(expected.change) === canonical(change)) {
      this.#place += 1
      return
    }
    const due = expected === undefined ? "nothing" : describe(expected)
    this.#report(at, `is told of ${describe({ index, change })}, where ${due} was due`)
    this.#skipThrough(index)
  }

  resynced(through: Slot): void {
    this.#skipThrough(through)
  }

  get isQuiet(): boolean {
    return this.#interest.isOver() || this.#next() === undefined
  }

  judge(at: TrueTime): void {
    const missed = this.#next()
    if (missed !== undefined && !this.#interest.isOver()) this.#report(at, `was never told of ${describe(missed)}`)
  }

  /** What is to be told next. */
  #next(): Happened | undefined {
    for (; this.#place < this.#happened.length; this.#place += 1) {
      const candidate = this.#happened[this.#place]
      if (candidate !== undefined && concerns(this.#interest, candidate.change)) return candidate
    }
    return undefined
  }

  #skipThrough(index: Slot): void {
    while ((this.#happened[this.#place]?.index ?? Number.MAX_SAFE_INTEGER) <= index) this.#place += 1
  }

  #report(at: TrueTime, claim: string): void {
    const { watcher, sessionId, path, scope } = this.#interest
    const who = `${watcher} (session ${String(sessionId)}), which watches the ${scope} of ${path},`
    this.#findings.report("events", at, `${who} ${claim}`)
  }
}

function concerns({ path, scope, kinds }: Interest, change: NodeChange): boolean {
  if (kinds.length > 0 && !kinds.includes(change.kind)) return false
  switch (scope) {
    case "node":
      return change.path === path
    case "children":
      return parentPathOf(change.path) === path
    case "subtree":
      return change.path === path || change.path.startsWith(`${path}/`)
  }
}

function describe({ index, change }: Happened): string {
  return `${canonical(change)} in slot ${String(index)}`
}

function canonical(change: NodeChange): string {
  return JSON.stringify(Object.entries(change).sort(([left], [right]) => (left < right ? -1 : 1)))
}
