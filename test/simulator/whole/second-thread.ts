/**
 * KeepAlives as applications have them unless they say otherwise: sent from a thread of their own, over a connection of
 * its own. So they and the calls may overtake each other, and what the cell tells lies in the main thread's port for a
 * while, acknowledged already, until the main thread comes round to it or is about to decide something by it.
 */
import type { Prng } from "../../../src/base/prng.ts"
import { KeepAliveLoop } from "../../../src/client/keep-alive-loop.ts"
import { Link } from "../../../src/client/link.ts"
import type { Beat, Pulse, PulseSource } from "../../../src/client/pulse.ts"
import { SessionCalls } from "../../../src/client/session-calls.ts"
import type { Surroundings } from "../../../src/client/surroundings.ts"
import type { Transport } from "../../../src/client/transport.ts"

/** For how long the main thread may compute before it looks into its port. */
const busyMsMax = 400

/** For all sessions of one process. The dice are its machine's. */
export function secondThread(
  addresses: readonly string[],
  transport: Transport,
  surroundings: Surroundings,
  dice: Prng,
): PulseSource {
  const link = new Link(addresses, transport, surroundings)
  return {
    pulse: (terms) => {
      const loop = new KeepAliveLoop(terms, new SessionCalls(link, terms.sessionId), surroundings)
      return new PortPulse(loop, surroundings, dice)
    },
    close: () => {
      link.close()
    },
  }
}

class PortPulse implements Pulse {
  readonly #loop: KeepAliveLoop
  readonly #surroundings: Surroundings
  readonly #dice: Prng
  readonly #port: Beat[] = []
  #onBeat: (beat: Beat) => void = () => undefined

  constructor(loop: KeepAliveLoop, surroundings: Surroundings, dice: Prng) {
    this.#loop = loop
    this.#surroundings = surroundings
    this.#dice = dice
  }

  start(onBeat: (beat: Beat) => void): void {
    this.#onBeat = onBeat
    this.#loop.start((beat) => {
      this.#port.push(beat)
      if (beat.kind === "answered" && beat.answer.notices.length > 0) {
        const { firstNotice, notices } = beat.answer
        this.#loop.acknowledge({ epoch: beat.epoch, through: firstNotice + notices.length - 1 })
      }
      const isBusy = this.#dice.chance(1, 8)
      this.#surroundings.schedule(isBusy ? this.#dice.between(1, busyMsMax) : 0, () => {
        this.catchUp()
      })
    })
  }

  /** The thread has done so as it passed the notices on. */
  acknowledge(): void {}

  catchUp(): void {
    for (let beat = this.#port.shift(); beat !== undefined; beat = this.#port.shift()) this.#onBeat(beat)
  }

  stop(): void {
    this.#loop.stop()
    this.#port.length = 0
  }
}
