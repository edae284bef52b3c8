/**
 * One `Connect` stream: batches of calls in, batches of results out, each result as soon as it is there. What one
 * client can make a replica hold is bounded: calls beyond the limit are refused, and while a client does not take its
 * results, no more of its calls are read.
 */
import { type Refusal, refuse } from "../../contract/errors.ts"
import { limits } from "../../contract/limits.ts"
import type { OperationKind } from "../../contract/requests.ts"
import { fitAnswer } from "../../wire/answer-size.ts"
import { messageBounds } from "../../wire/message-bounds.ts"
import type { CallRead, ClientMessageRead, ResultWritten, ServerMessageWritten } from "../../wire/messages.ts"
import type { SignedReply } from "../../wire/signed-forms.ts"
import { MalformedMessageError, wholeNumber } from "../../wire/terms.ts"
import { callToContract } from "../../wire/to-contract.ts"
import { resultToWire } from "../../wire/to-wire.ts"
import type { Ticket } from "../cell.ts"
import { codeOf, type DoorMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"
import { StreamLoad } from "./stream-load.ts"

/** The way to one client: a gRPC stream, or a connection of frames. */
export interface ClientPipe {
  /** Whom it was opened by. */
  readonly principal: string
  /** The client does not take what is written: no more is to be, until the stream hears of its drain. */
  readonly needsDrain: boolean
  write(message: ServerMessageWritten): void
  /** No more of the client's messages are read. */
  pause(): void
  resume(): void
  /** Nothing more is written. */
  end(): void
  /** Ends it with a reason. */
  breakOff(refusal: Refusal): void
}

export class ConnectStream {
  readonly #cell: SignedCell
  readonly #pipe: ClientPipe
  readonly #meter: DoorMeter
  readonly #load = new StreamLoad()
  readonly #outstanding = new Set<Ticket>()
  /** Not sent yet. */
  readonly #results: WaitingResult[] = []
  #waitingBytes = 0
  #isFlushDue = false
  #hasClientEnded = false
  #isOver = false

  constructor(cell: SignedCell, pipe: ClientPipe, meter: DoorMeter) {
    this.#cell = cell
    this.#pipe = pipe
    this.#meter = meter
  }

  /** Ends the stream from this side: the replica is about to stop. */
  close(): void {
    if (this.#isOver) return
    this.#flush()
    this.#abandonAll()
    this.#pipe.end()
  }

  /** The pipe takes more again. */
  drained(): void {
    this.#flush()
  }

  /** The client sends no more, and waits for what is left. */
  clientEnded(): void {
    this.#hasClientEnded = true
    this.#flush()
  }

  /** The client is gone. */
  lost(): void {
    this.#abandonAll()
  }

  receive(message: ClientMessageRead): void {
    if (this.#isOver) return
    if (message.calls.length > limits.operationsPerMessageMax) {
      const sentence = `${message.calls.length} calls in one message; at most ${limits.operationsPerMessageMax} are allowed`
      this.#breakOff(refuse("INVALID_ARGUMENT", sentence))
      return
    }
    try {
      for (const call of message.calls) this.#accept(call)
    } catch (reason) {
      if (!(reason instanceof MalformedMessageError)) throw reason
      // Only a call's id is read here, and without its id a call can't be answered.
      this.#breakOff(refuse("INVALID_ARGUMENT", reason.message))
    }
  }

  #accept(call: CallRead): void {
    const callId = wholeNumber(call.callId)
    const request = callToContract(call)
    if ("kind" in request) {
      this.#meter.began("unreadable")(request.code)
      this.#refuse(callId, request)
      return
    }
    const { kind } = request.operation
    const ended = this.#meter.began(kind)
    const tooMany = this.#load.enter(kind)
    if (tooMany !== undefined) {
      ended(tooMany.code)
      this.#refuse(callId, tooMany)
      return
    }
    const ticket = this.#cell.submit(request, this.#pipe.principal, (reply) => {
      ended(codeOf(reply.outcome))
      this.#outstanding.delete(ticket)
      this.#answer(callId, kind, reply)
    })
    this.#outstanding.add(ticket)
  }

  /** Without asking the replica. */
  #refuse(callId: number, outcome: Refusal): void {
    this.#answer(callId, undefined, { outcome, epoch: 0, commitIndex: 0, cachable: false })
  }

  /** What is answered in one turn of the replica leaves together. */
  #answer(callId: number, counted: OperationKind | undefined, answered: SignedReply): void {
    if (this.#isOver) return
    const fitting = fitAnswer(answered)
    const { reply, bytes } = this.#waitingBytes + fitting.bytes > messageBounds.untakenBytesMax ? untaken : fitting
    this.#waitingBytes += bytes
    this.#results.push({ result: resultToWire(callId, reply), bytes, counted })
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    queueMicrotask(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#isOver) return
    while (this.#results.length > 0 && !this.#pipe.needsDrain) {
      const batch = takeBatch(this.#results)
      for (const { counted, bytes } of batch) {
        this.#waitingBytes -= bytes
        if (counted !== undefined) this.#load.leave(counted)
      }
      this.#pipe.write({ results: batch.map(({ result }) => result) })
    }
    if (this.#results.length > 0) {
      this.#pipe.pause()
      return
    }
    this.#pipe.resume()
    if (this.#hasClientEnded && this.#outstanding.size === 0) {
      this.#isOver = true
      this.#pipe.end()
    }
  }

  #breakOff(refusal: Refusal): void {
    this.#abandonAll()
    this.#pipe.breakOff(refusal)
  }

  #abandonAll(): void {
    this.#isOver = true
    for (const ticket of this.#outstanding) this.#cell.abandon(ticket)
    this.#outstanding.clear()
    this.#results.length = 0
  }
}

/** Instead of an answer for which there is no room. What was asked for may have been done. */
const untaken = fitAnswer({
  outcome: { ...refuse("OVERLOADED", "The client does not take its answers."), unknownOutcome: true },
  epoch: 0,
  commitIndex: 0,
  cachable: false,
})

interface WaitingResult {
  readonly result: ResultWritten
  readonly bytes: number
  /** The kind under which its call was counted; undefined: it was not. */
  readonly counted: OperationKind | undefined
}

/** At least one result, and as many more as fit. */
function takeBatch(waiting: WaitingResult[]): readonly WaitingResult[] {
  let bytes = 0
  let count = 0
  for (const { bytes: more } of waiting) {
    bytes += more
    if (count > 0 && bytes > messageBounds.batchBytes) break
    count += 1
  }
  return waiting.splice(0, count)
}
