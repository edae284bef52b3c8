/**
 * One `Connect` stream: batches of calls in, batches of results out, each result as soon as it is there. What one
 * client can make a replica hold is bounded: calls beyond the limit are refused, and while a client does not take its
 * results, no more of its calls are read.
 */
import type { ServerDuplexStream } from "@grpc/grpc-js"
import { type Refusal, refuse } from "../../contract/errors.ts"
import { lifelines } from "../../contract/lifelines.ts"
import { limits } from "../../contract/limits.ts"
import type { OperationKind } from "../../contract/requests.ts"
import { statusOf } from "../../wire/error-details.ts"
import { messageBounds } from "../../wire/message-bounds.ts"
import type { CallRead, ClientMessageRead, ResultWritten, ServerMessageWritten } from "../../wire/messages.ts"
import type { SignedReply } from "../../wire/signed-forms.ts"
import { MalformedMessageError, wholeNumber } from "../../wire/terms.ts"
import { callToContract } from "../../wire/to-contract.ts"
import { resultToWire } from "../../wire/to-wire.ts"
import type { Ticket } from "../cell.ts"
import type { SignedCell } from "../signed-cell.ts"

export type ConnectCall = ServerDuplexStream<ClientMessageRead, ServerMessageWritten>

export class ConnectStream {
  readonly #cell: SignedCell
  readonly #stream: ConnectCall
  readonly #outstanding = new Set<Ticket>()
  /** Not sent yet. */
  readonly #results: WaitingResult[] = []
  #isFlushDue = false
  #hasClientEnded = false
  #isOver = false

  constructor(cell: SignedCell, stream: ConnectCall) {
    this.#cell = cell
    this.#stream = stream
    stream.on("data", (message: ClientMessageRead) => {
      this.#receive(message)
    })
    stream.on("drain", () => {
      this.#flush()
    })
    stream.on("end", () => {
      this.#hasClientEnded = true
      this.#flush()
    })
    stream.on("cancelled", () => {
      this.#abandonAll()
    })
  }

  /** Ends the stream from this side: the replica is about to stop. */
  close(): void {
    if (this.#isOver) return
    this.#flush()
    this.#abandonAll()
    this.#stream.end()
  }

  #receive(message: ClientMessageRead): void {
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
      this.#answer(callId, { outcome: request, epoch: 0, commitIndex: 0 })
      return
    }
    if (this.#outstanding.size + this.#results.length >= roomFor(request.operation.kind)) {
      this.#answer(callId, { outcome: tooManyCalls, epoch: 0, commitIndex: 0 })
      return
    }
    const ticket = this.#cell.submit(request, (reply) => {
      this.#outstanding.delete(ticket)
      this.#answer(callId, reply)
    })
    this.#outstanding.add(ticket)
  }

  /** What is answered in one turn of the replica leaves together. */
  #answer(callId: number, reply: SignedReply): void {
    if (this.#isOver) return
    this.#results.push({ result: resultToWire(callId, reply), bytes: sizeOf(reply) })
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    queueMicrotask(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#isOver) return
    while (this.#results.length > 0 && !this.#stream.writableNeedDrain) {
      this.#stream.write({ results: takeBatch(this.#results) })
    }
    if (this.#results.length > 0) {
      this.#stream.pause()
      return
    }
    this.#stream.resume()
    if (this.#hasClientEnded && this.#outstanding.size === 0) {
      this.#isOver = true
      this.#stream.end()
    }
  }

  #breakOff(refusal: Refusal): void {
    this.#abandonAll()
    this.#stream.emit("error", statusOf(refusal))
  }

  #abandonAll(): void {
    this.#isOver = true
    for (const ticket of this.#outstanding) this.#cell.abandon(ticket)
    this.#outstanding.clear()
    this.#results.length = 0
  }
}

interface WaitingResult {
  readonly result: ResultWritten
  readonly bytes: number
}

function roomFor(kind: OperationKind): number {
  const { outstandingRequestsMax, operationsPerMessageMax } = limits
  return lifelines.has(kind) ? outstandingRequestsMax + operationsPerMessageMax : outstandingRequestsMax
}

const tooManyCalls: Refusal = refuse(
  "OVERLOADED",
  `More than ${limits.outstandingRequestsMax} calls of this stream are waiting for their answers.`,
)

/** At least one result, and as many more as fit. */
function takeBatch(waiting: WaitingResult[]): ResultWritten[] {
  let bytes = 0
  let count = 0
  for (const { bytes: more } of waiting) {
    bytes += more
    if (count > 0 && bytes > messageBounds.batchBytes) break
    count += 1
  }
  return waiting.splice(0, count).map(({ result }) => result)
}

/** Roughly, and rather too much: what a result takes on the wire, a long path and its counters included. */
function sizeOf({ outcome }: SignedReply): number {
  const plain = 256
  switch (outcome.kind) {
    case "getContentsAndStat":
      return plain + outcome.contents.length
    case "readDir":
      return plain + outcome.entries.length * 128
    case "getLock":
      return plain + (outcome.holders.length + outcome.waiters.length) * 128
    default:
      return plain
  }
}
