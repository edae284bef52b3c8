/**
 * The calls made through one handle: they can be cancelled together, and bound to a sequencer, whether or not each of
 * them has a signal or a sequencer of its own.
 */
import type { OperationKind } from "../contract/requests.ts"
import type { AnswerOf, OperationOf } from "../wire/messages.ts"
import { type CellError } from "./errors.ts"
import { enter, type CallIssuer, type CallOptions } from "./session-calls.ts"

export class HandleCalls implements CallIssuer {
  readonly #issuer: CallIssuer
  readonly #outstanding = new Set<AbortController>()
  #sequencer: string | undefined
  #ending: CellError | undefined

  constructor(issuer: CallIssuer) {
    this.#issuer = issuer
  }

  async call<Kind extends OperationKind>(
    operation: OperationOf<Kind>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Kind>> {
    return await this.carryOut(options, async (own) => await this.#issuer.call<Kind>(operation, own))
  }

  /** `work` is handed the options to use: those of the caller and of the handle in one. */
  async carryOut<Options extends CallOptions, Result>(
    options: Options,
    work: (own: Options) => Promise<Result>,
  ): Promise<Result> {
    if (this.#ending !== undefined) throw this.#ending
    enter(options)
    const { signal, underSequencer = this.#sequencer } = options
    const controller = new AbortController()
    const onAbort = (): void => {
      controller.abort(signal?.reason)
    }
    signal?.addEventListener("abort", onAbort, { once: true })
    this.#outstanding.add(controller)
    try {
      return await work({ ...options, signal: controller.signal, underSequencer })
    } finally {
      this.#outstanding.delete(controller)
      signal?.removeEventListener("abort", onAbort)
    }
  }

  bind(sequencer: string | undefined): void {
    this.#sequencer = sequencer
  }

  cancel(reason: CellError): void {
    for (const controller of this.#outstanding) controller.abort(reason)
  }

  /** What is outstanding and what comes later fails for this reason; the first one stays. */
  end(reason: CellError): void {
    this.cancel(reason)
    this.#ending ??= reason
  }
}
