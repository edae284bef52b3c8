/**
 * Paces what is said about something that takes long: not at once, because it is mostly over soon; then when it changes,
 * and now and then while it does not, so that nobody believes that the program hangs.
 */
import type { DurationMs } from "../base/instant.ts"

const silentMs: DurationMs = 5_000
const repeatedEveryMs: DurationMs = 10_000

export class Reminder {
  #said: { readonly sentence: string; readonly atMs: DurationMs } | undefined

  /** Whether to say `sentence` now, `passedMs` after the beginning. */
  isDue(sentence: string, passedMs: DurationMs): boolean {
    if (passedMs < silentMs) return false
    const isNews = this.#said?.sentence !== sentence
    if (!isNews && passedMs - (this.#said?.atMs ?? 0) < repeatedEveryMs) return false
    this.#said = { sentence, atMs: passedMs }
    return true
  }
}
