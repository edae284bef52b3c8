/**
 * Calls of sessions that this replica has refused for now, and that will be sent again. What was sent behind one of them
 * is under way already, and may find a replica that serves by the time it arrives: it must not overtake. For the calls
 * of a session take effect in the order in which they were made, so that a session which ends has lost the last ones.
 *
 * After a while this no longer holds: what was behind has arrived, and the client may have given the refused one up.
 */
import type { SessionId } from "../base/brand.ts"
import { after, type DurationMs, type Instant } from "../base/instant.ts"
import { limits } from "../contract/limits.ts"
import type { Request } from "../contract/requests.ts"

/** Longer than what follows on the same stream can be under way, unless the network is in a very bad state. */
const patienceMs: DurationMs = 8_000

export class PutOff {
  /**
   * By session, the request numbers that were refused and have not come again, and until when they matter. What matters
   * longest stands last: numbers within their session, and sessions by the latest of their numbers.
   */
  readonly #numbers = new Map<SessionId, Map<number, Instant>>()

  /** How many numbers are remembered, of all sessions. */
  get count(): number {
    return [...this.#numbers.values()].reduce((sum, numbers) => sum + numbers.size, 0)
  }

  note({ sessionId, requestNumber }: Request, now: Instant): void {
    if (requestNumber === 0) return
    const numbers = this.#numbers.get(sessionId) ?? new Map<number, Instant>()
    dropBygone(numbers, now)
    numbers.delete(requestNumber)
    numbers.set(requestNumber, after(now, patienceMs))
    this.#numbers.delete(sessionId)
    this.#numbers.set(sessionId, numbers)
    this.#dropBygoneSessions(now)
  }

  /** It has come, or come again. */
  takenIn({ sessionId, requestNumber }: Request): void {
    const numbers = this.#numbers.get(sessionId)
    if (numbers?.delete(requestNumber) === true && numbers.size === 0) this.#numbers.delete(sessionId)
  }

  /** Whether an earlier call of the session was put off a moment ago, and its client has not given it up. */
  isAhead({ sessionId, requestNumber, answeredThrough, stillOpen }: Request, now: Instant): boolean {
    const numbers = this.#numbers.get(sessionId)
    if (numbers === undefined || requestNumber === 0) return false
    dropBygone(numbers, now)
    for (const number of numbers.keys()) {
      const isOpen = number > answeredThrough || stillOpen.includes(number)
      if (!isOpen) numbers.delete(number)
      else if (number < requestNumber) return true
    }
    if (numbers.size === 0) this.#numbers.delete(sessionId)
    return false
  }

  /** Most clients go elsewhere with what was refused here, and are never heard of again. */
  #dropBygoneSessions(now: Instant): void {
    for (const [sessionId, numbers] of this.#numbers) {
      dropBygone(numbers, now)
      if (numbers.size > 0 && this.#numbers.size <= limits.sessionsPutOffMax) return
      this.#numbers.delete(sessionId)
    }
  }
}

function dropBygone(numbers: Map<number, Instant>, now: Instant): void {
  for (const [number, until] of numbers) {
    if (now < until) return
    numbers.delete(number)
  }
}
