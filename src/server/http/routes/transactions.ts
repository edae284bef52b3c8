/** Transactions: if all guards hold, `then` is done, else `otherwise`; wholly or not at all. */
import { limits } from "../../../contract/limits.ts"
import type { Resource } from "../resource.ts"
import { answer, headers, problem, query } from "../schemas.ts"
import {
  type TransactionJson,
  stepAnswerToJson,
  stepOf,
  transactionAnswerSchema,
  transactionSchema,
} from "../transaction-json.ts"

/** The contents of a transaction in base64, and its words. */
const bodyBytesMax = 2 * limits.transactionBytesMax

export const transactions: Resource = (fastify, { calls }) => {
  fastify.post<{ Body: TransactionJson }>(
    "/v1/transactions",
    {
      bodyLimit: bodyBytesMax,
      schema: {
        ...{ tags: ["transactions"], querystring: query({}), headers: headers(), body: transactionSchema },
        summary: "Does one list of steps if all guards hold, else another",
        response: {
          200: answer("Which list was done, and what came of each step.", transactionAnswerSchema),
          default: problem,
        },
      },
    },
    async (request, reply) => {
      const { guards = [], then = [], otherwise = [] } = request.body
      const steps = { then: then.map(stepOf), otherwise: otherwise.map(stepOf) }
      const { guardsHeld, answers } = await calls.make(request, reply, { kind: "transact", guards, ...steps })
      return { guardsHeld, answers: answers.map(stepAnswerToJson) }
    },
  )
}
