/** Sends calls to the gRPC door as HTTP/2 streams of one connection after another, and hears what comes of them. */
import { type ClientHttp2Session, type IncomingHttpHeaders, connect as connectHttp2, constants } from "node:http2"
import { connect } from "node:net"
import type { GrpcCall, GrpcShot } from "./grpc-ways.ts"

export type GrpcHeard =
  | { readonly kind: "answered"; readonly headers: IncomingHttpHeaders }
  /** The stream was reset, or the connection ended, before there was an answer. */
  | { readonly kind: "closed"; readonly reason: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "silent" }

const insistMs = 20_000
const hintMs = 250
const closeMs = 10_000
/** The door asks a connection every 20 seconds whether it lives, and waits for 10. */
const vanishedMs = 45_000
/** Whatever a connection remembers of its calls goes with it. */
const callsPerSession = 5_000

export class GrpcShots {
  readonly #door: string
  readonly #isPatient: boolean
  readonly #sessions: ClientHttp2Session[] = []
  #count = 0

  /** `door`: as `host:port`. `isPatient`: waits until the door has given up a connection that has nothing to say. */
  constructor(door: string, isPatient: boolean) {
    this.#door = door
    this.#isPatient = isPatient
  }

  shoot(shot: GrpcShot): Promise<GrpcHeard> {
    return shot.kind === "bytes" ? shootBytes(this.#door, shot.bytes, this.#isPatient) : this.#call(shot)
  }

  close(): void {
    for (const session of this.#sessions) session.close()
  }

  #call({ headers, bytes, ending }: GrpcCall): Promise<GrpcHeard> {
    return new Promise((resolve) => {
      const stream = this.#connection().request(headers, { endStream: false })
      let answer: IncomingHttpHeaders = {}
      let isCancelled = false
      let failure = ""
      const cancel = (): void => {
        isCancelled = true
        stream.close(constants.NGHTTP2_CANCEL)
      }
      const silent = (): void => {
        cancel()
        resolve({ kind: "silent" })
      }
      const timer = setTimeout(silent, ending === "insist" ? insistMs : closeMs + hintMs)
      const hint = ending === "wait" ? setTimeout(cancel, hintMs) : undefined
      const hear = (received: IncomingHttpHeaders): void => {
        answer = { ...answer, ...received }
      }
      stream.on("response", hear)
      stream.on("trailers", hear)
      stream.resume()
      stream.on("error", (error) => (failure = String(error)))
      stream.on("close", () => {
        clearTimeout(timer)
        clearTimeout(hint)
        if (answer["grpc-status"] !== undefined || Number(answer[":status"] ?? 200) !== 200) {
          resolve({ kind: "answered", headers: answer })
        } else
          resolve(
            isCancelled ? { kind: "cancelled" } : { kind: "closed", reason: failure || `reset ${stream.rstCode}` },
          )
      })
      if (ending === "cancel") {
        stream.write(bytes, () => setImmediate(cancel))
        return
      }
      stream.end(bytes)
    })
  }

  #connection(): ClientHttp2Session {
    const session = this.#sessions.at(-1)
    this.#count += 1
    const isWorn = this.#count % callsPerSession === 0
    if (session !== undefined && !session.closed && !session.destroyed && !isWorn) return session
    const opened = connectHttp2(`http://${this.#door}`, { maxSessionMemory: 4_096 })
    // What goes wrong with it, its calls are told.
    opened.on("error", () => undefined)
    this.#sessions.push(opened)
    return opened
  }
}

/** Ends the sending side at once: whatever was said, the door has no reason to wait for more. */
function shootBytes(door: string, bytes: Buffer, isPatient: boolean): Promise<GrpcHeard> {
  return new Promise((resolve) => {
    const [host, port] = door.split(":")
    const socket = connect({ host, port: Number(port), allowHalfOpen: true })
    const giveUp = (): void => {
      socket.destroy()
      resolve({ kind: isPatient ? "silent" : "cancelled" })
    }
    const timer = setTimeout(giveUp, isPatient ? vanishedMs : hintMs)
    socket.on("error", () => undefined)
    socket.on("close", () => {
      clearTimeout(timer)
      resolve({ kind: "closed", reason: "" })
    })
    socket.on("end", () => socket.destroy())
    socket.resume()
    socket.end(bytes)
  })
}
