/**
 * Mutations between the door and the log: held back until nobody's cache can show what they change, and proposed in the
 * order in which their session sent them. Whoever is held back holds up the later mutations of its own session and
 * nothing else: reads, KeepAlives and other sessions go on.
 *
 * While no session of the cell may cache, none of this is done: mutations are only counted, and as long as one of those
 * is under way, nothing is cachable.
 */
import { assert } from "../base/assert.ts"
import type { SessionId } from "../base/brand.ts"
import type { Instant } from "../base/instant.ts"
import type { CacheKey } from "../contract/cache-key.ts"
import type { Command } from "../state-machine/commands.ts"
import { type Call, contentsLength } from "./calls.ts"
import type { Invalidation } from "./invalidation.ts"
import type { Turn } from "./turn.ts"

interface Held {
  readonly ticket: number
  readonly command: Command
  readonly line: Line
  keys: readonly CacheKey[]
  /** Rounds that are not over. */
  roundCount: number
  /** The end of a session touches what the session keeps alive, which is known when all it did before was applied. */
  hasBegun: boolean
}

/** The mutations of one session; of calls outside any session, each has a line for itself. */
interface Line {
  readonly sessionId: SessionId
  readonly held: Held[]
  /** Proposed, or about to be, and not yet applied. */
  underWayCount: number
}

export interface MutationSettings {
  readonly invalidation: Invalidation
  /** Whether any session may cache anything. */
  readonly isTracking: () => boolean
  /** What the command may touch, as things are now. */
  readonly touchedKeys: (command: Command) => readonly CacheKey[]
  readonly enqueue: (call: Call) => void
}

export class Mutations {
  readonly #settings: MutationSettings
  readonly #lines = new Map<SessionId, Line>()
  readonly #held = new Set<Held>()
  #heldBytes = 0
  readonly #movable = new Set<Line>()
  #untrackedCount = 0

  constructor(settings: MutationSettings) {
    this.#settings = settings
  }

  get heldCount(): number {
    return this.#held.size
  }

  /** Of their contents. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Whether a mutation is under way of which it isn't known what it touches. */
  get isAnyUntracked(): boolean {
    return this.#untrackedCount > 0
  }

  take(ticket: number, command: Command, now: Instant, turn: Turn): void {
    const sessionId = sessionOf(command)
    // As long as there are lines, all go by the rules: the ends of sessions wait for what is only counted.
    if (this.#lines.size === 0 && !this.#settings.isTracking()) {
      this.#untrackedCount += 1
      this.#settings.enqueue({ ticket, command, keys: undefined })
      return
    }
    const line: Line = this.#lines.get(sessionId) ?? { sessionId, held: [], underWayCount: 0 }
    if (sessionId !== 0) this.#lines.set(sessionId, line)
    const held: Held = { ticket, command, line, keys: [], roundCount: 0, hasBegun: false }
    if (!endsSession(command)) this.#begin(held, now, turn)
    line.held.push(held)
    this.#hold(held)
    this.#advance(line, now, turn, held)
  }

  /** Proposes what has nothing more to wait for. */
  release(now: Instant, turn: Turn): void {
    for (const line of this.#movable) {
      this.#movable.delete(line)
      this.#advance(line, now, turn)
    }
  }

  onApplied({ command, keys }: Call): void {
    if (keys === undefined) {
      this.#untrackedCount -= 1
      if (this.#untrackedCount === 0) for (const line of this.#lines.values()) this.#movable.add(line)
      return
    }
    this.#settings.invalidation.end(keys)
    const line = this.#lines.get(sessionOf(command))
    if (line === undefined) return
    line.underWayCount -= 1
    assert(line.underWayCount >= 0, "what is applied was under way")
    if (line.held.length > 0) this.#movable.add(line)
    else if (line.underWayCount === 0) this.#lines.delete(line.sessionId)
  }

  /** The callers of what was never proposed. */
  tickets(): readonly number[] {
    return [...this.#held].map(({ ticket }) => ticket).filter((ticket) => ticket !== 0)
  }

  /** `newcomer` was taken in a moment ago, so that what it touches has just been looked at. */
  #advance(line: Line, now: Instant, turn: Turn, newcomer?: Held): void {
    for (let head = line.held[0]; head !== undefined; head = line.held[0]) {
      if (!head.hasBegun) {
        if (line.underWayCount > 0 || this.isAnyUntracked) return
        this.#begin(head, now, turn)
      }
      if (head.roundCount === 0 && head !== newcomer) this.#lookAgain(head, now, turn)
      if (head.roundCount > 0) return
      line.held.shift()
      line.underWayCount += 1
      this.#letGo(head)
    }
  }

  #begin(held: Held, now: Instant, turn: Turn): void {
    held.hasBegun = true
    this.#await(held, this.#settings.touchedKeys(held.command), now, turn)
  }

  /** While it was held back, others may have created or removed what it is about: seldom, it touches more by now. */
  #lookAgain(held: Held, now: Instant, turn: Turn): void {
    const known = new Set(held.keys)
    const added = this.#settings.touchedKeys(held.command).filter((key) => !known.has(key))
    if (added.length > 0) this.#await(held, added, now, turn)
  }

  #await(held: Held, keys: readonly CacheKey[], now: Instant, turn: Turn): void {
    held.keys = held.keys.length === 0 ? keys : [...held.keys, ...keys]
    const rounds = this.#settings.invalidation.begin(keys, held.line.sessionId, now, turn)
    held.roundCount += rounds.length
    for (const round of rounds) {
      round.whenOver.push(() => {
        held.roundCount -= 1
        if (held.roundCount === 0) this.#movable.add(held.line)
      })
    }
  }

  #hold(held: Held): void {
    this.#held.add(held)
    this.#heldBytes += contentsLength(held.command)
  }

  #letGo(held: Held): void {
    this.#held.delete(held)
    this.#heldBytes -= contentsLength(held.command)
    const { ticket, command, keys } = held
    this.#settings.enqueue({ ticket, command, keys })
  }
}

/** Zero: of no session. */
function sessionOf(command: Command): SessionId {
  return command.kind === "call" || command.kind === "expireSession" ? command.sessionId : 0
}

function endsSession(command: Command): boolean {
  return command.kind === "expireSession" || (command.kind === "call" && command.operation.kind === "closeSession")
}
