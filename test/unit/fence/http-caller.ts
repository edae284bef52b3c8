/** Asks a guarded resource over HTTP, header by header: what `fetch` would join stays apart. */
import { request, type IncomingMessage } from "node:http"
import { text } from "node:stream/consumers"
import type { RefusalProblem } from "../../../src/fence/index.ts"
import type { Answer } from "../../contracts/guard.ts"

export interface Asked {
  readonly port: number
  readonly path: string
  readonly method?: string
  readonly sequencers?: readonly string[]
  readonly body?: string
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export async function ask({ port, path, method = "PUT", sequencers = [], body }: Asked): Promise<HttpAnswer> {
  const asking = request({ host: "127.0.0.1", port, path, method, agent: false })
  if (sequencers.length > 0) asking.setHeader("Claviger-Sequencer", sequencers)
  if (body !== undefined) asking.setHeader("content-type", "text/plain")
  asking.end(body)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asking.once("response", resolve).once("error", reject)
  })
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
}

/** A resource answers 200 with the principal, or nothing, as its body. */
export function answerOf({ status, body }: HttpAnswer): Answer {
  if (status === 200) return { kind: "done", principal: body === "" ? undefined : body }
  const { code, reason, supersededBy, ...problem } = JSON.parse(body) as RefusalProblem
  if (problem.status !== status) throw new Error(`the answer's status is ${status}, its body says ${body}`)
  return { kind: "refused", status, code, reason, supersededBy, told: body }
}
