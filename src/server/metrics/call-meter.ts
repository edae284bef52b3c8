/**
 * How long calls take and how they end, by door, operation and code: what operators look at first. The histogram's own
 * look-up of a label is slow, so each combination is looked up once; an answer then costs half a microsecond.
 */
import { performance } from "node:perf_hooks"
import { Histogram, type Registry } from "prom-client"
import type { ErrorCode } from "../../contract/errors.ts"
import type { OperationKind } from "../../contract/requests.ts"

/** `stream`: a call that came on a `Connect` stream; `grpc`: as a call of its own. */
export type Door = "grpc" | "stream" | "http"

/** `unreadable`: it could not be made out what was asked for. */
type Asked = OperationKind | "unreadable"

/** `OK`, or why it was refused. */
type Code = ErrorCode | "OK"

/** Says how the call has ended; whatever is said after that does not count. */
export type CallEnded = (code: Code) => void

type Observer = Histogram.Internal<"door" | "operation" | "code">

export class CallMeter {
  readonly #histogram: Histogram<"door" | "operation" | "code">

  constructor(registry: Registry) {
    this.#histogram = new Histogram({
      name: "claviger_call_seconds",
      help: "How long calls took to be answered, by door, operation and code (OK, or the code of the refusal).",
      labelNames: ["door", "operation", "code"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [registry],
    })
  }

  at(door: Door): DoorMeter {
    return new DoorMeter((operation, code) => this.#histogram.labels(door, operation, code))
  }
}

export class DoorMeter {
  readonly #observerOf: (operation: Asked, code: Code) => Observer
  readonly #known = new Map<Asked, Map<Code, Observer>>()

  constructor(observerOf: (operation: Asked, code: Code) => Observer) {
    this.#observerOf = observerOf
  }

  began(operation: Asked): CallEnded {
    const since = performance.now()
    let isOver = false
    return (code) => {
      if (isOver) return
      isOver = true
      this.#observer(operation, code).observe((performance.now() - since) / 1000)
    }
  }

  #observer(operation: Asked, code: Code): Observer {
    const byCode = this.#known.get(operation) ?? new Map<Code, Observer>()
    this.#known.set(operation, byCode)
    const known = byCode.get(code) ?? this.#observerOf(operation, code)
    byCode.set(code, known)
    return known
  }
}

/** Of an outcome, or of the answer of another replica. */
export function codeOf(outcome: { readonly kind: string; readonly code?: ErrorCode }): Code {
  return outcome.code ?? "OK"
}
