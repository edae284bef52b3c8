/**
 * One operation on behalf of one HTTP request: the request's headers become the envelope of the call, the reply's
 * envelope becomes headers of the response, and a refusal is thrown for the door to answer. How many calls wait at once
 * is bounded, in all and for each connection: HTTP lets a caller send many requests before it reads an answer.
 */
import type { FastifyReply, FastifyRequest } from "fastify"
import type { Socket } from "node:net"
import { assert } from "../../base/assert.ts"
import { refuse } from "../../contract/errors.ts"
import type { OperationKind } from "../../contract/requests.ts"
import { needsNumber, needsSession } from "../../contract/validate.ts"
import type { AnswerOf, OperationOf } from "../../wire/messages.ts"
import type { SignedOperation, SignedReply } from "../../wire/signed-forms.ts"
import type { AnyReplica } from "./any-replica.ts"
import { waitingCount, whenGone } from "./caller.ts"
import { needsSessionSentence } from "./faults.ts"
import { envelopeOf } from "./headers.ts"
import { principalOf } from "./principal.ts"
import { RefusalError } from "./problem.ts"
import type { RequestNumbers } from "./request-numbers.ts"

/** KeepAlives and waiting Acquires, mostly, which may stay for long. */
const callsMax = 20_000
const callsPerConnectionMax = 100

export class Calls {
  readonly #anyReplica: AnyReplica
  readonly #numbers: RequestNumbers
  #count = 0

  constructor(anyReplica: AnyReplica, numbers: RequestNumbers) {
    this.#anyReplica = anyReplica
    this.#numbers = numbers
  }

  /** `sessionId`: of a route that names the session in its path. */
  async make<Kind extends OperationKind>(
    request: FastifyRequest,
    reply: FastifyReply,
    operation: OperationOf<Kind> & { readonly kind: Kind },
    sessionId?: number,
  ): Promise<AnswerOf<Kind>> {
    this.#enter(request.socket)
    try {
      const { outcome, epoch, commitIndex } = await this.#submit(request, reply, operation, sessionId)
      if (epoch > 0) void reply.header("claviger-epoch", epoch).header("claviger-index", commitIndex)
      if (outcome.kind === "refused") throw new RefusalError(outcome)
      assert(outcome.kind === operation.kind, "an operation is answered in kind")
      return outcome as AnswerOf<Kind>
    } finally {
      this.#count -= 1
    }
  }

  async #submit(
    request: FastifyRequest,
    reply: FastifyReply,
    operation: SignedOperation,
    session: number | undefined,
  ): Promise<SignedReply> {
    const { requestNumber: counted, sessionId = 0, ...envelope } = { ...envelopeOf(request), ...named(session) }
    if (sessionId === 0 && needsSession(operation)) throw withoutSession
    const isDrawn = sessionId !== 0 && counted === 0 && needsNumber(operation)
    const requestNumber = isDrawn ? this.#numbers.next(envelope.answeredThrough) : counted
    if (requestNumber !== 0) void reply.header("claviger-request", requestNumber)
    const signal = whenGone(reply)
    const sent = { ...envelope, sessionId, requestNumber, stillOpen: [], forCache: false, operation }
    const answered = await this.#anyReplica.submit(sent, principalOf(request), signal)
    // Nobody will ever ask again under this number, so a lock granted to it later would be held for nothing.
    if (isDrawn && signal.aborted && operation.kind === "acquire") {
      const takenBack = { kind: "cancelAcquire", requestNumber } as const
      const again = { ...sent, requestNumber: this.#numbers.next(requestNumber), operation: takenBack }
      void this.#anyReplica.submit(again, principalOf(request), new AbortController().signal)
    }
    return answered
  }

  #enter(socket: Socket): void {
    if (this.#count >= callsMax) throw overloaded(callsMax, "this replica's HTTP door")
    if (waitingCount(socket) >= callsPerConnectionMax) throw overloaded(callsPerConnectionMax, "this connection")
    this.#count += 1
  }
}

const withoutSession = new RefusalError(refuse("INVALID_ARGUMENT", needsSessionSentence))

function named(sessionId: number | undefined): { readonly sessionId?: number } {
  return sessionId === undefined ? {} : { sessionId }
}

function overloaded(most: number, where: string): RefusalError {
  return new RefusalError(refuse("OVERLOADED", `${most} calls of ${where} are waiting, which are as many as may.`))
}
