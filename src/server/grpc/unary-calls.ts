/**
 * The unary calls of `LockService`: one request, one reply. A call whose caller has gone (cancelled, deadline passed,
 * connection lost) is abandoned at the replica as well.
 */
import { Metadata, type ServerUnaryCall, type handleUnaryCall, type sendUnaryData } from "@grpc/grpc-js"
import { assert } from "../../base/assert.ts"
import type { Refusal } from "../../contract/errors.ts"
import type { OperationKind } from "../../contract/requests.ts"
import { fitAnswer } from "../../wire/answer-size.ts"
import { statusOf } from "../../wire/error-details.ts"
import type { AnswerOf, RequestRead, ResponseWritten } from "../../wire/messages.ts"
import type { SignedReply } from "../../wire/signed-forms.ts"
import { unaryRequestToContract } from "../../wire/to-contract.ts"
import { unaryResponseToWire } from "../../wire/to-wire.ts"
import type { SignedCell } from "../signed-cell.ts"
import { type Forwarder, forwardedMark, masterTrailer } from "./forwarding.ts"
import { principalOf } from "./principal.ts"

type Caller<Kind extends OperationKind> = ServerUnaryCall<RequestRead<Kind>, ResponseWritten<Kind>>
type Respond<Kind extends OperationKind> = sendUnaryData<ResponseWritten<Kind>>

export class UnaryCalls {
  readonly #cell: SignedCell
  readonly #forwarder: Forwarder

  constructor(cell: SignedCell, forwarder: Forwarder) {
    this.#cell = cell
    this.#forwarder = forwarder
  }

  /** What serves the call of this kind. */
  serving<Kind extends OperationKind>(kind: Kind): handleUnaryCall<RequestRead<Kind>, ResponseWritten<Kind>> {
    return (caller, respond) => {
      const request = unaryRequestToContract(kind, caller.request)
      if ("kind" in request) {
        respond(statusOf(request))
        return
      }
      let giveUp = (): void => undefined
      const ticket = this.#cell.submit(request, principalOf(caller), (reply) => {
        giveUp = this.#reply(kind, fitAnswer(reply).reply, caller, respond)
      })
      giveUp = () => {
        this.#cell.abandon(ticket)
      }
      caller.on("cancelled", () => {
        giveUp()
      })
    }
  }

  /** Returns what is left to do should the caller give up now. */
  #reply<Kind extends OperationKind>(
    kind: Kind,
    reply: SignedReply,
    caller: Caller<Kind>,
    respond: Respond<Kind>,
  ): () => void {
    const { outcome } = reply
    const nothing = (): void => undefined
    if (outcome.kind !== "refused") {
      assert(outcome.kind === kind, "an operation is answered in kind")
      respond(null, unaryResponseToWire(kind, outcome as AnswerOf<Kind>, reply))
      return nothing
    }
    const address = placeToAsk(outcome)
    if (address === undefined || caller.metadata.get(forwardedMark).length > 0) {
      respond(statusOf(outcome))
      return nothing
    }
    return this.#forward(kind, address, caller, respond)
  }

  #forward<Kind extends OperationKind>(
    kind: Kind,
    address: string,
    caller: Caller<Kind>,
    respond: Respond<Kind>,
  ): () => void {
    const to = { address, deadline: caller.getDeadline(), principal: principalOf(caller) }
    return this.#forwarder.forward(kind, caller.request, to, (result) => {
      if (result.kind === "refused") {
        respond(statusOf(result))
        return
      }
      const trailer = new Metadata()
      trailer.set(masterTrailer, address)
      respond(null, result.response, trailer)
    })
  }
}

/**
 * The master's address, if the call may go there. One that may have taken effect already is not sent a second time from
 * here: whether that is safe depends on the session it was made in, and the caller knows.
 */
function placeToAsk({ code, masterHint, unknownOutcome }: Refusal): string | undefined {
  if (code !== "NOT_MASTER" || masterHint === "" || unknownOutcome === true) return undefined
  return masterHint
}
