/**
 * Keeps what is asked for over and over from being done over and over. Who asks while the same is under way shares the
 * next round and not this one: what was begun before the question may be older than the question.
 */
interface Round<Result> {
  readonly running: Promise<Result>
  next: Promise<Result> | undefined
}

export class Rounds<Result> {
  readonly #underWay = new Map<string, Round<Result>>()

  async share(name: string, work: () => Promise<Result>): Promise<Result> {
    const round = this.#underWay.get(name)
    if (round === undefined) return await this.#begin(name, work)
    round.next ??= round.running.then(
      () => this.#begin(name, work),
      () => this.#begin(name, work),
    )
    return await round.next
  }

  #begin(name: string, work: () => Promise<Result>): Promise<Result> {
    const running = work().finally(() => {
      const round = this.#underWay.get(name)
      if (round?.running === running && round.next === undefined) this.#underWay.delete(name)
    })
    this.#underWay.set(name, { running, next: undefined })
    return running
  }
}
