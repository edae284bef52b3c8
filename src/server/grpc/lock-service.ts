/** `claviger.v1.LockService`: every operation as a unary call, and the stream that carries them all. */
import { statusOf } from "../../wire/error-details.ts"
import { sequencerKeysToWire } from "../../wire/key-conversions.ts"
import type { LockServiceHandlers } from "../../wire/messages.ts"
import type { CallMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"
import { ConnectStream } from "./connect-stream.ts"
import type { Forwarder } from "./forwarding.ts"
import { UnaryCalls } from "./unary-calls.ts"

export class LockService {
  readonly handlers: LockServiceHandlers
  readonly #streams = new Set<ConnectStream>()

  constructor(cell: SignedCell, forwarder: Forwarder, meter: CallMeter) {
    const unary = new UnaryCalls(cell, forwarder, meter.at("grpc"))
    const onStreams = meter.at("stream")
    this.handlers = {
      CreateSession: unary.serving("createSession"),
      KeepAlive: unary.serving("keepAlive"),
      CloseSession: unary.serving("closeSession"),
      Subscribe: unary.serving("subscribe"),
      Unsubscribe: unary.serving("unsubscribe"),
      Resume: unary.serving("resume"),
      ListSessions: unary.serving("listSessions"),
      Open: unary.serving("open"),
      Close: unary.serving("close"),
      GetContentsAndStat: unary.serving("getContentsAndStat"),
      GetStat: unary.serving("getStat"),
      ReadDir: unary.serving("readDir"),
      SetContents: unary.serving("setContents"),
      Delete: unary.serving("delete"),
      SetAcl: unary.serving("setAcl"),
      CheckAccess: unary.serving("checkAccess"),
      Transact: unary.serving("transact"),
      Acquire: unary.serving("acquire"),
      TryAcquire: unary.serving("tryAcquire"),
      CancelAcquire: unary.serving("cancelAcquire"),
      Release: unary.serving("release"),
      GetLock: unary.serving("getLock"),
      GetSequencer: unary.serving("getSequencer"),
      CheckSequencer: unary.serving("checkSequencer"),
      RotateSigningKeys: unary.serving("rotateSigningKeys"),
      GetSequencerKeys: (_call, respond) => {
        const known = cell.sequencerKeys()
        if (known.kind === "refused") respond(statusOf(known))
        else respond(null, sequencerKeysToWire(known))
      },
      Connect: (call) => {
        const stream = new ConnectStream(cell, call, onStreams)
        this.#streams.add(stream)
        call.on("close", () => this.#streams.delete(stream))
      },
    }
  }

  /** Ends all streams: their clients look for another replica at once, instead of waiting for this one to vanish. */
  close(): void {
    for (const stream of this.#streams) stream.close()
  }
}
