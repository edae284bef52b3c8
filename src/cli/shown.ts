/** Facts about clients as people read them in tables and sentences. */
import type { DurationMs } from "../base/instant.ts"

/** What the client library calls whoever has said nothing: the word that stands for a caller without a certificate, too. */
const calledNothing = "anonymous"

export function clientNameShown(clientName: string): string {
  return clientName === calledNothing ? "(unnamed)" : clientName
}

/** Zero: the client did not say. */
export function processShown(processId: number): string {
  return processId === 0 ? "" : String(processId)
}

export function secondsShown(spanMs: DurationMs): string {
  return `${Math.floor(spanMs / 1000)} s`
}
