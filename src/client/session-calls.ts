/**
 * Calls made in a session. Every mutation gets a request number, under which the cell remembers its outcome; reads and
 * KeepAlives change nothing and need none. When the session ends, every call still open ends with it.
 */
import type { SessionId } from "../base/brand.ts"
import { deferred, type Deferred } from "../base/deferred.ts"
import type { DurationMs } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import type { NoticesSeen } from "../contract/notices.ts"
import type { OperationKind } from "../contract/requests.ts"
import type { AnswerOf, OperationOf } from "../wire/messages.ts"
import type { SignedOperation, SignedReply } from "../wire/signed-forms.ts"
import { unlessAborted } from "./abort.ts"
import { demand, orUndefined, record, text, type Rule } from "./argument-rules.ts"
import { abortReason, answerOrAbort, ordinaryPatienceMs, placeCall, type Caller, type PlacedCall } from "./call.ts"
import { checkOperation } from "./check-operation.ts"
import { RequestWindow } from "./core/request-window.ts"
import { SessionExpiredError } from "./errors.ts"
import type { Link, Patience } from "./link.ts"

/** What a call has to know besides its operation. */
export interface CallOptions {
  /** Ends the wait. A call that has been sent by then may take effect all the same. */
  readonly signal?: AbortSignal | undefined
  /** Do it only if the lock that this sequencer names is still held so; else the call rejects with SEQUENCER_STALE. */
  readonly underSequencer?: string | undefined
}

const abortSignal: Rule = { allowed: "an AbortSignal", admits: (value) => value instanceof AbortSignal }

/** Before anything else is done: whether the options are any, and whether the call is wanted still. */
export function enter(options: CallOptions): void {
  demand("options", options, record)
  demand("signal", options.signal, orUndefined(abortSignal))
  demand("underSequencer", options.underSequencer, orUndefined(text))
  options.signal?.throwIfAborted()
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
  "setAcl",
  "transact",
  "rotateSigningKeys",
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

/** Sees the calls of a session: what a session changes, nobody else tells it of. */
export interface CallObserver {
  /** Before the call is sent for the first time. Returns who is to see how it goes on, if anybody is. */
  placed(operation: SignedOperation): CallWatch | undefined
}

export interface CallWatch {
  /** At every sending. */
  sent(): void
  /** By a master, or by the link that was closed, in the name of none. */
  answered(reply: SignedReply): void
  /** Answered or given up: the last word. */
  settled(): void
}

/** How a call is sent. */
interface Manner {
  readonly isNumbered: boolean
  readonly patienceMs: Patience
  readonly underSequencer?: string | undefined
  readonly forCache?: boolean
  /** Hears of every sending: a lease counts from the last one. */
  readonly onSent?: () => void
  /** Hears the reply in its turn among everything else that arrives. */
  readonly onReply?: (reply: SignedReply) => void
}

export class SessionCalls implements CallIssuer {
  readonly sessionId: SessionId
  readonly #link: Link
  readonly #window = new RequestWindow(limits.outstandingRequestsMax)
  readonly #open = new Set<Omit<NumberedCall<OperationKind>, "answer">>()
  readonly #observers: CallObserver[] = []
  /** Resolved when a request number becomes free. */
  #room: Deferred<void> | undefined
  #ending: SessionExpiredError | undefined

  constructor(link: Link, sessionId: SessionId) {
    this.#link = link
    this.sessionId = sessionId
  }

  /** For the life of the session. */
  observe(observer: CallObserver): void {
    this.#observers.push(observer)
  }

  async call<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Kind>> {
    enter(options)
    const { signal, underSequencer } = options
    const isMutation = numbered.has(operation.kind)
    if (isMutation && !this.#hasRoomFor(operation.kind)) await this.#waitForRoom(operation.kind, signal)
    const manner = { isNumbered: isMutation, patienceMs: ordinaryPatienceMs, underSequencer }
    return await answerOrAbort(this.#link, this.#place<Kind>(operation, manner), { signal, isMutation })
  }

  /** A call without a number, of which the whole reply matters. `forCache`: may what is read be kept? */
  async inquire<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    { signal }: CallOptions,
    heard: Pick<Manner, "forCache" | "onReply">,
  ): Promise<AnswerOf<Kind>> {
    signal?.throwIfAborted()
    const manner = { ...heard, isNumbered: false, patienceMs: ordinaryPatienceMs }
    return await answerOrAbort(this.#link, this.#place<Kind>(operation, manner), { signal, isMutation: false })
  }

  /**
   * Asks for a lock. Unlike other calls it isn't given up when `signal` fires: whoever changes their mind has to take
   * it back, or to give back what was granted. An Acquire may wait for ever.
   */
  async placeAcquire<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    { signal, underSequencer }: CallOptions,
  ): Promise<NumberedCall<Kind>> {
    signal?.throwIfAborted()
    if (!this.#hasRoomFor(operation.kind)) await this.#waitForRoom(operation.kind, signal)
    const patienceMs = operation.kind === "acquire" ? "endless" : ordinaryPatienceMs
    return this.#place<Kind>(operation, { isNumbered: true, patienceMs, underSequencer })
  }

  async keepAlive(
    seen: NoticesSeen,
    manner: Pick<Manner, "onSent" | "onReply"> & { readonly patienceMs: DurationMs },
  ): Promise<AnswerOf<"keepAlive">> {
    return await this.#place<"keepAlive">({ kind: "keepAlive", seen }, { ...manner, isNumbered: false }).answer
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

  #place<Kind extends OperationKind>(operation: OperationOf<Kind>, manner: Manner): NumberedCall<Kind> {
    checkOperation(operation)
    if (this.#ending !== undefined) throw this.#ending
    const watches = this.#observers.flatMap((observer) => observer.placed(operation) ?? [])
    const requestNumber = manner.isNumbered ? this.#window.draw() : 0
    const caller: Caller = {
      patienceMs: manner.patienceMs,
      mayBeParked: operation.kind === "keepAlive" || operation.kind === "acquire",
      mayOvertake: operation.kind === "keepAlive",
      request: (sent, epoch) => {
        manner.onSent?.()
        for (const watch of watches) watch.sent()
        const { answeredThrough, stillOpen } = this.#window.acknowledgementFor(requestNumber)
        return {
          sessionId: this.sessionId,
          requestNumber,
          answeredThrough,
          stillOpen,
          epoch,
          forCache: manner.forCache ?? false,
          underSequencer: manner.underSequencer ?? "",
          operation: sent,
        }
      },
      onReply: (reply) => {
        for (const watch of watches) watch.answered(reply)
        manner.onReply?.(reply)
      },
      done: () => {
        this.#open.delete(placed)
        if (manner.isNumbered) this.#settle(requestNumber)
        for (const watch of watches) watch.settled()
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
