/**
 * Unary calls that reach a replica which is not the master are passed on to the one that is, once: a mark in the
 * metadata keeps two replicas that each believe in the other from playing with a call for ever. Answer, refusal,
 * deadline and cancellation go through unchanged; a trailer tells the caller where to ask straight away next time.
 */
import { type Deadline, Metadata, type ServiceError } from "@grpc/grpc-js"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { OperationKind } from "../../contract/requests.ts"
import { errorTrailer, refusalFromError } from "../../wire/error-details.ts"
import type { RequestRead, RequestWritten, ResponseRead, ResponseWritten } from "../../wire/messages.ts"
import { type UnaryMethod, unaryMethods } from "../../wire/unary-methods.ts"
import type { ReplicaChannels } from "./replica-channels.ts"

/** Present on calls that another replica has passed on. */
export const forwardedMark = "claviger-forwarded"
/** Trailer of answers that came from another replica: that replica's address. */
export const masterTrailer = "claviger-master"

export type Forwarded<Kind extends OperationKind> =
  { readonly kind: "answered"; readonly response: ResponseWritten<Kind> } | Refusal

export class Forwarder {
  readonly #channels: ReplicaChannels

  constructor(channels: ReplicaChannels) {
    this.#channels = channels
  }

  /** Passes the call on. Returns the way to cancel it; then `onDone` is still called. */
  forward<Kind extends OperationKind>(
    kind: Kind,
    message: RequestRead<Kind>,
    to: { readonly address: string; readonly deadline: Deadline },
    onDone: (result: Forwarded<Kind>) => void,
  ): () => void {
    const method: UnaryMethod<Kind> = unaryMethods[kind]
    const metadata = new Metadata()
    metadata.set(forwardedMark, "1")
    const call = this.#channels.to(to.address).makeUnaryRequest<RequestWritten<Kind>, ResponseRead<Kind>>(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      // What was read can be written again as it is: the types differ only in how much they leave open.
      message,
      metadata,
      { deadline: to.deadline },
      (error, response) => {
        if (response !== undefined) onDone({ kind: "answered", response })
        else onDone(refusalOf(error, to.address))
      },
    )
    return () => {
      call.cancel()
    }
  }
}

function refusalOf(error: ServiceError | null, address: string): Refusal {
  if (error === null) return lost(address)
  if (error.metadata.get(errorTrailer).length > 0) return refusalFromError(error)
  const refusal = refusalFromError(error)
  return refusal.code === "FAIL_OVER_IN_PROGRESS" ? lost(address) : refusal
}

/** The connection broke or was never made. Which of the two is not known here. */
function lost(address: string): Refusal {
  const detail = `The replica that was master, ${address}, does not answer.`
  return { ...refuse("FAIL_OVER_IN_PROGRESS", detail), unknownOutcome: true }
}
