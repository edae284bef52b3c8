/** One caller's use of a lock that the cell has granted: from when it is handed out to its release or loss. */
import type { Instant } from "../base/instant.ts"
import { LockLostError } from "./errors.ts"
import type { Grant } from "./lock-cache.ts"

export class Hold {
  readonly grant: Grant
  /** Whether the lock may stay with the session when its caller releases it. */
  mayBeKept: boolean
  readonly #lost = new AbortController()
  readonly #wanted = new AbortController()
  #endedAt: Instant | undefined

  constructor(grant: Grant, mayBeKept: boolean) {
    this.grant = grant
    this.mayBeKept = mayBeKept
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  get wanted(): AbortSignal {
    return this.#wanted.signal
  }

  /** When it was released or lost; undefined while it is held. */
  get endedAt(): Instant | undefined {
    return this.#endedAt
  }

  end(at: Instant): void {
    this.#endedAt ??= at
  }

  lose(at: Instant, reason: string): void {
    this.end(at)
    const { path } = this.grant
    this.#lost.abort(new LockLostError(path, `the lock on ${path} is lost: ${reason}`))
  }

  /**
   * Somebody else asks for the lock. The owner hears of it a moment later: what was told along with it, a key that is
   * stale for example, must have been obeyed before any code of the owner's runs.
   */
  want(): void {
    this.mayBeKept = false
    queueMicrotask(() => {
      this.#wanted.abort()
    })
  }
}
