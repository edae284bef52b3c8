/** All `Connect` streams of a replica, whatever carries them. */
import type { DoorMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"
import { type ClientPipe, ConnectStream } from "./connect-stream.ts"

export class ConnectStreams {
  readonly #cell: SignedCell
  readonly #meter: DoorMeter
  readonly #streams = new Set<ConnectStream>()

  constructor(cell: SignedCell, meter: DoorMeter) {
    this.#cell = cell
    this.#meter = meter
  }

  open(pipe: ClientPipe): ConnectStream {
    const stream = new ConnectStream(this.#cell, pipe, this.#meter)
    this.#streams.add(stream)
    return stream
  }

  /** Its pipe is no more. */
  forget(stream: ConnectStream): void {
    this.#streams.delete(stream)
  }

  /** Ends all of them: their clients look for another replica at once, instead of waiting for this one to vanish. */
  close(): void {
    for (const stream of this.#streams) stream.close()
  }
}
