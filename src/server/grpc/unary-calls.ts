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
import type { CallEnded, DoorMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"
import { type Forwarder, forwardedMark, masterTrailer, placeToAsk } from "./forwarding.ts"
import { principalOf } from "./principal.ts"

type Caller<Kind extends OperationKind> = ServerUnaryCall<RequestRead<Kind>, ResponseWritten<Kind>>
type Send<Kind extends OperationKind> = sendUnaryData<ResponseWritten<Kind>>

/** The two ways in which a call is answered. */
interface Respond<Kind extends OperationKind> {
  answer(response: ResponseWritten<Kind>, trailer?: Metadata): void
  refuse(refusal: Refusal): void
}

export class UnaryCalls {
  readonly #cell: SignedCell
  readonly #forwarder: Forwarder
  readonly #meter: DoorMeter

  constructor(cell: SignedCell, forwarder: Forwarder, meter: DoorMeter) {
    this.#cell = cell
    this.#forwarder = forwarder
    this.#meter = meter
  }

  /** What serves the call of this kind. */
  serving<Kind extends OperationKind>(kind: Kind): handleUnaryCall<RequestRead<Kind>, ResponseWritten<Kind>> {
    return (caller, send) => {
      const ended = this.#meter.began(kind)
      const respond = respondBy(send, ended)
      const request = unaryRequestToContract(kind, caller.request)
      if ("kind" in request) {
        respond.refuse(request)
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
        ended("CANCELLED")
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
      respond.answer(unaryResponseToWire(kind, outcome as AnswerOf<Kind>, reply))
      return nothing
    }
    const address = placeToAsk(outcome)
    if (address === undefined || caller.metadata.get(forwardedMark).length > 0) {
      respond.refuse(outcome)
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
    // What was read can be written again as it is: the types differ only in how much they leave open.
    const to = { address, deadline: caller.getDeadline(), principal: principalOf(caller) }
    return this.#forwarder.forward(kind, caller.request, to, (result) => {
      if (result.kind === "refused") {
        respond.refuse(result)
        return
      }
      const trailer = new Metadata()
      trailer.set(masterTrailer, address)
      respond.answer(result.response, trailer)
    })
  }
}

function respondBy<Kind extends OperationKind>(send: Send<Kind>, ended: CallEnded): Respond<Kind> {
  return {
    answer: (response, trailer) => {
      ended("OK")
      send(null, response, trailer)
    },
    refuse: (refusal) => {
      ended(refusal.code)
      send(statusOf(refusal))
    },
  }
}
