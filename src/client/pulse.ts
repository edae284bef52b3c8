/**
 * The seam between a session and what keeps it alive. KeepAlives may be sent by this thread or by another one, which
 * goes on while this one is busy; so what crosses here, either way, is plain data, and neither side waits for the other.
 */
import type { Epoch, SessionId, Slot } from "../base/brand.ts"
import type { DurationMs, Instant } from "../base/instant.ts"
import type { NoticesSeen } from "../contract/notices.ts"
import type { AnswerOf } from "../wire/messages.ts"
import type { SessionCalls } from "./session-calls.ts"

export type Beat =
  /** A master has answered a KeepAlive. `sentAt`, on the clock of who listens: when it was last sent. */
  | {
      readonly kind: "answered"
      readonly sentAt: Instant
      readonly epoch: Epoch
      readonly commitIndex: Slot
      readonly answer: AnswerOf<"keepAlive">
    }
  /** The cell says that there is no such session any more. The last beat. */
  | { readonly kind: "ended"; readonly reason: string }

export interface Pulse {
  /** Called once: from now on one KeepAlive is always with the master, and `onBeat` hears of every answer in order. */
  start(onBeat: (beat: Beat) => void): void
  /** What every KeepAlive sent from now on says. Each beat with notices is followed by this: they were obeyed. */
  acknowledge(seen: NoticesSeen): void
  /** Hears of answers that have come and lie waiting. To be called before anything is decided by the lease or the cache. */
  catchUp(): void
  /** No more KeepAlives, and no more beats. */
  stop(): void
}

/** A session that is to be kept alive. */
export interface PulseTerms {
  readonly sessionId: SessionId
  /** As granted when the session was opened. */
  readonly sessionLeaseMs: DurationMs
  readonly seen: NoticesSeen
}

/** What keeps the sessions of one client alive. */
export interface PulseSource {
  /** `calls`: the session's own, for a pulse that shares its stream. */
  pulse(terms: PulseTerms, calls: SessionCalls): Pulse
  close(): void
}
