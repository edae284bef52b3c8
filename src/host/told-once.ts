/**
 * Whether something is news. Whoever is turned away comes again, every second: each reason is told once, until it has
 * changed. Strangers may claim to be anybody, so what is remembered of them has a bound.
 */
const claimantsMax = 100

export class ToldOnce {
  readonly #told = new Map<string, string>()

  isNews(claimant: string, reason: string): boolean {
    if (this.#told.get(claimant) === reason) return false
    if (this.#told.size >= claimantsMax) this.#told.clear()
    this.#told.set(claimant, reason)
    return true
  }

  /** All is well with the claimant: the next trouble is news again. */
  forget(claimant: string): void {
    this.#told.delete(claimant)
  }
}
