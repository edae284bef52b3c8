/** A signal that fires when so much time has passed, by the clock that the name service is given. */
import type { DurationMs } from "../../base/instant.ts"
import type { Surroundings } from "../../client/surroundings.ts"

export async function within<Result>(
  surroundings: Pick<Surroundings, "schedule">,
  spanMs: DurationMs,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController()
  const callOff = surroundings.schedule(spanMs, () => {
    controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"))
  })
  try {
    return await work(controller.signal)
  } finally {
    callOff()
  }
}
