/**
 * A guard for `node:http`, and for whatever takes middleware of the form (request, response, next):
 *
 * ```ts
 * const guard = fenceMiddleware({ fence })
 * createServer((request, response) => guard(request, response, () => write(request, response)))
 * ```
 *
 * `next` is called for what is let through, and for nothing else; whatever is refused is answered here. A body has not
 * been read by then: where a write waits for a long one, ask the fence again when it is complete.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { SequencerStatement } from "../../contract/sequencer.ts"
import type { AnyFence } from "../fence.ts"
import { admitByHeader, isWorthRepeating, type Passage, problemOf, sequencerHeader, tellRefused } from "../guarding.ts"
import type { Refused } from "../refusals.ts"

export interface FenceMiddlewareOptions {
  readonly fence: AnyFence
  /** By which lock this request may pass; every request by the fence's own unless said otherwise. */
  readonly passage?: (request: IncomingMessage) => Passage
  /** For a log. What it throws is dropped. */
  readonly onRefused?: (refusal: Refused, request: IncomingMessage) => void
}

export type FenceMiddleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

export function fenceMiddleware(options: FenceMiddlewareOptions): FenceMiddleware {
  return (request, response, next) => void guard(request, response, next, options)
}

/** What the request has shown; undefined where it did not have to show anything. */
export function sequencerOf(request: IncomingMessage): SequencerStatement | undefined {
  return statements.get(request)
}

const statements = new WeakMap<IncomingMessage, SequencerStatement>()

async function guard(
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
  { fence, passage = () => ({}), onRefused }: FenceMiddlewareOptions,
): Promise<void> {
  const guarded = await admitByHeader(fence, request.headers[sequencerHeader], () => passage(request))
  if (guarded.kind === "refused") {
    refuse(response, guarded)
    tellRefused(() => onRefused?.(guarded, request))
    return
  }
  if (guarded.kind === "admitted") statements.set(request, guarded.statement)
  next()
}

function refuse(response: ServerResponse, refusal: Refused): void {
  // Somebody else may have given up on this request meanwhile, and have said so.
  if (response.headersSent) return
  const problem = problemOf(refusal)
  response.statusCode = problem.status
  response.setHeader("content-type", "application/problem+json")
  if (isWorthRepeating(refusal)) response.setHeader("retry-after", "1")
  response.end(JSON.stringify(problem))
}
