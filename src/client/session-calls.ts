/**
 * Calls made in a session. Every mutation gets a request number, under which the cell remembers its outcome; reads and
 * KeepAlives change nothing and need none. When the session ends, every call still open ends with it.
 */
import type { SessionId } from "../base/brand.ts"
import { deferred, type Deferred } from "../base/deferred.ts"
import type { DurationMs } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import type { OperationKind } from "../contract/requests.ts"
import type { AnswerOf, OperationOf } from "../wire/messages.ts"
import { unlessAborted } from "./abort.ts"
import { abortReason, answerOrAbort, ordinaryPatienceMs, placeCall, type Caller, type PlacedCall } from "./call.ts"
import { RequestWindow } from "./core/request-window.ts"
import { SessionExpiredError } from "./errors.ts"
import type { Link, Patience } from "./link.ts"

/** What a call has to know besides its operation. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Whoever carries calls to the cell: a session, or, for reads only, the cell itself. */
export interface CallIssuer {
  call<Kind extends OperationKind>(operation: OperationOf<Kind>, options?: CallOptions): Promise<AnswerOf<Kind>>
}

const numbered: ReadonlySet<OperationKind> = new Set<OperationKind>([
  "closeSession",
  "open",
  "close",
  "setContents",
  "delete",
  "acquire",
  "tryAcquire",
  "cancelAcquire",
  "release",
])

/** Calls that give something back never have to wait for calls that take more. */
const givingBack: ReadonlySet<OperationKind> = new Set<OperationKind>([
  "closeSession",
  "close",
  "cancelAcquire",
  "release",
])

/** Request numbers kept for them. */
const reservedRoom = 256

export interface NumberedCall<Kind extends OperationKind> extends PlacedCall<Kind> {
  readonly requestNumber: number
}

export class SessionCalls implements CallIssuer {
  readonly #link: Link
  readonly #sessionId: SessionId
  readonly #window = new RequestWindow(limits.outstandingRequestsMax)
  readonly #open = new Set<Omit<NumberedCall<OperationKind>, "answer">>()
  /** Resolved when a request number becomes free. */
  #room: Deferred<void> | undefined
  #ending: SessionExpiredError | undefined

  constructor(link: Link, sessionId: SessionId) {
    this.#link = link
    this.#sessionId = sessionId
  }

  async call<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Kind>> {
    const { signal } = options
    signal?.throwIfAborted()
    const isMutation = numbered.has(operation.kind)
    if (isMutation && !this.#hasRoomFor(operation.kind)) await this.#waitForRoom(operation.kind, signal)
    const placed = this.#place<Kind>(operation, { isNumbered: isMutation, patienceMs: ordinaryPatienceMs })
    return await answerOrAbort(this.#link, placed, { signal, isMutation })
  }

  /**
   * Asks for a lock. Unlike other calls it isn't given up when `signal` fires: whoever changes their mind has to take
   * it back, or to give back what was granted. An Acquire may wait for ever.
   */
  async placeAcquire<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    { signal }: CallOptions,
  ): Promise<NumberedCall<Kind>> {
    signal?.throwIfAborted()
    if (!this.#hasRoomFor(operation.kind)) await this.#waitForRoom(operation.kind, signal)
    const patienceMs = operation.kind === "acquire" ? "endless" : ordinaryPatienceMs
    return this.#place<Kind>(operation, { isNumbered: true, patienceMs })
  }

  /** `onSent` hears of every sending: the lease counts from the last one. */
  async keepAlive(patienceMs: DurationMs, onSent: () => void): Promise<AnswerOf<"keepAlive">> {
    return await this.#place<"keepAlive">({ kind: "keepAlive" }, { isNumbered: false, patienceMs, onSent }).answer
  }

  /** What a caller is told whose signal fired while nothing of theirs could have happened. */
  abortReason(signal: AbortSignal): unknown {
    return abortReason(this.#link, signal, false)
  }

  /** The session is over: calls that are open, and all later ones, reject. */
  end(detail: string): void {
    if (this.#ending !== undefined) return
    this.#ending = new SessionExpiredError(detail)
    for (const placed of this.#open) {
      const outcomeUnknown = placed.requestNumber > 0 && placed.wasSent()
      placed.giveUp(new SessionExpiredError(detail, { outcomeUnknown }))
    }
    this.#room?.resolve()
  }

  #place<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    manner: { readonly isNumbered: boolean; readonly patienceMs: Patience; readonly onSent?: () => void },
  ): NumberedCall<Kind> {
    if (this.#ending !== undefined) throw this.#ending
    const requestNumber = manner.isNumbered ? this.#window.draw() : 0
    const caller: Caller = {
      patienceMs: manner.patienceMs,
      mayOvertake: operation.kind === "keepAlive",
      stamp: () => {
        manner.onSent?.()
        return { sessionId: this.#sessionId, requestNumber, answeredThrough: this.#window.answeredThrough }
      },
      done: () => {
        this.#open.delete(placed)
        if (manner.isNumbered) this.#settle(requestNumber)
      },
    }
    const placed = { ...placeCall<Kind>(this.#link, operation, caller), requestNumber }
    this.#open.add(placed)
    return placed
  }

  #settle(requestNumber: number): void {
    this.#window.settle(requestNumber)
    this.#room?.resolve()
    this.#room = undefined
  }

  #hasRoomFor(kind: OperationKind): boolean {
    return this.#window.room > (givingBack.has(kind) ? 0 : reservedRoom)
  }

  async #waitForRoom(kind: OperationKind, signal: AbortSignal | undefined): Promise<void> {
    while (!this.#hasRoomFor(kind) && this.#ending === undefined) {
      this.#room ??= deferred()
      await unlessAborted(this.#room.promise, signal, (fired) => this.abortReason(fired))
    }
  }
}
