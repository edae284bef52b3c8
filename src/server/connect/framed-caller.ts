/**
 * A client that speaks frames (wire/frames.ts): its connection carries one `Connect` stream, and nothing else. What it
 * can cost is bounded as on gRPC: the size of a message, the answers it does not take, and for how long it may be gone
 * without a word.
 */
import type { Socket } from "node:net"
import { type Refusal, refuse } from "../../contract/errors.ts"
import { encodeMessage, encodeRefusal, type Frame, FrameReader, preamble } from "../../wire/frames.ts"
import { lockService } from "../../wire/load.ts"
import { messageBounds } from "../../wire/message-bounds.ts"
import { encodeRefusal as encodeDetail } from "../../wire/refusals.ts"
import type { ServerMessageWritten } from "../../wire/messages.ts"
import type { ClientPipe, ConnectStream } from "./connect-stream.ts"
import type { ConnectStreams } from "./connect-streams.ts"

const { requestDeserialize, responseSerialize } = lockService.Connect

/** After so long without a word the system asks the other side, each second, and gives up after ten. */
const quietMsMax = 20_000
/** For a refusal to get through. */
const farewellMsMax = 1_000

/** `principal`: whom the caller is taken for, or why it is not let in. The socket has not been read from. */
export function serveFrames(socket: Socket, principal: string | Refusal, streams: ConnectStreams): void {
  new FramedCaller(socket, principal, streams)
}

class FramedCaller {
  readonly #socket: Socket
  readonly #reader = new FrameReader(messageBounds.requestBytesMax)
  readonly #stream: ConnectStream | undefined
  #isOver = false

  constructor(socket: Socket, principal: string | Refusal, streams: ConnectStreams) {
    this.#socket = socket
    socket.setKeepAlive(true, quietMsMax)
    socket.write(preamble)
    if (typeof principal === "string") {
      const stream = streams.open(this.#pipeOf(principal))
      this.#stream = stream
      socket.on("drain", () => {
        stream.drained()
      })
      socket.on("close", () => {
        this.#isOver = true
        stream.lost()
        streams.forget(stream)
      })
    } else this.#breakOff(principal)
    socket.on("data", (chunk: Buffer) => {
      this.#receive(chunk)
    })
  }

  #pipeOf(principal: string): ClientPipe {
    const socket = this.#socket
    return {
      principal,
      get needsDrain() {
        return socket.writableNeedDrain
      },
      write: (message: ServerMessageWritten) => void socket.write(encodeMessage(responseSerialize(message))),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      end: () => {
        this.#end()
      },
      breakOff: (refusal) => {
        this.#breakOff(refusal)
      },
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return
    this.#reader.push(chunk)
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      this.#take(frame)
      // A frame may have been the last, whatever the compiler has seen of it.
      if (this.#isOver as boolean) return
    }
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case "message":
        this.#takeMessage(frame.bytes)
        break
      case "refusal":
        this.#refuse("It is for a replica to refuse, and not for a client.")
        break
      case "malformed":
        this.#refuse(`The bytes are no frames: ${frame.reason}.`)
        break
    }
  }

  #takeMessage(bytes: Buffer): void {
    let message
    try {
      message = requestDeserialize(bytes)
    } catch {
      this.#refuse("The bytes of the message are no message.")
      return
    }
    this.#stream?.receive(message)
  }

  #refuse(detail: string): void {
    this.#stream?.lost()
    this.#breakOff(refuse("INVALID_ARGUMENT", detail))
  }

  #breakOff(refusal: Refusal): void {
    if (this.#isOver) return
    this.#socket.write(encodeRefusal(encodeDetail(refusal)))
    this.#end()
  }

  /** Whatever the client still says is not heard; that it has ended its side too is not waited for. */
  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const socket = this.#socket
    socket.end()
    const deadline = setTimeout(() => socket.destroy(), farewellMsMax)
    socket.once("close", () => {
      clearTimeout(deadline)
    })
  }
}
