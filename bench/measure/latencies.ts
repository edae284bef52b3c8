/** The times that calls took, and what is said about them. All times in milliseconds. */
export class Latencies {
  #times: Float64Array = new Float64Array(1 << 16)
  #count = 0
  #isSorted = true

  add(ms: number): void {
    if (this.#count === this.#times.length) {
      const larger = new Float64Array(this.#times.length * 2)
      larger.set(this.#times)
      this.#times = larger
    }
    this.#times[this.#count] = ms
    this.#count += 1
    this.#isSorted = false
  }

  static of(times: Float64Array): Latencies {
    const latencies = new Latencies()
    latencies.#times = times
    latencies.#count = times.length
    latencies.#isSorted = false
    return latencies
  }

  /** In no order. */
  all(): Float64Array {
    return this.#times.slice(0, this.#count)
  }

  get count(): number {
    return this.#count
  }

  /** `perMille` of the times are no longer than this; NaN if there are none. */
  quantile(perMille: number): number {
    if (!this.#isSorted) this.#times.subarray(0, this.#count).sort()
    this.#isSorted = true
    const place = Math.min(this.#count - 1, Math.floor((this.#count * perMille) / 1000))
    return this.#times[place] ?? NaN
  }

  get median(): number {
    return this.quantile(500)
  }

  get max(): number {
    return this.quantile(1000)
  }
}

export type Figures = Readonly<Record<string, number>>

/** Of each figure, the median of a few rounds. */
export function mediansOf(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, medianOf(rounds.map((figures) => figures[name] ?? NaN))]))
}

/** Of a few figures. */
export function medianOf(figures: readonly number[]): number {
  return [...figures].sort((left, right) => left - right)[Math.floor(figures.length / 2)] ?? NaN
}
