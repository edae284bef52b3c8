/** How often a client was told of something, and when. */

/** In milliseconds, on a clock that all processes of the machine share. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export class Telling {
  #count = 0
  #latestAt = 0
  #awaited: { readonly count: number; readonly resolve: (at: number) => void } | undefined

  tell(): void {
    this.#count += 1
    this.#latestAt = machineMs()
    if (this.#awaited !== undefined && this.#count >= this.#awaited.count) this.#awaited.resolve(this.#latestAt)
  }

  /** Resolves to when it was told for the `count`th time, or later. */
  async until(count: number): Promise<number> {
    if (this.#count >= count) return this.#latestAt
    return await new Promise((resolve) => {
      this.#awaited = { count, resolve }
    })
  }
}
