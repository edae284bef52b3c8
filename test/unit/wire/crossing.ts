/** The way over the wire and back, as real bytes: by stream and by unary call. */
import { expect } from "vitest"
import { type Refusal, refuse } from "../../../src/contract/errors.ts"
import type { OperationKind } from "../../../src/contract/requests.ts"
import { lockService } from "../../../src/wire/load.ts"
import type { AnswerOf, OperationOf } from "../../../src/wire/messages.ts"
import type { SignedReply, SignedRequest } from "../../../src/wire/signed-forms.ts"
import {
  callToContract,
  resultToContract,
  unaryRequestToContract,
  unaryResponseToContract,
} from "../../../src/wire/to-contract.ts"
import { callToWire, resultToWire, unaryRequestToWire, unaryResponseToWire } from "../../../src/wire/to-wire.ts"
import { unaryMethods } from "../../../src/wire/unary-methods.ts"

export function overStream(request: SignedRequest): SignedRequest | Refusal {
  const { requestSerialize, requestDeserialize } = lockService.Connect
  const message = requestDeserialize(requestSerialize({ calls: [callToWire(77, request)] }))
  expect(message.calls[0]?.callId).toBe("77")
  const [read] = message.calls.map(callToContract)
  return read ?? refuse("INTERNAL", "the call was lost")
}

export function backOverStream(reply: SignedReply): SignedReply | undefined {
  const { responseSerialize, responseDeserialize } = lockService.Connect
  const message = responseDeserialize(responseSerialize({ results: [resultToWire(77, reply)] }))
  expect(message.results[0]?.callId).toBe("77")
  return message.results.map(resultToContract)[0]
}

export function overUnary<Kind extends OperationKind>(
  kind: Kind,
  request: SignedRequest & { readonly operation: OperationOf<Kind> },
): SignedRequest | Refusal {
  const { requestSerialize, requestDeserialize } = unaryMethods[kind]
  return unaryRequestToContract(kind, requestDeserialize(requestSerialize(unaryRequestToWire(kind, request))))
}

export function backOverUnary<Kind extends OperationKind>(
  kind: Kind,
  answer: AnswerOf<Kind>,
  place: Omit<SignedReply, "outcome">,
): SignedReply {
  const { responseSerialize, responseDeserialize } = unaryMethods[kind]
  return unaryResponseToContract(kind, responseDeserialize(responseSerialize(unaryResponseToWire(kind, answer, place))))
}
