/**
 * What exactly-once means, as slowly as need be: a session's memory that keeps every acknowledgement it has ever seen and
 * asks them all. The calls it knows are four to a round: a write, two Acquires of locks that a stranger holds, and a
 * cancellation of the second.
 */
import type { MutatingOperation } from "../../../src/state-machine/commands.ts"
import { acquireOf, at, bytesOf } from "./cell-under-test.ts"

/** A call as it arrives: late, again, or overtaken by others. */
export interface Arrival {
  readonly requestNumber: number
  readonly answeredThrough: number
  readonly stillOpen: readonly number[]
  /** The same number, but another call. */
  readonly forged: boolean
}

type Memory = { readonly forged: boolean | undefined; readonly state: "waiting" | "done" }

export function operationOf(requestNumber: number, forged: boolean): MutatingOperation {
  switch (requestNumber % 4) {
    case 0:
      return { kind: "cancelAcquire", requestNumber: requestNumber - (forged ? 2 : 1) }
    case 1:
      return { kind: "setContents", node: at(`file-${requestNumber}`), contents: bytesOf(forged ? "forged" : "true") }
    default:
      return acquireOf(at(`lock-${requestNumber}`), forged ? "shared" : "exclusive")
  }
}

export class NaiveMemory {
  /** How often each write has been carried out. */
  readonly written = new Map<number, number>()
  readonly #calls = new Map<number, Memory>()
  readonly #free = new Set<number>()
  readonly #acknowledgements: Arrival[] = []

  /** Returns the code of the refusal, "waiting", or "done". */
  take(arrival: Arrival): string {
    const { requestNumber, answeredThrough, stillOpen, forged } = arrival
    if (answeredThrough >= requestNumber && !stillOpen.includes(requestNumber)) return "INVALID_ARGUMENT"
    if (this.#isClosed(requestNumber)) return "REQUEST_FORGOTTEN"
    this.#acknowledgements.push(arrival)
    for (const number of [...this.#calls.keys()]) if (this.#isClosed(number)) this.#calls.delete(number)
    const earlier = this.#calls.get(requestNumber)
    if (earlier !== undefined) {
      if (earlier.forged !== undefined && earlier.forged !== forged) return "INVALID_ARGUMENT"
      return earlier.state
    }
    const state = this.#carryOut(requestNumber, forged)
    this.#calls.set(requestNumber, { forged, state })
    return state
  }

  /** The stranger lets go of the lock that this call is about. */
  release(requestNumber: number): void {
    this.#free.add(requestNumber)
    const call = this.#calls.get(requestNumber)
    if (call?.state === "waiting") this.#calls.set(requestNumber, { ...call, state: "done" })
  }

  recall(requestNumber: number): "waiting" | "done" | undefined {
    return this.#calls.get(requestNumber)?.state
  }

  #isClosed(number: number): boolean {
    return this.#acknowledgements.some(
      ({ answeredThrough, stillOpen }) => number <= answeredThrough && !stillOpen.includes(number),
    )
  }

  #carryOut(requestNumber: number, forged: boolean): "waiting" | "done" {
    const operation = operationOf(requestNumber, forged)
    if (operation.kind === "acquire") return this.#free.has(requestNumber) ? "done" : "waiting"
    if (operation.kind === "setContents") this.written.set(requestNumber, (this.written.get(requestNumber) ?? 0) + 1)
    if (operation.kind === "cancelAcquire") this.#cancel(operation.requestNumber)
    return "done"
  }

  #cancel(requestNumber: number): void {
    const call = this.#calls.get(requestNumber)
    if (call?.state === "waiting") this.#calls.set(requestNumber, { ...call, state: "done" })
    // It has been overtaken by its cancellation, whatever it will be.
    else if (call === undefined && !this.#isClosed(requestNumber)) {
      this.#calls.set(requestNumber, { forged: undefined, state: "done" })
    }
  }
}
