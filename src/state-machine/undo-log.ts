/**
 * How a transaction is taken back. Its steps are carried out for real, so that each sees what those before it did, by
 * the same code as calls of their own; and each change notes here how to reverse it. If a step is refused, the notes are
 * followed from the last to the first, and the state is what it was. Outside of a transaction nothing is kept.
 */
export class UndoLog {
  #steps: (() => void)[] | undefined = undefined

  get isOpen(): boolean {
    return this.#steps !== undefined
  }

  begin(): void {
    this.#steps = []
  }

  note(step: () => void): void {
    this.#steps?.push(step)
  }

  /** What was done stays done. */
  forget(): void {
    this.#steps = undefined
  }

  takeBack(): void {
    const steps = this.#steps ?? []
    this.#steps = undefined
    for (const step of steps.reverse()) step()
  }
}
