/**
 * The transport over pipes of either kind: one `Connect` stream on a connection of its own. All calls issued in the same
 * turn of the event loop leave in one message, because messages cost more than what is in them.
 */
import type { DurationMs } from "../base/instant.ts"
import { type Refusal, refuse } from "../contract/errors.ts"
import { limits } from "../contract/limits.ts"
import { messageBounds } from "../wire/message-bounds.ts"
import { sizeOfRequest } from "../wire/request-size.ts"
import type { OpenPipe, Pipe } from "./pipe.ts"
import type { Call, CallResult, CallStream, StreamListener, Transport } from "./transport.ts"

/**
 * A replica that is up completes a connection in a few round trips; the search has others to ask. One to which thousands
 * of clients come back at once takes longer: had each of them given up before its turn came, nobody would ever be served.
 * So who did not answer in time is given twice as long the next time.
 */
const connectWithinMs: DurationMs = 1_000
const connectWithinMsMax: DurationMs = 4_000

/** A timer that is late by so much was kept waiting by this very process, and tells nothing of the replica: once more. */
const lateMs: DurationMs = 200

export class StreamTransport implements Transport {
  readonly #openPipe: OpenPipe
  readonly #streams = new Set<PipedStream>()
  /** By address, of those that were too slow since somebody has served. */
  readonly #patience = new Map<string, DurationMs>()

  constructor(openPipe: OpenPipe) {
    this.#openPipe = openPipe
  }

  open(address: string, listener: StreamListener): CallStream {
    const patienceMs = this.#patience.get(address) ?? connectWithinMs
    const terms = { address, openPipe: this.#openPipe, connectWithinMs: patienceMs }
    const stream = new PipedStream(terms, {
      onResults: (results) => {
        // By whichever replica: one that is down for days is to cost the next search no more than the usual time.
        if (this.#patience.size > 0 && results.some(isServed)) this.#patience.clear()
        listener.onResults(results)
      },
      onEnd: (reason, refusal) => {
        listener.onEnd(reason, refusal)
      },
      onTooSlow: () => {
        this.#patience.set(address, Math.min(2 * patienceMs, connectWithinMsMax))
      },
      onOver: () => this.#streams.delete(stream),
    })
    this.#streams.add(stream)
    return stream
  }

  close(): void {
    for (const stream of this.#streams) stream.close()
  }
}

function isServed({ reply }: CallResult): boolean {
  return reply.outcome.kind !== "refused"
}

interface StreamTerms {
  readonly address: string
  readonly openPipe: OpenPipe
  readonly connectWithinMs: DurationMs
}

interface PipedStreamListener extends StreamListener {
  /** The connection did not come about in time: the end follows. */
  onTooSlow(): void
  /** Called once, whichever side has ended the stream. */
  onOver(): void
}

class PipedStream implements CallStream {
  readonly #pipe: Pipe
  readonly #listener: PipedStreamListener
  #connecting: NodeJS.Timeout
  #gathered: Call[] = []
  #isOver = false

  constructor({ address, openPipe, connectWithinMs }: StreamTerms, listener: PipedStreamListener) {
    this.#listener = listener
    this.#pipe = openPipe(address, {
      onResults: (results) => {
        if (!this.#isOver) this.#listener.onResults(results)
      },
      onEnd: (reason, refusal) => {
        this.#end(reason, refusal)
      },
    })
    this.#connecting = this.#connectWithin(connectWithinMs)
  }

  get isConnected(): boolean {
    return this.#pipe.isConnected
  }

  send(call: Call): void {
    if (this.#isOver) return
    this.#gathered.push(call)
    if (this.#gathered.length === 1) {
      setImmediate(() => {
        this.#flush()
      })
    }
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#connecting)
    this.#pipe.close()
    this.#listener.onOver()
  }

  #connectWithin(patienceMs: DurationMs, isLastTry = false): NodeJS.Timeout {
    const dueAt = performance.now() + patienceMs
    return setTimeout(() => {
      if (this.isConnected) return
      if (!isLastTry && performance.now() - dueAt > lateMs) {
        this.#connecting = this.#connectWithin(patienceMs, true)
        return
      }
      this.#listener.onTooSlow()
      this.#end(`no connection within ${patienceMs} ms`)
    }, patienceMs)
  }

  #flush(): void {
    const gathered = this.#gathered
    this.#gathered = []
    if (this.#isOver) return
    let batch: Call[] = []
    let batchBytes = 0
    for (const call of gathered) {
      const bytes = sizeOfRequest(call.request)
      if (bytes > messageBounds.requestBytesMax) {
        this.#refuseTooLarge(call, bytes)
        continue
      }
      if (batch.length === limits.operationsPerMessageMax || batchBytes + bytes > messageBounds.batchBytes) {
        this.#pipe.write(batch)
        batch = []
        batchBytes = 0
      }
      batch.push(call)
      batchBytes += bytes
    }
    if (batch.length > 0) this.#pipe.write(batch)
  }

  /** The replica would not read it, and would break off the stream for all other calls, again at every retry. */
  #refuseTooLarge({ callId }: Call, bytes: number): void {
    const detail = `The call takes ${bytes} bytes, but a message holds at most ${messageBounds.requestBytesMax}.`
    const reply = { outcome: refuse("INVALID_ARGUMENT", detail), epoch: 0, commitIndex: 0, cachable: false }
    this.#listener.onResults([{ callId, reply }])
  }

  #end(reason: string, refusal?: Refusal): void {
    if (this.#isOver) return
    this.close()
    this.#listener.onEnd(reason, refusal)
  }
}
