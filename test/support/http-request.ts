/** Plain HTTP requests, sent to the letter: `fetch` would tidy up just what a test wants to be refused. */
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http"
import { request as requestSecurely } from "node:https"

export interface HttpRequest extends Pick<RequestOptions, "method" | "headers" | "agent"> {
  readonly path: string
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal
  /** For HTTPS: whom to trust, and what to show. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  /** The body read as JSON; undefined if it is none. */
  readonly json: unknown
}

/** `door`: as in `http://127.0.0.1:8080`. */
export function ask(door: string, { path, body, tls, ...options }: HttpRequest): Promise<HttpAnswer> {
  const { protocol, hostname, port } = new URL(door)
  const send = protocol === "https:" ? requestSecurely : request
  return new Promise((resolve, reject) => {
    // Replicas are called by names that no resolver knows.
    const secure = tls === undefined ? {} : { ...tls, checkServerIdentity: () => undefined }
    const sent = send({ agent: false, ...options, ...secure, hostname, port, path }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => {
        const bytes = Buffer.concat(chunks)
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, json: jsonIn(bytes) })
      })
    })
    sent.on("error", reject)
    sent.end(body)
  })
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
