/** A `Connect` stream that came as a call of gRPC's. */
import type { ServerDuplexStream } from "@grpc/grpc-js"
import { statusOf } from "../../wire/error-details.ts"
import type { ClientMessageRead, ServerMessageWritten } from "../../wire/messages.ts"
import type { ConnectStreams } from "../connect/connect-streams.ts"
import { principalOf } from "./principal.ts"

type ConnectCall = ServerDuplexStream<ClientMessageRead, ServerMessageWritten>

export function serveConnectCall(call: ConnectCall, streams: ConnectStreams): void {
  const stream = streams.open({
    principal: principalOf(call),
    get needsDrain() {
      return call.writableNeedDrain
    },
    write: (message) => void call.write(message),
    pause: () => void call.pause(),
    resume: () => void call.resume(),
    end: () => void call.end(),
    breakOff: (refusal) => void call.emit("error", statusOf(refusal)),
  })
  call.on("data", (message: ClientMessageRead) => {
    stream.receive(message)
  })
  call.on("drain", () => {
    stream.drained()
  })
  call.on("end", () => {
    stream.clientEnded()
  })
  call.on("cancelled", () => {
    stream.lost()
  })
  call.on("close", () => {
    streams.forget(stream)
  })
}
