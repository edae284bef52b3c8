/**
 * Waiting for conditions. Nothing in the system tests sleeps for a while and hopes: every wait names what it waits for,
 * looks often, and fails with what it saw last.
 */
import { setTimeout as pause } from "node:timers/promises"

export interface Wait {
  readonly withinMs: number
  /** Between two looks. */
  readonly everyMs?: number
}

/** Thrown by a look: what is waited for can't come any more. */
export class HopelessError extends Error {
  override readonly name = "HopelessError"
}

/** Resolves to the first result of `look` that is not undefined. A look that throws has seen nothing yet. */
export async function until<Seen>(
  what: string,
  { withinMs, everyMs = 50 }: Wait,
  look: () => Promise<Seen | undefined> | Seen | undefined,
): Promise<Seen> {
  const endsAt = performance.now() + withinMs
  let latest: unknown = "nothing"
  for (;;) {
    try {
      const seen = await look()
      if (seen !== undefined) return seen
    } catch (error) {
      if (error instanceof HopelessError) throw error
      latest = error
    }
    if (performance.now() >= endsAt) {
      const saw = latest instanceof Error ? latest.message : String(latest)
      throw new Error(`waited ${withinMs} ms in vain until ${what}; the last look said: ${saw}`, { cause: latest })
    }
    await pause(everyMs)
  }
}

/** For looks that want to say what they see instead of the thing waited for. */
export function notYet(seen: unknown): never {
  throw new Error(`not yet: ${JSON.stringify(seen)}`)
}
