/**
 * A guard for servers of @grpc/grpc-js. Every call wants a sequencer in its metadata, and so does every message of a
 * stream: a stream may well outlive the lock under which it was begun.
 *
 * ```ts
 * const server = new Server({ interceptors: [fenceInterceptor({ fence })] })
 * const write = (call, callback) => store(call.request, sequencerOf(call.metadata))
 * ```
 */
import { Metadata, type ServiceError, ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js"
import { errorTable } from "../../contract/errors.ts"
import type { SequencerStatement } from "../../contract/sequencer.ts"
import type { AnyFence } from "../fence.ts"
import {
  admitByHeader,
  type Guarded,
  type Passage,
  problemOf,
  type RefusalProblem,
  sequencerHeader,
  tellRefused,
} from "../guarding.ts"
import type { Refused } from "../refusals.ts"

export interface FenceInterceptorOptions {
  readonly fence: AnyFence
  /** By which lock a call may pass; every call by the fence's own unless said otherwise. `method`: `/package.Service/Method`. */
  readonly passage?: (method: string, metadata: Metadata) => Passage
  /** For a log. What it throws is dropped. */
  readonly onRefused?: (refusal: Refused, method: string) => void
}

export function fenceInterceptor({
  fence,
  passage = () => ({}),
  onRefused,
}: FenceInterceptorOptions): ServerInterceptor {
  return ({ path }, call) => {
    let shown = new Metadata()
    const guard = (then: (guarded: Guarded) => void): void => {
      const values = shown.get(sequencerHeader).map(String)
      void admitByHeader(fence, values, () => passage(path, shown)).then((guarded) => {
        if (guarded.kind !== "refused") return then(guarded)
        // Nothing of the call goes any further: it has its answer.
        call.sendStatus(statusOf(guarded))
        tellRefused(() => onRefused?.(guarded, path))
      })
    }
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            shown = metadata
            guard((guarded) => {
              if (guarded.kind === "admitted") statements.set(metadata, guarded.statement)
              pass(metadata)
            })
          },
          onReceiveMessage: (message, pass) => guard(() => pass(message)),
        }),
    })
  }
}

/** What a call has shown, by its metadata; undefined where it did not have to show anything. */
export function sequencerOf(metadata: Metadata): SequencerStatement | undefined {
  return statements.get(metadata)
}

const statements = new WeakMap<Metadata, SequencerStatement>()

/** The trailer with the problem as JSON: the same that is said over HTTP. */
const problemTrailer = "claviger-refusal-bin"

/** For callers: what a guard has said; undefined if it was not a guard that has ended the call. */
export function problemFrom({ metadata }: ServiceError): RefusalProblem | undefined {
  const [trailer] = metadata.get(problemTrailer)
  if (!(trailer instanceof Buffer)) return undefined
  try {
    return JSON.parse(trailer.toString()) as RefusalProblem
  } catch {
    // Somebody on the way has cut it: the status has to do.
    return undefined
  }
}

function statusOf(refusal: Refused): { code: status; details: string; metadata: Metadata } {
  const { code, detail } = refusal
  const metadata = new Metadata()
  metadata.set(problemTrailer, Buffer.from(JSON.stringify(problemOf(refusal))))
  return { code: status[errorTable[code].grpc], details: `${code}: ${detail}`, metadata }
}
