/**
 * A pipe that is a socket of our own: the messages of a `Connect` stream in frames (wire/frames.ts). To a client with a
 * connection of its own it costs a replica about a third of what gRPC does.
 */
import { connect, isIP, Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { splitAddress } from "../base/address.ts"
import type { Refusal } from "../contract/errors.ts"
import { encodeMessage, type Frame, frameProtocol, FrameReader, preamble } from "../wire/frames.ts"
import { lockService } from "../wire/load.ts"
import { messageBounds } from "../wire/message-bounds.ts"
import { decodeRefusal } from "../wire/refusals.ts"
import { callToWire } from "../wire/to-wire.ts"
import type { OpenPipe, Pipe } from "./pipe.ts"
import { readResults } from "./results.ts"
import { type ClientTls, type FailedHandshake, identityAt, refusalOfHandshake, secureContextOf } from "./tls.ts"
import type { Call, StreamListener } from "./transport.ts"

const { requestSerialize, responseDeserialize } = lockService.Connect

/** After so long without a word the system asks the other side, each second, and gives up after ten. */
const quietMsMax = 20_000

const hungUp = /ECONNRESET|socket hang up|EPIPE|before secure TLS connection/i

/** Without `tls` in plain text. Throws a `CellError` for certificates that can't be used. */
export function framedPipes(tls?: ClientTls): OpenPipe {
  const dial = dialler(tls)
  return (address, listener) => new FramedPipe(dial(address), tls !== undefined, listener)
}

function dialler(tls: ClientTls | undefined): (address: string) => Socket {
  const secureContext = tls === undefined ? undefined : secureContextOf(tls)
  return (address) => {
    const place = splitAddress(address)
    // A replica may have been told nonsense of another.
    if (place === undefined) return new Socket().destroy(new Error(`${address} is no address`))
    if (secureContext === undefined) return connect(place)
    const { host } = place
    return connectTls({
      ...place,
      ...{ secureContext, checkServerIdentity: identityAt(host) },
      // TLS wants the name of a host and no number. Nobody looks at it: what counts is the host that was dialled.
      servername: isIP(host) === 0 ? host : "localhost",
      ALPNProtocols: [frameProtocol],
      // Whatever the environment says.
      rejectUnauthorized: true,
    })
  }
}

class FramedPipe implements Pipe {
  readonly #socket: Socket
  readonly #hasTls: boolean
  readonly #listener: StreamListener
  readonly #reader = new FrameReader(messageBounds.responseBytesMax)
  #trouble: string | undefined
  #isOver = false

  constructor(socket: Socket, hasTls: boolean, listener: StreamListener) {
    this.#socket = socket
    this.#hasTls = hasTls
    this.#listener = listener
    socket.setNoDelay(true)
    socket.setKeepAlive(true, quietMsMax)
    // The socket keeps it until it is connected, and, with TLS, has found the other side to be who it should be.
    socket.write(preamble)
    socket.on("data", (chunk: Buffer) => {
      this.#receive(chunk)
    })
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // An error about several addresses of one name has no message of its own.
      this.#trouble = error.message === "" ? (error.code ?? error.name) : error.message
    })
    socket.on("close", () => {
      this.#leftAlone()
    })
  }

  get isConnected(): boolean {
    return this.#reader.isGreeted
  }

  write(calls: readonly Call[]): void {
    const message = requestSerialize({ calls: calls.map(({ callId, request }) => callToWire(callId, request)) })
    this.#socket.write(encodeMessage(message))
  }

  close(): void {
    this.#isOver = true
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#isOver) return
    this.#reader.push(chunk)
    for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
      this.#take(frame)
      // The listener may have closed the pipe, whatever the compiler has seen of it.
      if (this.#isOver as boolean) return
    }
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case "message":
        this.#takeMessage(frame.bytes)
        break
      case "refusal":
        this.#end("the replica has refused the connection", decodeRefusal(frame.bytes))
        break
      case "malformed":
        if (this.#reader.isGreeted) this.#end(frame.reason)
        else this.#neverMet({ reason: frame.reason, hasHungUp: true })
        break
    }
  }

  #takeMessage(bytes: Buffer): void {
    let message
    try {
      message = responseDeserialize(bytes)
    } catch {
      this.#end("it has sent what is no message")
      return
    }
    this.#listener.onResults(readResults(message))
  }

  #leftAlone(): void {
    const reason = this.#trouble
    if (this.#reader.isGreeted) this.#end(reason ?? "the replica has ended the stream")
    else this.#neverMet({ reason: reason ?? "it has hung up", hasHungUp: reason === undefined || hungUp.test(reason) })
  }

  #neverMet({ reason, hasHungUp }: Pick<FailedHandshake, "reason" | "hasHungUp">): void {
    this.#end(`no connection: ${reason}`, refusalOfHandshake({ reason, hasTls: this.#hasTls, hasHungUp }))
  }

  #end(reason: string, refusal?: Refusal): void {
    if (this.#isOver) return
    this.close()
    this.#listener.onEnd(reason, refusal)
  }
}
