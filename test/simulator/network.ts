/**
 * A network that promises nothing: what is sent may be lost, delayed, doubled or overtaken, and any direction of any
 * link can be cut. It carries closures and knows neither replicas nor clients; an endpoint is a number. Content is never
 * corrupted, as the real transport checks that.
 */
import type { Prng } from "../../src/base/prng.ts"
import { type TrueTime, millisecond } from "./clock.ts"
import type { Timeline } from "./timeline.ts"

export type Endpoint = number

export interface Weather {
  readonly latencyMin: TrueTime
  readonly latencyMax: TrueTime
  readonly lostPerMille: number
  readonly doubledPerMille: number
  /** How many messages dawdle, and for how long at most: up to seconds, to arrive in another age. */
  readonly lateLatencyMax: TrueTime
  readonly latePerMille: number
  /** Whether what is under way when a link is cut is lost too. */
  readonly cutsSwallow: boolean
}

export const fairWeather: Weather = {
  latencyMin: 150,
  latencyMax: 2 * millisecond,
  lostPerMille: 0,
  doubledPerMille: 0,
  latePerMille: 0,
  lateLatencyMax: 0,
  cutsSwallow: true,
}

export class Network {
  weather: Weather = fairWeather
  readonly counts: { sent: number; lost: number; cut: number; doubled: number; late: number } = {
    sent: 0,
    lost: 0,
    cut: 0,
    doubled: 0,
    late: 0,
  }
  readonly #timeline: Timeline
  readonly #dice: Prng
  /** Directed links that carry nothing, as `from * endpointsMax + to`. */
  readonly #cuts = new Set<number>()

  constructor(timeline: Timeline, dice: Prng) {
    this.#timeline = timeline
    this.#dice = dice
  }

  send(from: Endpoint, to: Endpoint, arrive: () => void): void {
    this.counts.sent += 1
    if (this.isCut(from, to)) {
      this.counts.cut += 1
      return
    }
    const { lostPerMille, doubledPerMille } = this.weather
    if (lostPerMille > 0 && this.#dice.chance(lostPerMille, 1000)) {
      this.counts.lost += 1
      return
    }
    this.#carry(from, to, arrive)
    if (doubledPerMille > 0 && this.#dice.chance(doubledPerMille, 1000)) {
      this.counts.doubled += 1
      this.#carry(from, to, arrive)
    }
  }

  cut(from: Endpoint, to: Endpoint): void {
    this.#cuts.add(link(from, to))
  }

  mend(from: Endpoint, to: Endpoint): void {
    this.#cuts.delete(link(from, to))
  }

  mendAll(): void {
    this.#cuts.clear()
  }

  isCut(from: Endpoint, to: Endpoint): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(link(from, to))
  }

  #carry(from: Endpoint, to: Endpoint, arrive: () => void): void {
    const { latencyMin, latencyMax, latePerMille, lateLatencyMax } = this.weather
    let latency = this.#dice.between(latencyMin, latencyMax)
    if (latePerMille > 0 && this.#dice.chance(latePerMille, 1000)) {
      this.counts.late += 1
      latency += this.#dice.between(0, lateLatencyMax)
    }
    this.#timeline.planAfter(latency, () => {
      if (this.weather.cutsSwallow && this.isCut(from, to)) this.counts.cut += 1
      else arrive()
    })
  }
}

const endpointsMax = 10_000

function link(from: Endpoint, to: Endpoint): number {
  return from * endpointsMax + to
}
