/**
 * Is there an order of the calls, each at a point between its invocation and its completion, that explains every answer?
 * The search is that of Wing and Gong (1993) with Lowe's memory of visited configurations (2017), plus one shortcut: a
 * call that changes nothing and agrees with the present state may as well come now, so it never branches. Calls of
 * unknown outcome may come at any time after their invocation, or never.
 */
import type { TrueTime } from "../../../src/testing/time.ts"
import type { Call } from "../history.ts"

/** What one object does, told without any regard to how a cell works. States are values: `step` returns a new one. */
export interface Model<State> {
  readonly initial: State
  /** The state after `call`; the same object if it changes nothing; undefined if its answer contradicts `state`. */
  step(state: State, call: Call): State | undefined
  key(state: State): string
}

export type Verdict =
  | { readonly kind: "linearizable" }
  /** `explained`: how many calls could be put in order at most; `stuck`: those of which none could come next. */
  | { readonly kind: "violation"; readonly explained: number; readonly stuck: readonly Call[] }
  | { readonly kind: "undecided" }

const stepsMaxDefault = 200_000

export function checkLinearizability<State>(
  model: Model<State>,
  history: readonly Call[],
  stepsMax: number = stepsMaxDefault,
): Verdict {
  const byInvocation = [...history].sort((left, right) => left.invokedAt - right.invokedAt)
  const search = new Search(
    model,
    byInvocation.filter(({ completion }) => completion.kind !== "unknown"),
    byInvocation.filter(({ completion }) => completion.kind === "unknown"),
  )
  return search.run(stepsMax)
}

/** A point of the search: which calls have been put in order, and the state they led to. */
interface Configuration<State> {
  /** All completed calls before this place are in order. */
  readonly low: number
  /** Places at or above `low` that are in order too, ascending. */
  readonly ahead: readonly number[]
  /** Places of the unknown calls that took effect, ascending. */
  readonly unknown: readonly number[]
  readonly state: State
}

class Search<State> {
  readonly #model: Model<State>
  readonly #completed: readonly Call[]
  readonly #unknown: readonly Call[]
  readonly #visited = new Set<string>()
  #best = 0
  #stuck: readonly Call[] = []

  constructor(model: Model<State>, completed: readonly Call[], unknown: readonly Call[]) {
    this.#model = model
    this.#completed = completed
    this.#unknown = unknown
  }

  run(stepsMax: number): Verdict {
    const open: Configuration<State>[] = [{ low: 0, ahead: [], unknown: [], state: this.#model.initial }]
    let steps = 0
    for (let current = open.pop(); current !== undefined; current = open.pop()) {
      if (current.low === this.#completed.length) return { kind: "linearizable" }
      steps += 1
      if (steps > stepsMax) return { kind: "undecided" }
      for (const next of this.#successors(current)) {
        const key = this.#keyOf(next)
        if (this.#visited.has(key)) continue
        this.#visited.add(key)
        open.push(next)
      }
    }
    return { kind: "violation", explained: this.#best, stuck: this.#stuck }
  }

  #successors(current: Configuration<State>): Configuration<State>[] {
    const candidates = this.#candidates(current)
    const found: Configuration<State>[] = []
    for (const place of candidates) {
      const call = this.#completed[place] as Call
      const state = this.#model.step(current.state, call)
      if (state === undefined) continue
      const next = withPlace(current, place, state)
      if (state === current.state) return [next]
      found.push(next)
    }
    const limit = this.#earliestCompletion(current)
    const unknowns: Configuration<State>[] = []
    this.#unknown.forEach((call, place) => {
      if (call.invokedAt > limit || current.unknown.includes(place)) return
      const state = this.#model.step(current.state, call)
      if (state === undefined || state === current.state) return
      const unknown = [...current.unknown, place].sort((left, right) => left - right)
      unknowns.push({ ...current, unknown, state })
    })
    const explained = current.low + current.ahead.length
    if (found.length === 0 && explained >= this.#best) {
      this.#best = explained
      this.#stuck = candidates.map((place) => this.#completed[place] as Call)
    }
    // The stack takes the last one first: unknown calls are tried only when the answered ones lead nowhere.
    return [...unknowns, ...found.reverse()]
  }

  /** Completed calls that may come next: those invoked before any other remaining one has completed. */
  #candidates(current: Configuration<State>): number[] {
    const limit = this.#earliestCompletion(current)
    const places: number[] = []
    for (let place = current.low; place < this.#completed.length; place += 1) {
      const call = this.#completed[place] as Call
      if (call.invokedAt > limit) break
      if (!current.ahead.includes(place)) places.push(place)
    }
    return places
  }

  #earliestCompletion(current: Configuration<State>): TrueTime {
    let earliest = Number.MAX_SAFE_INTEGER
    for (let place = current.low; place < this.#completed.length; place += 1) {
      const call = this.#completed[place] as Call
      if (call.invokedAt > earliest) break
      if (call.completion.kind !== "unknown" && !current.ahead.includes(place)) {
        earliest = Math.min(earliest, call.completion.at)
      }
    }
    return earliest
  }

  #keyOf({ low, ahead, unknown, state }: Configuration<State>): string {
    return `${String(low)}|${ahead.join()}|${unknown.join()}|${this.#model.key(state)}`
  }
}

function withPlace<State>(current: Configuration<State>, place: number, state: State): Configuration<State> {
  if (place !== current.low) {
    return { ...current, ahead: [...current.ahead, place].sort((left, right) => left - right), state }
  }
  let low = place + 1
  let ahead = current.ahead
  while (ahead[0] === low) {
    ahead = ahead.slice(1)
    low += 1
  }
  return { ...current, low, ahead, state }
}
