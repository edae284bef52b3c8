/** The results in one message of a `Connect` stream. */
import type { ServerMessageRead } from "../wire/messages.ts"
import { resultToContract } from "../wire/to-contract.ts"
import type { CallResult } from "./transport.ts"

export function readResults({ results }: ServerMessageRead): readonly CallResult[] {
  return results.map((result) => ({ callId: Number(result.callId), reply: resultToContract(result) }))
}
