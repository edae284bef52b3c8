/** Waiting that ends when nobody wants what is waited for any more. */
import { deferred } from "../base/deferred.ts"

/** As `turn`; but if `signal` fires first, rejects with what `reasonOf` makes of that. */
export async function unlessAborted(
  turn: Promise<unknown>,
  signal: AbortSignal | undefined,
  reasonOf: (signal: AbortSignal) => unknown,
): Promise<void> {
  if (signal === undefined) {
    await turn
    return
  }
  const aborted = deferred<never>()
  const onAbort = (): void => {
    aborted.reject(reasonOf(signal))
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener("abort", onAbort, { once: true })
  try {
    await Promise.race([turn, aborted.promise])
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}
