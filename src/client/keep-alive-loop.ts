/**
 * The pulse of a session in this very thread: one KeepAlive is always with the master, the next leaves as soon as it is
 * answered, on the stream that the session's other calls use. An event loop that is blocked blocks the pulse as well.
 */
import type { DurationMs } from "../base/instant.ts"
import type { NoticesSeen } from "../contract/notices.ts"
import type { SignedReply } from "../wire/signed-forms.ts"
import { CellError } from "./errors.ts"
import type { Beat, Pulse, PulseSource, PulseTerms } from "./pulse.ts"
import type { SessionCalls } from "./session-calls.ts"
import type { Surroundings } from "./surroundings.ts"

/** Before the next KeepAlive, when the cell refused one for a reason that isn't the session's end. */
const pauseAfterRefusalMs: DurationMs = 1_000

/** Between looks at whether it may go on. */
const pauseWhileHeldBackMs: DurationMs = 100

/** By how much an answer may be late, if all is well. Whoever waits longer has less time left to find another master. */
const answerDelayMsMax: DurationMs = 1_000

export class KeepAliveLoop implements Pulse {
  readonly #calls: SessionCalls
  readonly #surroundings: Surroundings
  readonly #mayGoOn: () => boolean
  #seen: NoticesSeen
  #sessionLeaseMs: DurationMs
  #isStopped = false

  /** `mayGoOn`: whether the session is to be kept alive at all at this moment. */
  constructor(
    { seen, sessionLeaseMs }: PulseTerms,
    calls: SessionCalls,
    surroundings: Surroundings,
    mayGoOn: () => boolean = () => true,
  ) {
    this.#calls = calls
    this.#surroundings = surroundings
    this.#mayGoOn = mayGoOn
    this.#seen = seen
    this.#sessionLeaseMs = sessionLeaseMs
  }

  start(onBeat: (beat: Beat) => void): void {
    void this.#keepAlive(onBeat)
  }

  acknowledge(seen: NoticesSeen): void {
    this.#seen = seen
  }

  /** Nothing waits: answers are heard as they come. */
  catchUp(): void {}

  stop(): void {
    this.#isStopped = true
  }

  async #keepAlive(onBeat: (beat: Beat) => void): Promise<void> {
    while (!this.#isStopped) {
      if (!this.#mayGoOn()) {
        await this.#pause(pauseWhileHeldBackMs)
        continue
      }
      let sentAt = this.#surroundings.now()
      const onSent = (): void => {
        sentAt = this.#surroundings.now()
      }
      // Heard in its turn among the other replies, because it may call back what one of those has brought.
      const onReply = ({ outcome: answer, epoch, commitIndex }: SignedReply): void => {
        if (answer.kind !== "keepAlive" || this.#isStopped) return
        this.#sessionLeaseMs = answer.sessionLeaseMs
        onBeat({ kind: "answered", sentAt, epoch, commitIndex, answer })
      }
      try {
        await this.#calls.keepAlive(this.#seen, { patienceMs: this.#patienceMs, onSent, onReply })
      } catch (reason) {
        await this.#bear(CellError.from(reason), onBeat)
      }
    }
  }

  async #bear({ code, detail }: CellError, onBeat: (beat: Beat) => void): Promise<void> {
    if (this.#isStopped) return
    if (code === "SESSION_EXPIRED") {
      this.#isStopped = true
      onBeat({ kind: "ended", reason: detail })
      return
    }
    await this.#pause(pauseAfterRefusalMs)
  }

  async #pause(pauseMs: DurationMs): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#surroundings.schedule(pauseMs, resolve)
    })
  }

  /** The master answers when half the lease is over, or sooner; a little later it is overdue. */
  get #patienceMs(): DurationMs {
    return Math.ceil(this.#sessionLeaseMs / 2 + Math.min(answerDelayMsMax, this.#sessionLeaseMs / 8))
  }
}

/** All pulses of a client in this thread. */
export function keepAliveLoops(surroundings: Surroundings): PulseSource {
  return {
    pulse: (terms, calls) => new KeepAliveLoop(terms, calls, surroundings),
    close: () => undefined,
  }
}
