/**
 * A network that promises nothing: what is sent may be lost, delayed, doubled or overtaken, and any direction of any
 * link can be cut. On top of it, pipes, which promise order and completeness for as long as they last, as TCP does. It
 * carries closures and knows neither replicas nor clients; an endpoint is a number. Content is never corrupted, as the
 * real transports check that.
 */
import type { Prng } from "../base/prng.ts"
import { millisecond, type Timeline, type TrueTime } from "./time.ts"

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

export interface NetworkCounts {
  sent: number
  lost: number
  cut: number
  doubled: number
  late: number
}

export class Network {
  weather: Weather = fairWeather
  readonly counts: NetworkCounts = { sent: 0, lost: 0, cut: 0, doubled: 0, late: 0 }
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
    if (this.#isLost()) return
    this.#carry(from, to, arrive)
    const { doubledPerMille } = this.weather
    if (doubledPerMille > 0 && this.#dice.chance(doubledPerMille, 1000)) {
      this.counts.doubled += 1
      this.#carry(from, to, arrive)
    }
  }

  /** A connection's way from one endpoint to another. */
  pipe(from: Endpoint, to: Endpoint): Pipe {
    const travelTime = (): TrueTime => {
      this.counts.sent += 1
      return this.#latency() + (this.#isLost() ? resendAfter : 0)
    }
    return new Pipe(this.#timeline, travelTime, () => this.isCut(from, to))
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
    this.#timeline.planAfter(this.#latency(), () => {
      if (this.weather.cutsSwallow && this.isCut(from, to)) this.counts.cut += 1
      else arrive()
    })
  }

  #isLost(): boolean {
    const { lostPerMille } = this.weather
    if (lostPerMille === 0 || !this.#dice.chance(lostPerMille, 1000)) return false
    this.counts.lost += 1
    return true
  }

  #latency(): TrueTime {
    const { latencyMin, latencyMax, latePerMille, lateLatencyMax } = this.weather
    const latency = this.#dice.between(latencyMin, latencyMax)
    if (latePerMille === 0 || !this.#dice.chance(latePerMille, 1000)) return latency
    this.counts.late += 1
    return latency + this.#dice.between(0, lateLatencyMax)
  }
}

/** What was lost, or met a cut, is sent again so much later; all that follows waits for it. */
const resendAfter = 200 * millisecond

export class Pipe {
  readonly #timeline: Timeline
  readonly #travelTime: () => TrueTime
  readonly #isCut: () => boolean
  /** In order of sending; the first `#dueCount` would have arrived, were it not for a cut. */
  readonly #underWay: (() => void)[] = []
  #dueCount = 0
  #lastArrival: TrueTime = 0
  #isDelivering = false

  constructor(timeline: Timeline, travelTime: () => TrueTime, isCut: () => boolean) {
    this.#timeline = timeline
    this.#travelTime = travelTime
    this.#isCut = isCut
  }

  send(arrive: () => void): void {
    this.#underWay.push(arrive)
    this.#lastArrival = Math.max(this.#timeline.now + this.#travelTime(), this.#lastArrival)
    this.#timeline.plan(this.#lastArrival, () => {
      this.#dueCount += 1
      if (!this.#isDelivering) this.#deliver()
    })
  }

  /** One at a time, each an event of its own: promises that wait for the first get their turn before the second. */
  #deliver(): void {
    const isCut = this.#isCut()
    if (!isCut) {
      this.#dueCount -= 1
      this.#underWay.shift()?.()
    }
    this.#isDelivering = this.#dueCount > 0
    if (!this.#isDelivering) return
    this.#timeline.planAfter(isCut ? resendAfter : 0, () => {
      this.#deliver()
    })
  }
}

const endpointsMax = 10_000

function link(from: Endpoint, to: Endpoint): number {
  return from * endpointsMax + to
}
