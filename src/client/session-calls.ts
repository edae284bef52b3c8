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
import { abortReason, answerOrAbort, ordinaryPatienceMs, placeCall, type Caller, type PlacedCall } from "./call.ts"
import { RequestWindow } from "./core/request-window.ts"
import type { CellError } from "./errors.ts"
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

export interface NumberedCall<Kind extends OperationKind> extends PlacedCall<Kind> {
  readonly requestNumber: number
}

export class SessionCalls implements CallIssuer {
  readonly #link: Link
  readonly #sessionId: SessionId
  readonly #window = new RequestWindow(limits.outstandingRequestsMax)
  readonly #open = new Set<{ giveUp(reason: unknown): void }>()
  /** Resolved when a request number becomes free. */
  #room: Deferred<void> | undefined
  #ending: CellError | undefined

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
    if (isMutation && this.#window.isFull) await this.#waitForRoom(signal)
    const placed = this.#place<Kind>(operation, { isNumbered: isMutation, patienceMs: ordinaryPatienceMs })
    return await answerOrAbort(this.#link, placed, { signal, isMutation })
  }

  /** An Acquire, which may wait for ever. Its request number is needed to take it back. */
  async placeAcquire(operation: OperationOf<"acquire">, options: CallOptions): Promise<NumberedCall<"acquire">> {
    options.signal?.throwIfAborted()
    if (this.#window.isFull) await this.#waitForRoom(options.signal)
    return this.#place(operation, { isNumbered: true, patienceMs: "endless" })
  }

  /** `onSent` hears of every sending: the lease counts from the last one. */
  async keepAlive(patienceMs: DurationMs, onSent: () => void): Promise<AnswerOf<"keepAlive">> {
    return await this.#place<"keepAlive">({ kind: "keepAlive" }, { isNumbered: false, patienceMs, onSent }).answer
  }

  /** What a caller is told whose signal fired while nothing of theirs could have happened. */
  abortReason(signal: AbortSignal): unknown {
    return abortReason(this.#link, signal, false)
  }

  /** The session is over: calls that are open, and all later ones, reject with `error`. */
  end(error: CellError): void {
    if (this.#ending !== undefined) return
    this.#ending = error
    for (const placed of this.#open) placed.giveUp(error)
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
    if (this.#window.isFull) return
    this.#room?.resolve()
    this.#room = undefined
  }

  async #waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    while (this.#window.isFull && this.#ending === undefined) {
      this.#room ??= deferred()
      await unlessAborted(this.#room.promise, this.#link, signal)
    }
  }
}

/** Waits for `turn`; when `signal` fires first, rejects: nothing has been sent yet, so the outcome is known. */
async function unlessAborted(turn: Promise<void>, link: Link, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await turn
    return
  }
  const aborted = deferred<never>()
  const onAbort = (): void => {
    aborted.reject(abortReason(link, signal, false))
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener("abort", onAbort, { once: true })
  try {
    await Promise.race([turn, aborted.promise])
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}
