/** JSON Schemas of what is told of locks. */
import { type Schema, closed, count, text } from "./schemas.ts"

export const party: Schema = closed({
  ...{ sessionId: count, clientName: text, principal: text, host: text, processId: count },
  ...{ mode: { type: "string", enum: ["exclusive", "shared"] }, since: count, forMs: count },
})

export const delay: Schema = closed({
  ...{ lockDelayMs: count, remainingMs: count, sessionId: count, clientName: text, reason: text },
})
