/**
 * What the library throws. One class, `CellError`, whose `code` is a word of the cell's error table; and three
 * subclasses for what people catch by name. `instanceof` looks for a brand instead of a prototype, so that an error
 * of one copy of the library is recognised by another.
 */
import type { Slot } from "../base/brand.ts"
import { errorTable, isRetryable, type ErrorCode, type Refusal } from "../contract/errors.ts"

export interface ErrorDetails {
  /** True when the call may have taken effect all the same. Ask for the present state before doing it again. */
  readonly outcomeUnknown: boolean
  /** The replica to ask instead, if the one that refused knew. */
  readonly masterHint: string | undefined
  /** When the same call may be accepted, in milliseconds from now, if the cell has said so. */
  readonly retryAfterMs: number | undefined
  /** The state by which the cell refused, if it was the cell that did: watch from here on to hear when that changes. */
  readonly commitIndex: Slot | undefined
}

interface CellErrorOptions {
  readonly cause?: unknown
  readonly outcomeUnknown?: boolean | undefined
  readonly masterHint?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly commitIndex?: Slot | undefined
}

const brands = {
  cellError: Symbol.for("claviger.CellError"),
  sessionExpired: Symbol.for("claviger.SessionExpiredError"),
  lockLost: Symbol.for("claviger.LockLostError"),
  sequencerStale: Symbol.for("claviger.SequencerStaleError"),
}

export class CellError extends Error {
  override readonly name: string = "CellError"
  readonly code: ErrorCode
  /** One sentence for people. */
  readonly detail: string
  readonly details: ErrorDetails

  /** The message is `CODE: detail`. */
  constructor(code: ErrorCode, detail: string, options: CellErrorOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = detail
    const { outcomeUnknown = false, masterHint, retryAfterMs, commitIndex } = options
    this.details = { outcomeUnknown, masterHint, retryAfterMs, commitIndex }
    brand(this, brands.cellError)
  }

  /** Whether the same call may succeed if it is made again, nothing else having changed. */
  get retryable(): boolean {
    return isRetryable(this.code)
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, this === CellError ? brands.cellError : brandOf(this))
  }

  /** Whatever was thrown, as a `CellError`; one that is one already comes back as it is. */
  static from(reason: unknown): CellError {
    if (reason instanceof CellError) return reason
    if (isRefusal(reason)) return fromRefusal(reason)
    if (reason instanceof DOMException && reason.name === "TimeoutError") {
      const detail = "the deadline passed before the cell had answered"
      return new CellError("DEADLINE_EXCEEDED", detail, { cause: reason, outcomeUnknown: true })
    }
    if (reason instanceof DOMException && reason.name === "AbortError") {
      return new CellError("CANCELLED", reason.message, { cause: reason, outcomeUnknown: true })
    }
    return new CellError("INTERNAL", reason instanceof Error ? reason.message : String(reason), { cause: reason })
  }
}

/** The cell has given the session up, or it could not be reached within the grace period: all its locks are gone. */
export class SessionExpiredError extends CellError {
  override readonly name = "SessionExpiredError"

  constructor(detail: string, options: CellErrorOptions = {}) {
    super("SESSION_EXPIRED", detail, options)
    brand(this, brands.sessionExpired)
  }
}

/** The reason of `lock.lost`: from now on the cell may give the lock to someone else. */
export class LockLostError extends CellError {
  override readonly name = "LockLostError"
  readonly path: string

  constructor(path: string, detail: string, options: CellErrorOptions = {}) {
    super("LOCK_NOT_HELD", detail, options)
    this.path = path
    brand(this, brands.lockLost)
  }
}

/** A sequencer names a lock that its holder has lost: someone else holds it, or has held it since. */
export class SequencerStaleError extends CellError {
  override readonly name = "SequencerStaleError"

  constructor(detail: string, options: CellErrorOptions = {}) {
    super("SEQUENCER_STALE", detail, options)
    brand(this, brands.sequencerStale)
  }
}

/** `commitIndex`: of the reply that the refusal came in; zero if no master has said it. */
export function fromRefusal(refusal: Refusal, commitIndex: Slot = 0): CellError {
  const { unknownOutcome: outcomeUnknown, masterHint, retryAfterMs } = refusal
  const options = { outcomeUnknown, masterHint, retryAfterMs, commitIndex: commitIndex === 0 ? undefined : commitIndex }
  switch (refusal.code) {
    case "SESSION_EXPIRED":
      return new SessionExpiredError(refusal.detail, options)
    case "SEQUENCER_STALE":
      return new SequencerStaleError(refusal.detail, options)
    default:
      return new CellError(refusal.code, refusal.detail, options)
  }
}

function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("code" in value)) return false
  return value.kind === "refused" && typeof value.code === "string" && value.code in errorTable
}

function brand(error: Error, mark: symbol): void {
  Object.defineProperty(error, mark, { value: true })
}

function hasBrand(value: unknown, mark: symbol | undefined): boolean {
  return mark !== undefined && typeof value === "object" && value !== null && mark in value
}

function brandOf(subclass: unknown): symbol | undefined {
  if (subclass === SessionExpiredError) return brands.sessionExpired
  if (subclass === LockLostError) return brands.lockLost
  if (subclass === SequencerStaleError) return brands.sequencerStale
  return undefined
}
