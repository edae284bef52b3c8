/**
 * Answers on their way to the doors, in the order in which the replica gave them. A notice to five thousand watchers is
 * five thousand answers of one turn, each of which costs its connection's encoder and socket some 100 microseconds: all
 * at once they would keep the loop from hearing the other replicas for as long as a master lease lasts. So they leave
 * some at a time, and the loop turns in between. Few answers, which is the rule, leave in the turn that gave them.
 */
import type { Reply } from "../contract/requests.ts"
import type { Timers } from "./ports.ts"

/** Ten milliseconds' worth, if each goes to another connection; what goes to the same one is one message. */
const answersPerRound = 128

export interface Answer {
  readonly ticket: number
  readonly reply: Reply
}

export class ReplyQueue {
  readonly #timers: Timers
  readonly #deliver: (answer: Answer) => void
  readonly #waiting: Answer[] = []
  #isRoundDue = false

  constructor(timers: Timers, deliver: (answer: Answer) => void) {
    this.#timers = timers
    this.#deliver = deliver
  }

  /** Delivers at once what this round has room for. */
  add(answers: readonly Answer[]): void {
    for (const answer of answers) this.#waiting.push(answer)
    if (!this.#isRoundDue) this.#round(answersPerRound)
  }

  /** Delivers all that is left, however long it takes. */
  flush(): void {
    this.#round(this.#waiting.length)
  }

  #round(countMax: number): void {
    for (const answer of this.#waiting.splice(0, countMax)) this.#deliver(answer)
    if (this.#waiting.length === 0) return
    this.#isRoundDue = true
    this.#timers.soon(() => {
      this.#isRoundDue = false
      this.#round(answersPerRound)
    })
  }
}
