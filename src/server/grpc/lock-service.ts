/** `claviger.v1.LockService`: every operation as a unary call, and the stream that carries them all. */
import { statusOf } from "../../wire/error-details.ts"
import { sequencerKeysToWire } from "../../wire/key-conversions.ts"
import type { LockServiceHandlers } from "../../wire/messages.ts"
import type { ConnectStreams } from "../connect/connect-streams.ts"
import type { DoorMeter } from "../metrics/call-meter.ts"
import type { SignedCell } from "../signed-cell.ts"
import { serveConnectCall } from "./connect-call.ts"
import type { Forwarder } from "./forwarding.ts"
import { UnaryCalls } from "./unary-calls.ts"

export interface LockServiceParts {
  readonly cell: SignedCell
  readonly forwarder: Forwarder
  readonly streams: ConnectStreams
  /** Of unary calls. */
  readonly meter: DoorMeter
}

export function lockServiceHandlers({ cell, forwarder, streams, meter }: LockServiceParts): LockServiceHandlers {
  const unary = new UnaryCalls(cell, forwarder, meter)
  return {
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
      serveConnectCall(call, streams)
    },
  }
}
