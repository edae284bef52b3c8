/** What a caller at the gRPC door speaks shows in its first byte, where no handshake of TLS has settled it before. */
import type { Socket } from "node:net"
import { preamble } from "../../wire/frames.ts"

export interface Speakers {
  readonly onFrames: () => void
  /** HTTP/2, or nonsense, to which HTTP/2 has an answer. */
  readonly onHttp2: () => void
}

/** When either is called, the bytes are in the socket as if nothing had been read. */
export function tellByFirstByte(socket: Socket, { onFrames, onHttp2 }: Speakers): void {
  socket.once("readable", () => {
    const bytes = socket.read() as Buffer | null
    // The caller has gone.
    if (bytes === null) return
    socket.unshift(bytes)
    if (bytes[0] === preamble[0]) onFrames()
    else onHttp2()
  })
}
