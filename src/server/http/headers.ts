/**
 * The headers that a request to the cell may carry, whatever it asks: the envelope that every call has at every door.
 * A header of this family that is not among them is refused, because a misspelt condition would silently be none.
 */
import type { IncomingHttpHeaders } from "node:http"
import type { FastifyRequest } from "fastify"
import { refuse } from "../../contract/errors.ts"
import { quoted } from "../../contract/node-path.ts"
import type { DoorHosts } from "./hosts.ts"
import { DoorProblemError, RefusalError } from "./problem.ts"

type EnvelopeHeader =
  "claviger-session" | "claviger-request" | "claviger-answered" | "claviger-epoch" | "claviger-sequencer"

/** In JSON Schema; Fastify looks for them by their names in lower case. */
interface HeaderSchema {
  readonly type: "string"
  readonly pattern?: string
  readonly description: string
}

const wholeNumber = { type: "string", pattern: "^(0|[1-9][0-9]{0,15})$" } as const

/** To be spread into a route's schema. */
export const envelopeHeaders: { readonly [Name in EnvelopeHeader]: HeaderSchema } = {
  "claviger-session": { ...wholeNumber, description: "The session in which the call is made." },
  "claviger-request": {
    ...wholeNumber,
    description:
      "The number of the call within its session. A retry under the same number takes effect once. Left out: the " +
      "replica draws one and tells it, and a retry is another call.",
  },
  "claviger-answered": {
    ...wholeNumber,
    description: "Every call of the session up to this number has been answered: the cell may forget the answers.",
  },
  "claviger-epoch": { ...wholeNumber, description: "Refuse the call unless this is the epoch of the master." },
  "claviger-sequencer": {
    type: "string",
    description: "Refuse the call unless the lock of this sequencer is still held so.",
  },
}

export interface EnvelopeHeaders {
  readonly sessionId: number
  /** Zero: the caller does not count. */
  readonly requestNumber: number
  readonly answeredThrough: number
  readonly epoch: number
  readonly underSequencer: string
}

/** Of a request that has passed the schema. */
export function envelopeOf({ headers }: FastifyRequest): EnvelopeHeaders {
  const text = (name: EnvelopeHeader): string => {
    const value = headers[name]
    return typeof value === "string" ? value : ""
  }
  return {
    sessionId: Number(text("claviger-session")),
    requestNumber: Number(text("claviger-request")),
    answeredThrough: Number(text("claviger-answered")),
    epoch: Number(text("claviger-epoch")),
    underSequencer: text("claviger-sequencer"),
  }
}

/** What speaks against the request's headers, whatever it asks. `hosts`: of a door without TLS. */
export function objectionToHeaders(
  { method, headers, raw }: FastifyRequest,
  hosts: DoorHosts | undefined,
): RefusalError | DoorProblemError | undefined {
  const { host, origin } = headers
  if (host === undefined && raw.httpVersion === "1.1") return malformed("A request of HTTP/1.1 names its host.")
  const isOwnHost = host === undefined || hosts === undefined || hosts.isOwn(host)
  if (!isOwnHost && hosts?.isLoopback === true) {
    return new DoorProblemError("MISDIRECTED", `${quoted(host)} is no name of this door; 127.0.0.1 is one.`)
  }
  // A browser says so when a page asks. What a page of another site reads here it does not get to see; to change
  // something is not its business at all.
  const isChange = method !== "GET" && method !== "HEAD"
  if (isChange && origin !== undefined && !(isOwnHost && siteOf(origin) === host)) {
    return new RefusalError(refuse("PERMISSION_DENIED", `A page of ${quoted(origin)} changes nothing here.`))
  }
  return objectionToEnvelope(headers) ?? objectionToBody(headers)
}

function objectionToEnvelope(headers: IncomingHttpHeaders): RefusalError | undefined {
  const unknown = Object.keys(headers).find(
    (name) => name.startsWith("claviger-") && !Object.hasOwn(envelopeHeaders, name),
  )
  if (unknown === undefined) return undefined
  return malformed(`There is no header ${unknown}; there are ${Object.keys(envelopeHeaders).join(", ")}.`)
}

/** A body is stored as it comes. What says that it is a part, or packed, would be lost. */
function objectionToBody(headers: IncomingHttpHeaders): RefusalError | DoorProblemError | undefined {
  const { "content-encoding": encoding = "identity", "content-range": range } = headers
  if (range !== undefined) return malformed("What is written is written whole: send all of it, without Content-Range.")
  if (encoding.toLowerCase() === "identity") return undefined
  return new DoorProblemError(
    "MEDIA_TYPE_UNSUPPORTED",
    "A body is stored as it comes: send it without Content-Encoding.",
  )
}

function malformed(sentence: string): RefusalError {
  return new RefusalError(refuse("INVALID_ARGUMENT", sentence))
}

/** As the header Host has it; undefined for a page that has none. */
function siteOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
