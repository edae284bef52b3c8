/**
 * The cell as HTTP callers see it: whichever replica they ask, the one that is master answers. A request is tried here
 * and, if this is not the master, forwarded once over the gRPC doors, with answers and refusals unchanged.
 */
import { type Refusal, refuse } from "../../contract/errors.ts"
import { fitAnswer } from "../../wire/answer-size.ts"
import type { SignedReply, SignedRequest } from "../../wire/signed-forms.ts"
import { unaryResponseToContract } from "../../wire/to-contract.ts"
import { unaryRequestToWire } from "../../wire/to-wire.ts"
import { type Forwarder, placeToAsk } from "../grpc/forwarding.ts"
import { codeOf, type DoorMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"

export class AnyReplica {
  readonly #cell: SignedCell
  readonly #forwarder: Forwarder
  readonly #meter: DoorMeter

  constructor(cell: SignedCell, forwarder: Forwarder, meter: DoorMeter) {
    this.#cell = cell
    this.#forwarder = forwarder
    this.#meter = meter
  }

  /**
   * Always answered. Once `signal` fires, nobody waits for the reply any more, here or at the master, though what was
   * asked for may still happen.
   */
  async submit(request: SignedRequest, principal: string, signal: AbortSignal): Promise<SignedReply> {
    const ended = this.#meter.began(request.operation.kind)
    const reply = await this.#ask(request, principal, signal)
    ended(codeOf(reply.outcome))
    return reply
  }

  #ask(request: SignedRequest, principal: string, signal: AbortSignal): Promise<SignedReply> {
    return new Promise((resolve) => {
      let giveUp = (): void => undefined
      const abort = (): void => {
        giveUp()
        resolve(unanswered({ ...refuse("CANCELLED", "The caller has gone."), unknownOutcome: true }))
      }
      const settle = (reply: SignedReply): void => {
        signal.removeEventListener("abort", abort)
        resolve(reply)
      }
      const ticket = this.#cell.submit(request, principal, (reply) => {
        const { outcome } = reply
        const address = outcome.kind === "refused" ? placeToAsk(outcome) : undefined
        if (address === undefined || signal.aborted) settle(fitAnswer(reply).reply)
        else giveUp = this.#forward(request, address, principal, settle)
      })
      giveUp = () => {
        this.#cell.abandon(ticket)
      }
      signal.addEventListener("abort", abort)
      if (signal.aborted) abort()
    })
  }

  /** Returns the way to take it back. */
  #forward(
    request: SignedRequest,
    address: string,
    principal: string,
    onReply: (reply: SignedReply) => void,
  ): () => void {
    const { kind } = request.operation
    // Who waits at this door has no deadline but its own patience; Acquires carry theirs in the call.
    const to = { address, principal, deadline: Infinity }
    return this.#forwarder.forward(kind, unaryRequestToWire(kind, request), to, (result) => {
      onReply(result.kind === "refused" ? unanswered(result) : unaryResponseToContract(kind, result.response))
    })
  }
}

/** A refusal that came without a header: nobody's epoch is known. */
function unanswered(outcome: Refusal): SignedReply {
  return { outcome, epoch: 0, commitIndex: 0, cachable: false }
}
