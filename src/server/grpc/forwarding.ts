/**
 * Unary calls that reach a replica which is not the master are passed on to the one that is, once: a mark in the
 * metadata keeps two replicas that each believe in the other from playing with a call for ever. Answer, refusal,
 * deadline and cancellation go through unchanged; a trailer tells the caller where to ask straight away next time.
 */
import { type Deadline, Metadata, type ServiceError } from "@grpc/grpc-js"
import { type Refusal, refuse } from "../../contract/errors.ts"
import type { OperationKind } from "../../contract/requests.ts"
import { errorTrailer, refusalFromError } from "../../wire/error-details.ts"
import type { RequestWritten, ResponseRead } from "../../wire/messages.ts"
import { type UnaryMethod, unaryMethods } from "../../wire/unary-methods.ts"
import { objectionToPrincipal } from "../principal-name.ts"
import type { ReplicaChannels } from "./replica-channels.ts"

/** Present on calls that another replica has passed on. */
export const forwardedMark = "claviger-forwarded"
/** On such calls: the principal that made them, percent-encoded. Only a replica's word on it is believed. */
const principalKey = "claviger-principal"
/** Trailer of answers that came from another replica: that replica's address. */
export const masterTrailer = "claviger-master"

export type Forwarded<Kind extends OperationKind> =
  { readonly kind: "answered"; readonly response: ResponseRead<Kind> } | Refusal

/** What a replica says of a call that it makes for somebody else. */
export function onBehalfOf(principal: string): Metadata {
  const metadata = new Metadata()
  metadata.set(forwardedMark, "1")
  metadata.set(principalKey, encodeURIComponent(principal))
  return metadata
}

/**
 * For whom a replica forwards a call; undefined if it doesn't say, or says nothing that could be. It may be nobody: at
 * the HTTP door, a cell may answer lookups of callers without a certificate.
 */
export function forwardedPrincipal(metadata: Metadata): string | undefined {
  const [written, ...others] = metadata.get(principalKey)
  if (typeof written !== "string" || others.length > 0 || metadata.get(forwardedMark).length === 0) return undefined
  try {
    const principal = decodeURIComponent(written)
    return objectionToPrincipal(principal) === undefined ? principal : undefined
  } catch {
    return undefined
  }
}

export interface ForwardTo {
  readonly address: string
  readonly deadline: Deadline
  /** Who made the call, and whose rights count. */
  readonly principal: string
}

export class Forwarder {
  readonly #channels: ReplicaChannels

  constructor(channels: ReplicaChannels) {
    this.#channels = channels
  }

  /** Passes the call on. Returns the way to cancel it; then `onDone` is still called. */
  forward<Kind extends OperationKind>(
    kind: Kind,
    message: RequestWritten<Kind>,
    to: ForwardTo,
    onDone: (result: Forwarded<Kind>) => void,
  ): () => void {
    const method: UnaryMethod<Kind> = unaryMethods[kind]
    const call = this.#channels
      .to(to.address)
      .makeUnaryRequest<RequestWritten<Kind>, ResponseRead<Kind>>(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message,
        onBehalfOf(to.principal),
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

/**
 * The master's address, if the call may go there. One that may have taken effect already is not sent a second time from
 * here: whether that is safe depends on the session it was made in, and the caller knows.
 */
export function placeToAsk({ code, masterHint, unknownOutcome }: Refusal): string | undefined {
  if (code !== "NOT_MASTER" || masterHint === "" || unknownOutcome === true) return undefined
  return masterHint
}

function refusalOf(error: ServiceError | null, address: string): Refusal {
  if (error === null) return lost(address)
  const refusal = refusalFromError(error)
  const isOfReplica = error.metadata.get(errorTrailer).length > 0
  return !isOfReplica && refusal.code === "FAIL_OVER_IN_PROGRESS" ? lost(address) : refusal
}

/** The connection broke or was never made. Which of the two is not known here. */
function lost(address: string): Refusal {
  const detail = `The replica that was master, ${address}, does not answer.`
  return { ...refuse("FAIL_OVER_IN_PROGRESS", detail), unknownOutcome: true }
}
