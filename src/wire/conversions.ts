/** Every operation's way over the wire, by kind. The type makes sure that none is left out. */
import type { OperationKind } from "../contract/requests.ts"
import { keyConversions } from "./key-conversions.ts"
import { lockConversions } from "./lock-conversions.ts"
import type { Conversions } from "./messages.ts"
import { nodeConversions } from "./node-conversions.ts"
import { sessionConversions } from "./session-conversions.ts"
import { transactionConversions } from "./transaction-conversions.ts"

export const conversions: Conversions<OperationKind> = {
  ...sessionConversions,
  ...nodeConversions,
  ...transactionConversions,
  ...lockConversions,
  ...keyConversions,
}
