/** The transport that a program has asked for. Either is loaded when it is needed: gRPC's library is a large one. */
import type { OpenPipe } from "./pipe.ts"
import { StreamTransport } from "./stream-transport.ts"
import type { ClientTls } from "./tls.ts"
import type { Transport } from "./transport.ts"

export type WireKind = "frames" | "grpc"

/** Without `tls` in plain text. Rejects with a `CellError` for certificates that can't be used. */
export async function transportOver(wire: WireKind, tls?: ClientTls): Promise<Transport> {
  return new StreamTransport(await pipesOver(wire, tls))
}

async function pipesOver(wire: WireKind, tls?: ClientTls): Promise<OpenPipe> {
  switch (wire) {
    case "frames":
      return (await import("./framed-pipe.ts")).framedPipes(tls)
    case "grpc":
      return (await import("./grpc-pipe.ts")).grpcPipes(tls)
  }
}
